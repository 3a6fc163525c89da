"""The steps of `landfall bootstrap`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError

from landfall import home_region
from landfall.bootstrap import buckets, keys
from landfall.bootstrap import plan as plans
from landfall.bootstrap.clients import Client, Report
from landfall.bootstrap.plan import SECRETS, STATE, Plan
from landfall.problems import Problem, ProblemsError, refuse
from landfall.settings import naming

_PRINCIPAL = re.compile(r"arn:(aws|aws-us-gov|aws-cn):iam::\d{12}:(root|(role|user)/[\w+=,.@/-]+)")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; `-logs` must fit.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,56}[a-z0-9]")
_TAG = re.compile(r"([\w .:/=+@-]{1,128}?)=([\w .:/=+@-]{0,256})")


@dataclass(frozen=True, slots=True)
class Request:
    """The command's options."""

    stack: str
    region: str | None
    bucket: str | None
    principals: Sequence[str]
    noncurrent_days: int
    tags: Sequence[str]


def run(request: Request, report: Report) -> Iterator[str]:
    """Create what is missing, correct what differs, and return the lines to print afterwards.

    Raises `ProblemsError`: status 1 for invalid options, 2 if an AWS call fails. What was created
    stays, and the next run continues from there.
    """
    tags = _checked(request)
    try:
        session = boto3.Session()
    except BotoCoreError as error:
        raise refuse(f"cannot read the AWS configuration: {error}") from None
    region = home_region.choose(request.region, session.region_name)
    identity = Client(session, "sts", region).read("get_caller_identity") or {}
    account, caller = identity["Account"], identity["Arn"]
    partition = caller.split(":")[1]
    home_region.require_partition(region, partition)
    kms, s3 = Client(session, "kms", region), Client(session, "s3", region)
    principals = tuple(request.principals) or keys.current_users(kms, STATE)
    plan = Plan(
        partition=partition,
        account=account,
        region=region,
        bucket=request.bucket or naming.state_bucket(account, region),
        principals=tuple(sorted(principals or [_role_behind(session, caller, region)])),
        noncurrent_days=request.noncurrent_days,
        tags=tags,
    )
    # Report name conflicts before creating anything.
    buckets.check(s3, plan)
    state = keys.ensure(kms, plan, STATE, report)
    secrets = keys.ensure(kms, plan, SECRETS, report)
    buckets.ensure(s3, plan, state, report)
    return _next(plan, secrets, request.stack)


def _checked(request: Request) -> dict[str, str]:
    """Return the tags; raises a `ProblemsError` with every mistake in the options."""
    problems = [
        Problem(
            f"'{arn[:200]}' is not a principal",
            "write the ARN of a role or user, as in arn:aws:iam::111122223333:role/deploy",
            "--principal",
        )
        for arn in request.principals
        if not _PRINCIPAL.fullmatch(arn)
    ]
    if request.bucket and not _BUCKET.fullmatch(request.bucket):
        fix = "use 3 to 58 lower case letters, digits and '-'; the log bucket's name adds '-logs'"
        what = f"'{request.bucket[:80]}' is not a bucket name"
        problems.append(Problem(what, fix, "--bucket"))
    tags = {}
    for text in request.tags:
        if match := _TAG.fullmatch(text):
            tags[match[1]] = match[2]
        else:
            problems.append(Problem(f"'{text[:80]}' is not a tag", "write key=value", "--tag"))
    if problems:
        raise ProblemsError(problems)
    return tags


def _role_behind(session: boto3.Session, caller: str, region: str) -> str:
    """Return the ARN of the caller's user or role; of a role session, the role's ARN."""
    kind, _, name = caller.split(":", 5)[5].partition("/")
    if kind != "assumed-role":
        return caller
    role = name.split("/")[0]
    try:
        # The session's ARN lacks the role's path, and Identity Center roles have a path.
        found = Client(session, "iam", region).read("get_role", RoleName=role) or {}
    except ProblemsError as error:
        fix = "add --principal with the ARN of your role"
        raise ProblemsError([*error.problems, Problem("", fix)], exit_status=2) from None
    return str(found["Role"]["Arn"])


def _next(plan: Plan, secrets: str, stack: str) -> Iterator[str]:
    users = ", ".join(plan.principals)
    yield f"State in s3://{plan.bucket}. Only these principals may read and write it: {users}."
    # An alias works only in its own account.
    elsewhere = any(plans.account_of(arn) != plan.account for arn in plan.principals)
    key = f"/{secrets}" if elsewhere else plans.alias(SECRETS)
    yield "\nNext:"
    yield f"  pulumi login 's3://{plan.bucket}?region={plan.region}'"
    yield (f"  pulumi stack init {stack} --secrets-provider='awskms://{key}?region={plan.region}'")
