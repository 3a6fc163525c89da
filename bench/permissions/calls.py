"""Make the call of a role that needs an action on a resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from botocore.session import Session

from bench.permissions.hosting import Call
from landfall.aws import api_actions, passed_roles
from landfall.aws.api_resources import STRIPPED, VARIABLES
from landfall.iam import actions
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging.actions import actions_of
from landfall.sandbox.judging.permissions import permissions_of

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_PROTOCOLS: Final = {"s3": "rest-xml", "iam": "query", "sts": "query", "sns": "query"}
_NAMED: Final = {
    "iam:role": ("RoleName",),
    "iam:user": ("UserName",),
    "iam:instance-profile": ("InstanceProfileName",),
    "events:rule-on-default-event-bus": ("Name", "Rule"),
}
_BY_ARN: Final = {
    "iam:policy": ("PolicyArn",),
    "iam:oidc-provider": ("OpenIDConnectProviderArn",),
    "kms:key": ("KeyId",),
    "secretsmanager:secret": ("SecretId",),
    "sts:role": ("RoleArn",),
}


def caller_of(role_arn: str, partition: str = "aws") -> Caller:
    """Return a session of a role."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    session = f"arn:{partition}:sts::{account}:assumed-role/{name}/bench"
    return Caller(account, session, "AROAEXAMPLE:bench", role=role_arn, issued=datetime.now(UTC))


def made(caller: Caller, action: str, resource: str, region: str) -> Iterator[Call]:
    """Yield calls of a role for which it needs an action on a resource, an ARN or `*`."""
    for service, operation in _operations(action):
        shape = _model(service).operation_model(operation).input_shape
        known = shape.members if shape is not None else {}
        params = _params(action, resource, known)
        if params is None:
            continue
        where = resource.split(":")[3] if resource.count(":") >= 5 else ""
        request = Request(caller, where or region, service, operation, params)
        if any(each.action.lower() == action.lower() for each in permissions_of(request)):
            yield request, _protocol(service)


def passing(caller: Caller, role: str, service: str, region: str) -> Iterator[Call]:
    """Yield calls that pass a role to a service; an empty service is any."""
    for (api, operation), (paths, principal) in passed_roles._PASSED.items():
        if service in ("", principal):
            params: dict[str, Any] = {}
            _set(params, paths[0], role, {})
            yield Request(caller, region, api, operation, params), _protocol(api)


def _params(action: str, resource: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return members of a request that name a resource; None if no member does."""
    described = actions.find(action)
    if described is None:
        return None
    if resource == "*":
        return {} if not described.resource_types else None
    prefix = action.partition(":")[0]
    for kind in described.resource_types:
        name = f"{prefix}:{kind.name.lower()}"
        values = _values(kind.template, resource)
        if values is None:
            continue
        params = _of_type(name, values, resource, known)
        if params is not None:
            return params
    return None


def _of_type(
    name: str, values: Mapping[str, str], resource: str, known: Mapping[str, Any]
) -> dict[str, Any] | None:
    params: dict[str, Any] = {}
    if name in VARIABLES:
        for variable, paths in VARIABLES[name].items():
            path = next((each for each in paths if each.partition(".")[0] in known), None)
            if path is None:
                break
            _set(params, path, STRIPPED.get(variable, "") + values.get(variable, "x"), known)
        else:
            return params
    last = resource.rpartition("/")[2]
    for member in _NAMED.get(name, ()):
        if member in known:
            return {member: last}
    for member in _BY_ARN.get(name, ()):
        if member in known:
            return {member: resource}
    arn = next((each for each in known if each.lower().endswith("arn")), None)
    return {arn: resource} if arn is not None and name not in _NAMED else None


def _set(params: dict[str, Any], path: str, value: str, known: Mapping[str, Any]) -> None:
    name, _, rest = path.partition(".")
    if rest:
        inner: dict[str, Any] = {}
        _set(inner, rest, value, {})
        shape = known.get(name)
        is_list = shape is not None and shape.type_name == "list"
        params[name] = [inner] if is_list else inner
        return
    shape = known.get(name)
    params[name] = [value] if shape is not None and shape.type_name == "list" else value


def _values(template: str, arn: str) -> dict[str, str] | None:
    """Return the variables of a template in an ARN; None if it is of another type."""
    parts = _VARIABLE.split(template)
    names: list[str] = []
    pattern = ""
    for at, part in enumerate(parts):
        if at % 2:
            names.append(part)
            pattern += "(.+)" if at == len(parts) - 2 and not parts[-1] else "([^:/]*)"
        else:
            pattern += re.escape(part)
    found = re.fullmatch(pattern, arn)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def concrete(pattern: str) -> str:
    """Return an ARN that a pattern matches."""
    return pattern if pattern == "*" else pattern.replace("*", "x").replace("?", "x")


@lru_cache(maxsize=4096)
def _operations(action: str) -> tuple[tuple[str, str], ...]:
    prefix, _, name = action.partition(":")
    services = [api for api, other in api_actions.PREFIXES.items() if other == prefix] or [prefix]
    found = []
    for service in services:
        if service not in Session().get_available_services():
            continue
        model = _model(service)
        same = [each for each in model.operation_names if each == name]
        others = [each for each in model.operation_names if each != name]
        found += [
            (service, each)
            for each in (*same, *others)
            if action.lower() in map(str.lower, actions_of(service, each))
        ]
    return tuple(found)


def _protocol(service: str) -> str:
    return _PROTOCOLS.get(service, "json")


@lru_cache(maxsize=64)
def _model(service: str) -> Any:
    return Session().get_service_model(service)
