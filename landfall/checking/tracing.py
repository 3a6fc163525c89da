"""Find the line of the setting behind a finding's resource and property.

First find the setting that creates the resource or its parent component; then, if one setting below
it determines the property, use that one. An untraced finding has the stack file as its place, no
line, and a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from landfall.blueprint.roles import USERS
from landfall.checking.made_by import settings_by_resource
from landfall.checking.preview import Planned
from landfall.problems import Location
from landfall.reports import Finding
from landfall.settings import Stack
from landfall.settings.keys import ACCESS, DELIVERY, TAGS
from landfall.settings.source import Locations, Path

UNTRACED: Final = "no line: not caused by a single setting of the stack file"

_STATEMENT: Final = re.compile(r"(?:^|\.)Statement\[(\d+)\](?:\.(\w+))?")
_INDEX: Final = re.compile(r"^(\w+)\.(\d+)")
_OF_STATEMENT: Final = {
    "Action": "actions",
    "NotAction": "notActions",
    "Resource": "resources",
    "NotResource": "notResources",
    "Condition": "conditions",
}
_LEVEL: Final = re.compile(r"\b(LF-[A-Z]+-\d+)\b")
_WAIVER: Final = re.compile(r"(\S+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Tracer:
    """The settings of one stack, their locations, and the resources that they create."""

    locations: Locations
    settings: Mapping[tuple[str, str], Path]
    resources: Mapping[str, Planned]

    def traced(self, finding: Finding) -> Finding:
        """Return a finding with its location, or with the reason why it has no line."""
        if finding.location:
            return finding
        path = self._path(finding)
        location = self._location(path)
        if location:
            return replace(finding, location=location)
        file = Location(self.locations.file)
        return replace(finding, location=file, untraced=UNTRACED)

    def path_of(self, urn: str, property: str = "") -> Path:
        """Return the path of the setting behind a property of a resource; empty if unknown."""
        resource = self.resources.get(urn)
        if resource is None:
            return ()
        for each in self._around(resource):
            made = self.settings.get((each.type, each.name))
            if made:
                below = _narrowed(made, resource, property)
                return next((path for path in below if self._stands(path)), made)
        return self._section(resource)

    def place_of(self, urn: str, property: str = "") -> Location | None:
        """Return the line of the setting behind a property of a resource; None if unknown."""
        return self._location(self.path_of(urn, property))

    def _path(self, finding: Finding) -> Path:
        if finding.subject:
            return self.path_of(finding.subject, finding.path)
        return self._of_pack(finding)

    def _around(self, resource: Planned) -> Iterator[Planned]:
        """Yield a resource, its parent, and so on outwards."""
        seen: set[str] = set()
        current: Planned | None = resource
        while current is not None and current.urn not in seen:
            seen.add(current.urn)
            yield current
            current = self.resources.get(current.parent)

    def _section(self, resource: Planned) -> Path:
        """Return the settings section with the name of the component's module."""
        for each in self._around(resource):
            package, _, rest = each.type.partition(":")
            key = f"{package}:{rest.partition(':')[0]}"
            if package == "landfall" and self._stands((key,)):
                return (key,)
        return ()

    def _of_pack(self, finding: Finding) -> Path:
        """Return the path of the pack's settings, which a finding without a resource is about."""
        rule, waiver = _LEVEL.search(finding.message), _WAIVER.search(finding.message)
        if waiver and waiver[1].startswith("policies:"):
            return (waiver[1], int(waiver[2]))
        for key in ("policies:levels", "policies:waivers"):
            if rule and self._stands((key, rule[1])):
                return (key, rule[1])
            if key in finding.message:
                return (key,)
        named = re.search(r"policies:\w+", finding.message)
        return (named[0],) if named else ("policies:levels",) if rule else ()

    def _stands(self, path: Path) -> bool:
        return bool(path) and ("config", *path) in self.locations.places

    def _location(self, path: Path) -> Location | None:
        """Return the location of a setting, or of the nearest enclosing one in the file."""
        for length in range(len(path), 0, -1):
            place = self.locations.places.get(("config", *path[:length]))
            if place:
                return place
        return None


