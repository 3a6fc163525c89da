"""Environment variables of a build, with parameters and secrets that are read at run time.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal.buildspec import Buildspec
from landfall.rehearsal.results import ActionError

PLAINTEXT, PARAMETER, SECRET = "PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"
_SERVICES: Final = {PARAMETER: "ssm", SECRET: "secretsmanager"}
_PARTS_OF_ARN: Final = 7


@dataclass(frozen=True, slots=True)
class Resolved:
    """The variables of a build; `hidden` are the values that its log must not show."""

    values: Mapping[str, str]
    hidden: tuple[str, ...] = field(repr=False, default=())


def declared(spec: Buildspec) -> Iterator[dict[str, str]]:
    """Yield the variables of a buildspec in CodeBuild's format."""
    for kind, found in (
        (PLAINTEXT, spec.variables),
        (PARAMETER, spec.parameters),
        (SECRET, spec.secrets),
    ):
        for name, value in found.items():
            yield {"name": name, "value": value, "type": kind}


def resolved(variables: Iterable[Mapping[str, str]], client: Callable[[str], Any]) -> Resolved:
    """Return the values of variables, of which later ones win.

    `client` returns the client of a service in the session of the project's role. It is called
    only where a variable needs it: a first client reads the service's whole model.

    Raises:
        ActionError: a parameter or a secret does not exist, or the role may not read it.

    """
    last = {each["name"]: each for each in variables}
    values: dict[str, str] = {}
    hidden: list[str] = []
    for name, each in last.items():
        kind, value = each.get("type", PLAINTEXT), each["value"]
        if kind != PLAINTEXT:
            value = _read(client(_SERVICES[kind]), kind, value, name)
            hidden.append(value)
        values[name] = value
    return Resolved(values, tuple(each for each in hidden if each))


def _read(client: Any, kind: str, reference: str, name: str) -> str:
    try:
        if kind == PARAMETER:
            answer = client.get_parameters(Names=[reference], WithDecryption=True)
            if not answer["Parameters"]:
                raise ActionError(f"Parameter Store has no parameter {reference}, for {name}.")
            return str(answer["Parameters"][0]["Value"])
        return _secret(client, reference, name)
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        raise ActionError(
            f"Decrypted Variables Error: {name} from {reference}: {said}", "PermissionError"
        ) from None


def _secret(client: Any, reference: str, name: str) -> str:
    """Read `secret-id:json-key:version-stage:version-id`, of which the id may be an ARN."""
    parts = reference.split(":")
    ends = _PARTS_OF_ARN if reference.startswith("arn:") else 1
    identity, rest = ":".join(parts[:ends]), [*parts[ends:], "", "", ""]
    chosen = {"VersionStage": rest[1], "VersionId": rest[2]}
    answer = client.get_secret_value(
        SecretId=identity, **{key: value for key, value in chosen.items() if value}
    )
    text = str(answer["SecretString"])
    if not rest[0]:
        return text
    try:
        return str(json.loads(text)[rest[0]])
    except (ValueError, KeyError, TypeError):
        raise ActionError(f"Secret {identity} has no key {rest[0]}, for {name}.") from None
