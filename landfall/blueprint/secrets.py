"""How roles read an application's secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

SECRET = "secret"  # noqa: S105 - a kind, not a secret
PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Reference:
    """A secret that is read at run time: a `secret` of Secrets Manager, or a `parameter`.

    The name of a parameter begins with a slash.
    """

    kind: str
    name: str


def read(references: Sequence[Reference], place: Place, key_arn: str) -> list[Statement]:
    """Return the statements with which a role reads these secrets and no others."""
    secrets = [each.name for each in references if each.kind == SECRET]
    parameters = [each.name for each in references if each.kind == PARAMETER]
    statements, services = [], []
    if secrets:
        services.append(f"secretsmanager.{place.region}.{place.dns}")
        statements.append(
            statement(
                "ReadSecrets",
                actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                # Secrets Manager appends a hyphen and six characters to the name.
                resources=[
                    place.arn("secretsmanager", f"secret:{name}-??????") for name in secrets
                ],
            )
        )
    if parameters:
        services.append(f"ssm.{place.region}.{place.dns}")
        statements.append(
            statement(
                "ReadParameters",
                actions=["ssm:GetParameter", "ssm:GetParameters"],
                resources=[place.arn("ssm", f"parameter{name}") for name in parameters],
            )
        )
    if statements:
        statements.append(
            statement(
                "DecryptSecrets",
                actions=["kms:Decrypt"],
                resources=[key_arn],
                conditions={"StringEquals": {"kms:ViaService": services}},
            )
        )
    return statements