def tracer(stack: Stack, locations: Locations, resources: Iterable[Planned]) -> Tracer:
    """Return the tracer of a stack, from its settings and the resources of its preview."""
    return Tracer(
        locations, settings_by_resource(stack), {resource.urn: resource for resource in resources}
    )


def _narrowed(made: Path, resource: Planned, property: str) -> Iterator[Path]:
    """Yield the path of the setting below `made` that determines a property."""
    if property.startswith("tags"):
        yield (TAGS,)
    elif made[:2] in ((ACCESS, "roles"), (ACCESS, "boundaries")):
        yield from _of_access(made, resource, property)
    elif made[:2] == (DELIVERY, "applications"):
        yield from _of_application(made, resource, property)
    elif property == "closeOnDeletion" or (made[0] == "landfall:accounts" and not property):
        yield (*made, "closeOnDeletion")


def _of_access(made: Path, resource: Planned, property: str) -> Iterator[Path]:
    statement = _STATEMENT.search(property)
    if property.startswith("assumeRolePolicy"):
        if statement:
            yield (*made, *_of_trust(resource, int(statement[1])))
    elif statement:
        place = (*made, "statements", int(statement[1]))
        field = _OF_STATEMENT.get(statement[2] or "")
        yield (*place, field) if field else place
    elif property == "policyArn":
        yield (*made, "managedPolicies")
    elif property in _OF_ROLE:
        yield (*made, _OF_ROLE[property])


_OF_ROLE: Final = {
    "maxSessionDuration": "sessionHours",
    "permissionsBoundary": "boundary",
    "description": "description",
}


def _of_trust(resource: Planned, number: int) -> Path:
    """Return the setting of a trust statement: `principals`, or the entry of `federated`."""
    try:
        statements = json.loads(resource.inputs["assumeRolePolicy"])["Statement"]
        actions = [str(each["Action"]) for each in statements]
        users = [each.get("Sid") == USERS for each in statements]
    except (KeyError, TypeError, ValueError):
        return ()
    if number < len(actions) and "WebIdentity" in actions[number]:
        before = [each for each in actions[:number] if "WebIdentity" in each]
        return ("federated", len(before))
    return ("users",) if any(users[number : number + 1]) else ("principals",)


def _of_application(made: Path, resource: Planned, property: str) -> Iterator[Path]:
    application, top = made[:3], property.split(".")[0].split("[")[0]
    if resource.type == "aws:codebuild/project:Project":
        if property.startswith("environment.environmentVariables"):
            yield from _of_variable(application, resource, property)
        elif property in _OF_BUILD:
            yield (*application, "build", _OF_BUILD[property])
    elif resource.type == "aws:codepipeline/pipeline:Pipeline" and top == "stages":
        stage = _INDEX.search(property)
        if stage and stage[2] == "0":
            yield (*application, "source")
    elif resource.type.startswith("aws:codedeploy/") and "rollback" in property.lower():
        yield (*made, "rollback")
    elif resource.type == "aws:iam/rolePolicy:RolePolicy" and _STATEMENT.search(property):
        for place in (made, application):
            yield (*place, "deploy", "permissions")


_OF_BUILD: Final = {
    "environment.privilegedMode": "privileged",
    "environment.image": "image",
    "environment.computeType": "computeType",
    "buildTimeout": "timeoutMinutes",
    "source.buildspec": "buildspec",
}


def _of_variable(application: Path, resource: Planned, property: str) -> Iterator[Path]:
    number = re.search(r"environmentVariables[.\[](\d+)", property)
    variables: Any = (resource.inputs.get("environment") or {}).get("environmentVariables") or []
    if number and int(number[1]) < len(variables):
        yield (*application, "build", "environment", variables[int(number[1])].get("name", ""))
