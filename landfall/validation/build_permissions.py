"""Checks of a build's own permissions: exact resources, and no way to more rights."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from landfall.aws.arns import bucket_arn, iam_arn
from landfall.iam.actions import has_resource_level
from landfall.iam.documents import Document, DocumentError, parse
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.policy_checks import Subject, check
from landfall.iam.requests import Request
from landfall.rules import Severity
from landfall.settings import naming
from landfall.settings.base import Statement
from landfall.settings.source import Path
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_ACCOUNT = "000000000000"
_ACCOUNT_IDS = re.compile(r"\b\d{12}\b")
_GRAVE = Severity.MEDIUM.rank


def mistakes(
    path: Path, partition: str, region: str, role: str, statements: Sequence[Statement]
) -> Iterator[Mistake]:
    """Yield what is wrong with the permissions that a build's role gets besides its own."""
    if not statements:
        return
    wrong = False
    for index, statement in enumerate(statements):
        for mistake in _resources((*path, index), statement):
            wrong = True
            yield mistake
    if not wrong:
        yield from _judged(path, partition, role, statements)
        yield from _of_the_platform(path, partition, region, statements)


def _resources(path: Path, statement: Statement) -> Iterator[Mistake]:
    """Check that an Allow names its resources where AWS can tell them apart."""
    if statement.effect != "Allow":
        return
    if "resources" not in statement.model_fields_set:
        fix = "add resources: with their ARNs"
        yield Mistake(path, "the statement has no resources", fix, kind=Kind.MISSING_SETTING)
        return
    for number, action in enumerate(statement.actions):
        if "*" in action:
            what = f"'{action[:80]}' allows actions that AWS will add later"
            fix = "name each action"
            yield Mistake((*path, "actions", number), what, fix, kind=Kind.TOO_PERMISSIVE)
        elif "*" in statement.resources and has_resource_level(action):
            what = f"'{action[:80]}' would be allowed on every resource"
            fix = "write the ARNs of what the build uses"
            yield Mistake((*path, "resources"), what, fix, kind=Kind.TOO_PERMISSIVE)
            return


def _judged(
    path: Path, partition: str, role: str, statements: Sequence[Statement]
) -> Iterator[Mistake]:
    """Check the statements together, as `landfall iam check` does for the build's role."""
    try:
        document = parse(_document(statements), kind="identity")
    except DocumentError as error:
        yield Mistake(path, str(error), "write it as IAM takes it", kind=Kind.INVALID_VALUE)
        return
    arn = naming.role_arn(partition, _ACCOUNT, role)
    report = check(Subject(identity=(("permissions", document),), principal=arn))
    for finding in report.findings:
        if finding.severity.rank <= _GRAVE:
            yield Mistake(path, finding.message, finding.fix, kind=Kind.TOO_PERMISSIVE)


def _of_the_platform(
    path: Path, partition: str, region: str, statements: Sequence[Statement]
) -> Iterator[Mistake]:
    """Check that the permissions reach no other pipeline: its artifacts, its roles, its builds."""
    text = _document(statements)
    own = (parse(text, kind="identity"),)
    # The ids of the stack's accounts are not in its settings, but in the ARNs that name them.
    for account in dict.fromkeys([_ACCOUNT, *_ACCOUNT_IDS.findall(text)]):
        for action, resource, what in _others(partition, region, account):
            me = naming.role_arn(partition, account, "build")
            request = Request(me, action, resource, resource_account=account)
            # A role is assumed if its trust lets the account decide, at the most.
            trust = _trust(partition, account) if action == "sts:AssumeRole" else None
            if evaluate(request, Policies(identity=own, resource=trust)).is_allowed:
                fix = "name only resources of the application"
                what = f"'{action}' would reach {what}"
                yield Mistake(path, what, fix, kind=Kind.TOO_PERMISSIVE)
                return


def _trust(partition: str, account: str) -> Document:
    principal = {"AWS": iam_arn(partition, account, "root")}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}), kind="trust")


def _others(partition: str, region: str, account: str) -> Iterator[tuple[str, str, str]]:
    """Yield actions, resources of other pipelines in an account, and what these are."""
    store = bucket_arn(partition, naming.artifact_bucket(account, region))
    for action in ("s3:PutObject", "s3:GetObject"):
        yield action, f"{store}/other/Build/abc", "the artifacts of other pipelines"
    role = naming.role_arn(partition, account, "other-deploy")
    yield "sts:AssumeRole", role, "the roles of other pipelines"


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [each.iam_json() for each in statements]}
    )
