"""Secrets of an application without their values, and read access of builds and workloads.

A user or a rotation sets the value directly in AWS: it never passes through Pulumi,
so it is in no state, plan or log. Parameter Store has no parameters without a value, so for these
the program has only the name, the key and the readers.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.documents import document, statement
from landfall.blueprint.secrets import PARAMETER, SECRET, Reference


class SecretArgs(TypedDict):
    """The arguments of a Secrets Manager secret."""

    secret_name: str
    """Its name, unique in account and region."""
    description: NotRequired[str]
    """What it is for."""
    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    key_arn: pulumi.Input[str]
    """The key that encrypts it."""
    reader_role_arns: list[pulumi.Input[str]]
    """The roles that may read it; no other principals."""
    rotation_function: NotRequired[str]
    """The rotation Lambda function."""
    rotation_days: NotRequired[int]
    """Days between rotations. Default: 30."""


class Secret(pulumi.ComponentResource):
    """An encrypted secret without a value, its readers, and its rotation."""

    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Secret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        partition, region = args.get("partition", "aws"), args["region"]
        secret = aws.secretsmanager.Secret(
            name,
            name=args["secret_name"],
            description=args.get("description"),
            kms_key_id=args["key_arn"],
            recovery_window_in_days=30,
            region=region,
            opts=child,
        )
        if args["reader_role_arns"]:
            aws.secretsmanager.SecretPolicy(
                name,
                secret_arn=secret.arn,
                policy=document(list(_readers(args, partition))),
                block_public_policy=True,
                region=region,
                opts=child,
            )
        if "rotation_function" in args:
            aws.secretsmanager.SecretRotation(
                name,
                secret_id=secret.id,
                rotation_lambda_arn=output_arn(
                    partition,
                    "lambda",
                    pulumi.Output.concat("function:", args["rotation_function"]),
                    region=region,
                    account=args["account_id"],
                ),
                rotation_rules={"automatically_after_days": args.get("rotation_days", 30)},
                # There is no value to rotate yet.
                rotate_immediately=False,
                region=region,
                opts=child,
            )
        self.secret_arn = secret.arn
        self.register_outputs({"secret_arn": self.secret_arn})


def _readers(args: SecretArgs, partition: str) -> Iterator[dict[str, Any]]:
    root = output_arn(partition, "iam", "root", account=args["account_id"])
    yield statement(
        "ExactReaders",
        actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        resources=["*"],
        principals={"AWS": root},
        conditions={"ArnEquals": {"aws:PrincipalArn": args["reader_role_arns"]}},
    )


class SecretReferenceArgs(TypedDict):
    """A secret that is read at run time."""

    kind: str
    """`secret` of Secrets Manager, or `parameter` of Parameter Store."""
    name: str
    """Its name; a parameter's name starts with a slash."""
    variable: NotRequired[str]
    """The environment variable of builds."""
    key: NotRequired[str]
    """secret: the key of a JSON object whose value the variable holds."""


def variables(references: Sequence[SecretReferenceArgs]) -> list[dict[str, str]]:
    """Return CodeBuild's environment variables for secrets: references, never values.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html
    """
    types = {SECRET: "SECRETS_MANAGER", PARAMETER: "PARAMETER_STORE"}
    return [
        {"name": each["variable"], "value": _value(each), "type": types[each["kind"]]}
        for each in sorted(references, key=lambda each: each.get("variable", ""))
        if "variable" in each
    ]


def _value(reference: SecretReferenceArgs) -> str:
    """Return `SECRET` or `SECRET:KEY`, as CodeBuild takes them."""
    parts = (reference["name"], reference.get("key", ""))
    return ":".join(part for part in parts if part)


def described(references: Sequence[SecretReferenceArgs]) -> tuple[Reference, ...]:
    """Return the references as blueprint values."""
    return tuple(Reference(each["kind"], each["name"]) for each in references)
