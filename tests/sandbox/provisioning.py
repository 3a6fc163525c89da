"""CI jobs in AWS: their tokens, the roles that they get, and their calls."""

from __future__ import annotations

import base64
import fnmatch
import json
import re
import subprocess
from typing import Any, NamedTuple

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from moto.iam.aws_managed_policies import aws_managed_policies_data

from landfall.bootstrap.clients import ACTIONS
from tests.sandbox.conftest import BIN, Project
from tests.suite import forks

ISSUER = "https://token.actions.githubusercontent.com"
# API to IAM action, where the two have different names, beside those of bootstrap.
_OTHERS = {
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
}
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {"accessanalyzer": "access-analyzer", "s3control": "s3", "sso-admin": "sso"}
_ACCOUNT_BLOCK = {
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
}
# Every principal may call GetCallerIdentity.
_FREE = {"sts:GetCallerIdentity", "iam:GetUser"}


class Call(NamedTuple):
    """One request as the sandbox saw it: the IAM action, and the role of the caller."""

    action: str
    role: str
    session: str


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token(project: Project, subject: str, part: str) -> dict[str, str]:
    """Return the credentials of a role of the management account for a token."""
    claims = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": subject, "exp": 4102444800}
    jwt = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}.c2ln"
    endpoint = project.environment["AWS_ENDPOINT_URL"]
    sts = boto3.client(
        "sts",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        config=Config(signature_version=UNSIGNED),
    )
    account = project.aws("sts").get_caller_identity()["Account"]
    found = sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{account}:role/landfall/provision-{project.stack}-{part}",
        RoleSessionName="job",
        WebIdentityToken=jwt,
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }


def of_job(project: Project, environment: str, part: str) -> dict[str, str]:
    """Return the credentials of a job of one of the repository's environments."""
    return token(project, f"repo:example/landing-zone:environment:{environment}", part)


def run(
    project: Project, credentials: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    """Run `landfall` with the credentials of a job and nothing else."""
    return forks.run(
        (str(BIN / "landfall"), *command),
        project.folder,
        {**project.environment, **credentials},
    )


def _action(service: str, operation: str) -> str:
    """Return the IAM action of an operation."""
    name = ACTIONS.get(operation, _OTHERS.get(operation, operation))
    if service == "s3control":
        name = _ACCOUNT_BLOCK.get(operation, operation)
    if service == "budgets" and not operation.endswith(("Resource", "ForResource")):
        name = "ViewBudget" if operation.startswith("Describe") else "ModifyBudget"
    return f"{_PREFIXES.get(service, service)}:{name}"


def calls(project: Project) -> list[Call]:
    """Return what the sandbox was asked by roles, in order."""
    log = project.folder / ".landfall" / "sandboxes" / project.stack / "requests.log"
    found = []
    for line in log.read_text().splitlines():
        match = re.search(r" ([a-z0-9-]+):(\w+) \d+ .* principal=assumed-role/([^/]+)/(\S+)", line)
        if match:
            service, operation, role, session = match.groups()
            found.append(Call(_action(service, operation), role, session))
    return found


def by_people(project: Project) -> set[str]:
    """Return the actions of the first apply in the management account."""
    log = project.folder / ".landfall" / "sandboxes" / project.stack / "requests.log"
    pattern = r" ([a-z0-9-]+):(\w+) 200 - .* principal=user/sandbox "
    return {_action(*found) for found in re.findall(pattern, log.read_text())}


def not_among(actions: set[str], part: str) -> set[str]:
    """Return the actions that the policies of a role do not name."""
    allowed = _allowed(part)
    return {
        action
        for action in actions - _FREE
        if not any(fnmatch.fnmatchcase(action.lower(), each.lower()) for each in allowed)
    }


def not_allowed(made: list[Call], part: str) -> set[str]:
    """Return the actions that jobs called and that their role's policies do not name.

    What a role does in member accounts counts for the role that reads; the one that applies acts
    as the account's own role there.
    """
    role = f"provision-dev-{part}"
    return not_among({call.action for call in made if call.role == role}, part)


def _allowed(part: str) -> list[str]:
    from landfall.blueprint.provisioning import management, permissions

    if part == "apply":
        statements = [
            permissions.organize(close_accounts=False),
            permissions.read_own([]),
            *permissions.secure("aws", "111122223333"),
            *management.keep_accounts("aws", "111122223333"),
            *management.let_people_in("aws", "111122223333"),
            *management.record("aws", "111122223333"),
            management.manage_root_access(),
        ]
    else:
        managed = json.loads(aws_managed_policies_data)[permissions.READ_POLICY]["Document"]
        statements = [*managed["Statement"], permissions.read_beside()]
    found = ["sts:AssumeRole"]
    for statement in statements:
        actions = statement.get("Action", [])
        found += [actions] if isinstance(actions, str) else actions
    return found
