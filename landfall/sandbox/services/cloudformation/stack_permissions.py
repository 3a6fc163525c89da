"""Judge what CloudFormation does to a stack's resources as its role, or for its caller.

CloudFormation User Guide, 'CloudFormation service role'. All resources of an operation are judged
before the first is touched: AWS rolls the operation back, so the end is the same. A name that
depends on a resource of the same operation is not known; see `landfall.sandbox.judging`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.cloudformation.parsing import ResourceMap
from moto.utilities.utils import get_partition

from landfall.aws.arns import arn_of
from landfall.aws.stack_resources import RESOURCES, Needed
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.judging.acting import refused
from landfall.sandbox.judging.permissions import Permission

_FOR_CALLER: Final = {
    "aws:viaawsservice": ["true"],
    "aws:calledvia": ["cloudformation.amazonaws.com"],
    "aws:calledviafirst": ["cloudformation.amazonaws.com"],
    "aws:calledvialast": ["cloudformation.amazonaws.com"],
}
_VARIABLE: Final = re.compile(r"\$\{([\w:.]+)\}")
_GLOBAL: Final = ("iam", "s3")
_SLASH: Final = {"ssm": "/"}
"""The beginning of a name that the ARN of a service's resource lacks."""

_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who CloudFormation acts as in a request: a session of a role, or the caller itself."""

    caller: Caller
    is_role: bool


@dataclass(frozen=True, slots=True)
class Denied:
    """A resource that CloudFormation may not touch, and AWS's words."""

    logical_id: str
    kind: str
    properties: Mapping[str, Any]
    message: str


def act_as(identity: Identity | None) -> None:
    """Note who CloudFormation acts as in this thread's request; None judges nothing."""
    _thread.identity = identity


def first_denied(
    resources: ResourceMap,
    changes: Mapping[str, Mapping[str, Any]],
    step: str,
    given: Mapping[str, Any],
) -> Denied | None:
    """Return the first resource that the request's identity lacks a permission for.

    `changes` are resources of a template by their logical id, `step` is create, update or delete,
    `given` are the values of the template's parameters.
    """
    identity: Identity | None = getattr(_thread, "identity", None)
    if identity is None:
        return None
    region = str(resources["AWS::Region"])
    for logical_id, resource in changes.items():
        needed = RESOURCES.get(resource["Type"])
        if needed is None or not _applies(resources, resource):
            continue
        names = _Names(resources, given)
        properties = resource.get("Properties") or {}
        permissions = _permissions(names, logical_id, properties, needed, step)
        if not identity.is_role:
            permissions = map(_for_caller, permissions)
        message = refused(identity.caller, region, permissions)
        if message:
            said = (
                f'Resource handler returned message: "{message}" (HandlerErrorCode: AccessDenied)'
            )
            return Denied(logical_id, resource["Type"], properties, said)
    return None


def _for_caller(permission: Permission) -> Permission:
    keys = {**_FOR_CALLER, **permission.keys}
    return Permission(permission.action, permission.resource, keys, is_other=True)


def _permissions(
    names: _Names, logical_id: str, properties: Mapping[str, Any], needed: Needed, step: str
) -> Iterator[Permission]:
    arn = names.arn(logical_id, properties, needed)
    actions = {"create": needed.create, "update": needed.update, "delete": needed.delete}[step]
    yield from (Permission(action, arn) for action in actions)
    if step == "delete":
        return
    for name, action in needed.of_properties.items():
        if properties.get(name):
            yield Permission(action, arn)
    for name, service in needed.passed.items():
        if name in properties:
            role = names.text(properties[name])
            yield Permission("iam:PassRole", role, {"iam:passedtoservice": [service]})


class _Names:
    """The names of a stack's resources, as far as they are known before the operation."""

    def __init__(self, resources: ResourceMap, given: Mapping[str, Any]) -> None:
        self._resources = resources
        self._given = given

    def arn(self, logical_id: str, properties: Mapping[str, Any], needed: Needed) -> str | None:
        """Return a resource's ARN; one without a name gets that of its stack and logical id."""
        if not needed.resource:
            return None
        if needed.name in properties:
            name = self.text(properties[needed.name])
        else:
            name = f"{self._resources['AWS::StackName']}-{logical_id}-1A2B3C4D5E6F"
        if name is None:
            return None
        region, account = (str(self._resources[f"AWS::{each}"]) for each in ("Region", "AccountId"))
        resource = needed.resource.format(name=name.removeprefix(_SLASH.get(needed.service, "\0")))
        return arn_of(
            get_partition(region),
            needed.service,
            resource,
            region="" if needed.service in _GLOBAL else region,
            account="" if needed.service == "s3" else account,
        )

    def text(self, value: Any) -> str | None:
        """Return the text of a property; None if it depends on what does not exist yet."""
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        ((function, given),) = value.items()
        if function == "Ref":
            return self._referred(given)
        if function == "Fn::Sub" and isinstance(given, str) and "${!" not in given:
            names = {name: self._referred(name) for name in _VARIABLE.findall(given)}
            if None in names.values():
                return None
            return _VARIABLE.sub(lambda found: str(names.get(found[1])), given)
        if function == "Fn::Join" and isinstance(given, list) and isinstance(given[1], list):
            parts = [self.text(each) for each in given[1]]
            return None if None in parts else str(given[0]).join(map(str, parts))
        return None

    def _referred(self, name: str) -> str | None:
        if name in self._given:
            return str(self._given[name])
        found = self._resources._parsed_resources.get(name)
        if found is None or isinstance(found, str):
            return found
        identity = getattr(found, "physical_resource_id", None)
        return None if identity is None else str(identity)


def _applies(resources: ResourceMap, resource: Mapping[str, Any]) -> bool:
    """Return whether a resource is certainly part of the stack: it has no unknown condition."""
    condition = resource.get("Condition")
    if condition is None:
        return True
    conditions = resources.lazy_condition_map
    return condition in conditions and bool(conditions[condition])
