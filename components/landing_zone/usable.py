"""Wait until a new account can be used, before the program creates anything in it.

AWS reports an account as created before its role can be assumed and its services are activated.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import pulumi
from botocore.exceptions import ClientError

from components.landing_zone.base_session import BaseCredentials, client_keys
from landfall.aws.arns import iam_arn

LIMIT_SECONDS: Final = 20 * 60
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
_TOLD_EVERY: Final = 60.0
# Anything else, as a denial by a guardrail, comes from a service that works.
_INACTIVE: Final = frozenset(
    {
        "AuthFailure",
        "InvalidClientTokenId",
        "OptInRequired",
        "PendingVerification",
        "SubscriptionRequiredException",
    }
)

Probe = Callable[[], str | None]


class NotUsableError(Exception):
    """A new account cannot be used after the limit; the engine prints it without a traceback."""


def awaited(partition: str, region: str, role: str) -> pulumi.ResourceHookBinding:
    """Return the hook of account resources that ends when a created account can be used."""
    base = BaseCredentials.of_config()

    def created(args: pulumi.ResourceHookArgs) -> None:
        arn = iam_arn(partition, args.id, f"role/{role}")
        await_account(f"account {args.name} ({args.id})", probe(base.session(region), arn))

    hook = pulumi.ResourceHook("account-usable", created)
    return pulumi.ResourceHookBinding(after_create=[hook])


def await_account(
    account: str,
    lacking: Probe,
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    tell: Callable[[str], None] = pulumi.log.info,
) -> None:
    """Return when nothing is lacking; report progress each minute.

    Raises `NotUsableError` after 20 minutes.
    """
    begun = told = clock()
    seconds = _FIRST_PAUSE
    while (reason := lacking()) is not None:
        now = clock()
        if now - begun >= LIMIT_SECONDS:
            raise NotUsableError(
                f"{account} cannot be used {LIMIT_SECONDS // 60} minutes after its creation: "
                f"{reason}. Run the update again later, or ask AWS Support to activate the account"
            )
        if now - told >= _TOLD_EVERY:
            told = now
            tell(f"{account} cannot be used yet, after {(now - begun) / 60:.0f} min: {reason}")
        pause(seconds)
        seconds = min(2 * seconds, _LONGEST_PAUSE)


def probe(session: Any, role_arn: str) -> Probe:
    """Return a function that returns what an account lacks, None if it can be used."""

    def lacking() -> str | None:
        try:
            found = session.client("sts").assume_role(
                RoleArn=role_arn, RoleSessionName="landfall", DurationSeconds=900
            )["Credentials"]
        except ClientError as error:
            return f"sts:AssumeRole of {role_arn} is {error.response['Error']['Code']}"
        keys = client_keys(found)
        calls: tuple[tuple[str, Callable[[], object]], ...] = (
            ("ec2:DescribeRegions", session.client("ec2", **keys).describe_regions),
            ("cloudformation:ListStacks", session.client("cloudformation", **keys).list_stacks),
        )
        for action, call in calls:
            try:
                call()
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in _INACTIVE:
                    return f"{action} is {code}"
        return None

    return lacking
