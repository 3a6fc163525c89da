"""The delivery account's CodePipeline client, from the shell's AWS credentials."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from landfall import access_hint
from landfall.aws.arns import iam_arn
from landfall.problems import ProblemsError, refuse
from landfall.settings import Stack, naming

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AWSOrganizationsNotInUseException"})


def codepipeline(stack: Stack) -> Any:
    """Return a CodePipeline client for the delivery account and the stack's home region.

    With credentials of the management account, assume the account role; use credentials of the
    delivery account directly. Raises `ProblemsError` if credentials are missing or access is
    denied.
    """
    hub = stack.delivery_account
    if hub is None or not stack.delivery.applications:
        raise refuse(
            f"stack {stack.name} has no applications",
            "add landfall:delivery to its stack file",
            exit_status=1,
        )
    try:
        session = boto3.Session(region_name=stack.region)
        own = _client(session, "sts").get_caller_identity()["Account"]
        account = stack.accounts[hub].id or _id_by_email(session, stack.accounts[hub].email) or own
        if account == own:
            return _client(session, "codepipeline")
        role = role_in(stack, account)
        answer = _client(session, "sts").assume_role(RoleArn=role, RoleSessionName="releases")
    except (BotoCoreError, ClientError) as error:
        raise unreachable(error) from None
    held = answer["Credentials"]
    return _client(
        boto3.Session(
            aws_access_key_id=held["AccessKeyId"],
            aws_secret_access_key=held["SecretAccessKey"],
            aws_session_token=held["SessionToken"],
            region_name=stack.region,
        ),
        "codepipeline",
    )


def role_in(stack: Stack, account: str) -> str:
    """Return the ARN of the role that the management account assumes in the delivery account.

    `account` is its id.
    """
    partition = naming.partition(stack.region)
    role = stack.account_role_of(stack.delivery_account or "")
    return iam_arn(partition, account, f"role/{role}")


def unreachable(error: BotoCoreError | ClientError) -> ProblemsError:
    """Return the error for a failed AWS call."""
    if isinstance(error, NoCredentialsError):
        return access_hint.no_credentials()
    return refuse(f"AWS call failed: {error}", "check the credentials, the network and the stack")


def _client(session: boto3.Session, service: str) -> Any:
    # Any, because the stubs type a client only by the literal name of its service.
    maker: Any = session
    return maker.client(service, config=_CONFIG)


def _id_by_email(session: boto3.Session, email: str) -> str | None:
    """Return the id of the account with this e-mail address; None if listing is denied."""
    try:
        for page in _client(session, "organizations").get_paginator("list_accounts").paginate():
            for account in page["Accounts"]:
                if account["Email"].lower() == email.lower():
                    return str(account["Id"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in _DENIED:
            raise
        return None
    raise refuse(
        f"the organization has no account with the e-mail address {email}",
        "run landfall up first, or use credentials of the stack's own management account",
    )
