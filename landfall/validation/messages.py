"""Convert pydantic's errors to mistakes: what is wrong, and how to fix it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from landfall.printable import escaped
from landfall.settings.base import Settings
from landfall.settings.source import Path
from landfall.settings.suggestions import nearest, suggestion
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake
from landfall.validation.models import item_of, model_at

_UNIONS = {
    "ArtifactValue",
    "CodeCommitSource",
    "CloudFormationDeploy",
    "CommandsDeploy",
    "ConnectionSource",
    "Ec2Deploy",
    "EcsDeploy",
    "EcsServiceDeploy",
    "EksDeploy",
    "InvokeDeploy",
    "LambdaDeploy",
    "ProjectDeploy",
    "PulumiDeploy",
    "S3Deploy",
    "S3Source",
    "StackSetDeploy",
    "TerraformDeploy",
    "[key]",
    "text",
}

# Descriptions of the models' patterns.
_MEANINGS = {
    ")?([A-Za-z0-9_.-]|": "a stack's name, as in {environment} or"
    " organization/PROJECT/{environment}",
    "^s3://": "a bucket and a prefix, as in s3://orders-state-{accountId}/{environment}",
    "(?:environment|accountId|region)": "a path with letters, digits, {environment}, {accountId} or"
    " {region}",
    "^E[A-Z0-9]": "a distribution's id, as in E1A2B3C4D5E6F7",
    "^[0-9a-f]{64}$": "a SHA-256: 64 digits and letters from a to f",
    r"^[0-9]+\.[0-9]+\.": "a version, as in 1.11.4",
    "^/[!-~]*$": "a path that begins with '/', as in /index.html or /*",
    ":kms:.+:key/)?": "the id of a key or its ARN; an alias is not recognized in another account",
    ":listener/": "the listener's ARN, as in arn:aws:elasticloadbalancing:REGION:ACCOUNT:"
    "listener/app/NAME/ID/ID",
    "arn:aws[a-z-]*:kms:": "a key's ARN, as in arn:aws:kms:REGION:ACCOUNT:key/ID",
    "^arn:aws[a-z-]*:[a-z0-9-]+:": "a resource's ARN, as in"
    " arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1a2b3c4d",
    ":ram:[a-z0-9-]*": "a permission's ARN, as in"
    " arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet",
    "/L-[A-F0-9]{8}": "the service's and the quota's code, as in vpc/L-F678F1CE",
    r"^[a-z0-9-]+(\.[a-z0-9-]+)*$": "a service, as in ec2 or ecs-tasks",
    "^p-[0-9a-zA-Z_]": "a policy's id, as in p-a1b2c3d4",
    "^ssoins-": "the id of Identity Center's instance, as in ssoins-7223a1b2c3d4e5f6",
    "^d-[0-9a-f]": "the id of the identity store, as in d-9067a1b2c3",
    r"^(cis-1\.4/)?": "a control's id, as in EC2.8 or cis-1.4/1.14",
    r"^[\s\S]+$": "at least one character",
    "^[a-zA-Z0-9_-]{2,50}$": "2 to 50 letters, digits, '-' and '_'",
    "^[A-Za-z_][A-Za-z0-9_.-]{0,31}$": "a user of the operating system, as in ssm-user",
    "^[A-Za-z0-9_+=,.@-]{1,64}$": "a role's name: up to 64 letters, digits and _+=,.@-",
    "^[a-z0-9](-?[a-z0-9])*$": "lower-case letters and digits, with single hyphens between them",
    "[0-9]{12}": "twelve digits, in quotes",
    "@[A-Za-z0-9-]+": "an e-mail address, as in aws+audit@example.com",
    "^o-": "an organization's id, as in o-a1b2c3d4e5",
    "^aws:[A-Za-z0-9]+/": "a Pulumi type, as in aws:guardduty/detector:Detector",
    "^[!-~]+( [!-~]+)*$": "an import id without spaces at its ends, as in 12abc34d567e8fa9",
    "^ou-": "a unit's id, as in ou-ab12-c3d4e5f6",
    "^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, '-', '_' and '.', first a letter or digit",
    "^[a-z]{2}": "a region, as in eu-west-1",
    "[A-Za-z0-9*?]+)$": "service and action, as in s3:GetObject",
    "^[a-z0-9][a-z0-9.-]{1,61}": "a bucket name: lower case letters, digits, '-' and '.'",
    "(/[A-Za-z0-9_.-]+)+$": "owner/name",
    "^(rate": "an EventBridge schedule, as in rate(1 day) or cron(0 6 * * ? *)",
    "|!&-]+@": "an e-mail address, as in security@example.com",
    "[0-9 ()+-]+": "a phone number, as in +49 30 1234567",
    "^[A-Z]{3}$": "a currency, as in USD",
    "IfExists": "an IAM condition operator, as in StringEquals",
}


def path_of(error: Mapping[str, Any], document: Any) -> Path:
    """Return the path of an error of pydantic in the document that it is about.

    A value that stands for a list of one has no index in the document.
    """
    path: Path = ()
    for part in error["loc"]:
        alone = document is not None and not isinstance(document, list)
        # A user's name may be that of a union's member.
        named = isinstance(document, Mapping) and part in document
        if (part in _UNIONS and not named) or (isinstance(part, int) and alone):
            continue
        path = (*path, part)
        document = item_of(document, part)
    return path


def told(
    error: Mapping[str, Any], path: Path, root: type[Settings], document: Mapping[str, Any]
) -> Mistake:
    """Return the mistake for a pydantic error at `path` of the document."""
    kind, value = str(error["type"]), error["input"]
    if kind == "extra_forbidden":
        return _unknown_key(path, root, document)
    if kind == "missing":
        return Mistake(
            path, f"'{path[-1]}' is missing", "it has no default; add it", kind=Kind.MISSING_KEY
        )
    if kind == "string_pattern_mismatch":
        pattern = str(error["ctx"]["pattern"])
        fix = next((m for part, m in _MEANINGS.items() if part in pattern), f"matching {pattern}")
        return Mistake(
            path, f"{shown(value)} is not valid here", f"write {fix}", kind=Kind.MALFORMED_VALUE
        )
    if kind == "literal_error":
        return _no_choice(path, value, str(error["ctx"]["expected"]))
    if kind in _EXPECTED:
        # A mapping stands for a list of one only where the list is one of mappings.
        if error["loc"][-1:] == (0,) and path[-1:] != (0,) and isinstance(value, Mapping):
            kind = "list_type"
        return Mistake(
            path,
            f"expected {_EXPECTED[kind]}, got {_named(value)}",
            _fix(kind, value),
            kind=Kind.WRONG_TYPE,
        )
    if kind in _LIMITS:
        what, limit = _LIMITS[kind]
        return Mistake(
            path,
            f"{shown(value)} is {what}",
            f"{limit} {_limit(error['ctx'])}",
            kind=Kind.OUT_OF_RANGE,
        )
    # The models' validators put both parts in one text.
    message, _, fix = str(error["msg"]).removeprefix("Value error, ").partition("; ")
    return Mistake(
        path,
        f"{message[:1].lower()}{message[1:]}",
        fix or "see docs/settings.md",
        kind=Kind.INVALID_VALUE,
    )


_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping",
    "string_type": "a text",
    "tuple_type": "a list",
}
_LIMITS = {
    "greater_than": ("too small", "more than"),
    "greater_than_equal": ("too small", "at least"),
    "less_than_equal": ("too large", "at most"),
    "string_too_long": ("too long", "maximum characters:"),
    "string_too_short": ("too short", "minimum characters:"),
    "too_short": ("too short", "minimum entries:"),
}


def _limit(context: Mapping[str, Any]) -> Any:
    return next(
        iter(
            context.get(key)
            for key in ("ge", "gt", "le", "max_length", "min_length")
            if key in context
        ),
        "",
    )


def _fix(kind: str, value: Any) -> str:
    expected = _EXPECTED[kind]
    if value is None:
        empty = {"a list": "[]", "a mapping": "{}"}.get(expected)
        return f"write {empty}, or remove the key" if empty else "add a value, or remove the key"
    if expected == "a text" and isinstance(value, bool):
        return "quote it: YAML reads on, off, yes and no as true and false"
    if expected == "a text" and not isinstance(value, Mapping | list):
        return "put it in quotes"
    if expected == "true or false" and isinstance(value, str | int):
        return "write true or false, without quotes"
    if expected in ("a whole number", "a number") and isinstance(value, str):
        return "write it in digits, without quotes"
    return {
        "a list": "write [one, two], or one '- ' line each",
        "a mapping": "write {key: value}, or one 'key: value' line each",
    }.get(expected, f"write {expected}")


def _named(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, datetime.date):
        return f"the date {value}"
    return shown(value)


def _unknown_key(path: Path, root: type[Settings], document: Mapping[str, Any]) -> Mistake:
    model = model_at(root, path[:-1], document)
    known = [field.alias or name for name, field in model.model_fields.items()]
    key = str(path[-1])
    deeper = _one_level_down(model, key.rpartition(":")[2])
    fix = f"did you mean '{deeper}'?" if deeper and key not in known else suggestion(key, known)
    return Mistake(path, f"{shown(key)} is not a known key here", fix, kind=Kind.UNKNOWN_KEY)


def _one_level_down(model: type[Settings], key: str) -> str:
    """Return the path of a key written one level too high, such as `organization.regions`."""
    for name, field in model.model_fields.items():
        below = field.annotation
        if isinstance(below, type) and issubclass(below, Settings):
            names = {each.alias or own for own, each in below.model_fields.items()}
            if key in names:
                return f"{field.alias or name}.{key}"
    return ""


def _no_choice(path: Path, value: Any, expected: str) -> Mistake:
    choices = [choice.strip("'") for choice in expected.replace(" or ", ", ").split(", ")]
    near = nearest(str(value), choices) if isinstance(value, str) else None
    fix = f"did you mean '{near}'? " if near else ""
    return Mistake(
        path,
        f"{shown(value)} is not one of the choices",
        f"{fix}write one of {_listed(choices)}",
        kind=Kind.UNKNOWN_CHOICE,
    )


def _listed(choices: Iterable[str]) -> str:
    return ", ".join(choices)


def shown(value: Any) -> str:
    """Return a value for a message: shortened, quoted, without control characters."""
    if isinstance(value, int) and value.bit_length() > 128:
        return "a very large number"
    if isinstance(value, Mapping | list | tuple):
        return _named(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text if len(text) <= 60 else f"{text[:57]}…"
    return f"'{escaped(text)}'"
