"""What the deploy role of a program needs: the program's permissions, its state, and its key."""

from __future__ import annotations

from landfall.aws.arns import bucket_arn
from landfall.blueprint.deployments import COMMANDS, TERRAFORM, DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement
from landfall.settings.placeholders import filled


def deploy(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the statements of the deploy role of `pulumi`, `terraform` or `commands`."""
    own: list[Statement] = list(deployment.get("permissions", []))
    if deployment["kind"] == COMMANDS:
        return own
    bucket, _, prefix = _filled(deployment["backend"], place).removeprefix("s3://").partition("/")
    state = bucket_arn(place.partition, bucket)
    if deployment["kind"] == TERRAFORM:
        own += _terraform_state(state, state_key(_filled(deployment["name"], place), prefix))
    else:
        own.append(
            statement(
                "State",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                resources=[f"{state}/{prefix}/*" if prefix else f"{state}/*"],
            )
        )
    return [
        *own,
        statement("FindState", actions=["s3:ListBucket"], resources=[state]),
        statement(
            "StateKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[place.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": [f"alias/{deployment['key']}"]}
            },
        ),
    ]


def state_key(name: str, prefix: str) -> str:
    """Return the key of Terraform's state in its bucket."""
    return f"{prefix}/{name}.tfstate" if prefix else f"{name}.tfstate"


def _terraform_state(bucket: str, key: str) -> list[Statement]:
    """Return the statements for one state and its lock file.

    https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
    """
    return [
        statement("State", actions=["s3:GetObject", "s3:PutObject"], resources=[f"{bucket}/{key}"]),
        statement(
            "LockState",
            actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            resources=[f"{bucket}/{key}.tflock"],
        ),
    ]


def _filled(text: str, place: Place) -> str:
    return filled(text, accountId=place.account_id, region=place.region)
