"""AppSpec files: their models, and every mistake of a text with its line.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from landfall.rehearsal import yaml_reader
from landfall.rehearsal.yaml_reader import Mistake

OF_INSTANCES: Final = (
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "BeforeInstall",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)
"""The lifecycle events of an EC2 deployment that run scripts, in their order."""

OF_SERVICES: Final = (
    "BeforeInstall",
    "AfterInstall",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)
"""The lifecycle events of an ECS deployment that call a function, in their order."""

LONGEST: Final = 3600
"""The most seconds that the scripts of one event may take together, and the default of each."""

_KINDS: Final = ("file", "directory")
_BEHAVIORS: Final = ("DISALLOW", "OVERWRITE", "RETAIN")


class AppSpecError(Exception):
    """An AppSpec file that CodeDeploy refuses, with every mistake."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda each: each.line)
        super().__init__("; ".join(f"line {each.line}: {each.message}" for each in self.mistakes))


@dataclass(frozen=True, slots=True)
class Script:
    """A script of a lifecycle event; `timeout` is in seconds."""

    location: str
    timeout: int = LONGEST
    runas: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """The mode of what was installed below `target`; `kinds` are `file` and `directory`."""

    target: str
    pattern: str = "**"
    excepted: tuple[str, ...] = ()
    mode: str = ""
    kinds: tuple[str, ...] = _KINDS


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """The AppSpec file of an EC2 deployment; `files` are pairs of source and destination."""

    files: tuple[tuple[str, str], ...] = ()
    permissions: tuple[Permission, ...] = ()
    hooks: Mapping[str, tuple[Script, ...]] = field(default_factory=dict)
    exists: str = "DISALLOW"


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """The AppSpec file of an ECS deployment.

    `settings` are further members of CreateTaskSet; `hooks` are functions by lifecycle event.
    """

    task_definition: str = ""
    container: str = ""
    port: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    hooks: Mapping[str, str] = field(default_factory=dict)


def of_server(text: str) -> ServerSpec:
    """Return the AppSpec file of an EC2 deployment; raises `AppSpecError`."""
    reader = _ServerReader()
    found = reader.whole(_root(text))
    if reader.mistakes:
        raise AppSpecError(reader.mistakes)
    return found


def of_service(text: str) -> ServiceSpec:
    """Return the AppSpec file of an ECS deployment; raises `AppSpecError`."""
    reader = _ServiceReader()
    found = reader.whole(_root(text))
    if reader.mistakes:
        raise AppSpecError(reader.mistakes)
    return found


def _root(text: str) -> yaml.MappingNode:
    root, mistakes = yaml_reader.composed(text)
    if mistakes:
        raise AppSpecError(mistakes)
    if not isinstance(root, yaml.MappingNode):
        raise AppSpecError([Mistake(1, "an AppSpec file is a mapping with version")])
    return root


class _Reader(yaml_reader.Reader):
    def version(self, node: yaml.Node | None, root: yaml.Node) -> None:
        """Check the version, of which there is one."""
        if self.text(node) not in ("0.0", "0"):
            self.wrong(node or root, "version must be 0.0")

    def listed(self, node: yaml.Node | None, where: str) -> list[yaml.Node]:
        """Return the nodes of a list."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{where} must be a list")
            return []
        return list(node.value)


class _ServerReader(_Reader):
    def whole(self, root: yaml.Node) -> ServerSpec:
        known = ("version", "os", "files", "permissions", "hooks", "file_exists_behavior")
        members = self.members(root, known, "an AppSpec file")
        self.version(members.get("version"), root)
        system = self.text(members.get("os"))
        if system != "linux":
            said = "os is missing" if not system else f"os {system} does not run on this machine"
            self.wrong(members.get("os", root), f"{said}: write os: linux")
        behavior = self.text(members.get("file_exists_behavior")) or "DISALLOW"
        if behavior not in _BEHAVIORS:
            where = members["file_exists_behavior"]
            self.wrong(where, f"file_exists_behavior is one of {', '.join(_BEHAVIORS)}")
        files = self.listed(members.get("files"), "files")
        permissions = self.listed(members.get("permissions"), "permissions")
        hooks = self.members(members.get("hooks"), OF_INSTANCES, "hooks")
        return ServerSpec(
            tuple(map(self._file, files)),
            tuple(map(self._permission, permissions)),
            {event: self._scripts(event, node) for event, node in hooks.items()},
            behavior,
        )

    def _file(self, node: yaml.Node) -> tuple[str, str]:
        members = self.members(node, ("source", "destination"), "a file")
        if missing := {"source", "destination"} - members.keys():
            self.wrong(node, f"a file has no {min(missing)}")
        destination = self.text(members.get("destination"))
        if destination and not destination.startswith("/"):
            self.wrong(members["destination"], "a destination is an absolute path")
        return self.text(members.get("source")), destination

    def _permission(self, node: yaml.Node) -> Permission:
        known = ("object", "pattern", "except", "owner", "group", "mode", "acls", "context", "type")
        members = self.members(node, known, "a permission")
        if "object" not in members:
            self.wrong(node, "a permission has no object")
        mode = self.text(members.get("mode"))
        if mode and (not mode.isdigit() or int(mode, 10) > 7777 or set(mode) & set("89")):
            self.wrong(members["mode"], f"mode {mode} is not octal")
        return Permission(
            self.text(members.get("object")),
            self.text(members.get("pattern")) or "**",
            self.texts(members.get("except"), "except"),
            mode,
            self.texts(members.get("type"), "type") or _KINDS,
        )

    def _scripts(self, event: str, node: yaml.Node) -> tuple[Script, ...]:
        found = tuple(map(self._script, self.listed(node, f"the hooks of {event}")))
        if sum(each.timeout for each in found if each.timeout != LONGEST) > LONGEST:
            self.wrong(node, f"the scripts of {event} may take {LONGEST} s together")
        return found

    def _script(self, node: yaml.Node) -> Script:
        members = self.members(node, ("location", "timeout", "runas", "sudo"), "a script")
        if "location" not in members:
            self.wrong(node, "a script has no location")
        timeout = self.text(members.get("timeout")) or str(LONGEST)
        if not timeout.isdigit() or not 0 < int(timeout) <= LONGEST:
            self.wrong(members["timeout"], f"a timeout is from 1 to {LONGEST} s")
            timeout = str(LONGEST)
        return Script(
            self.text(members.get("location")), int(timeout), self.text(members.get("runas"))
        )


_NETWORK: Final = {"Subnets": "subnets", "SecurityGroups": "securityGroups"}


class _ServiceReader(_Reader):
    def whole(self, root: yaml.Node) -> ServiceSpec:
        members = self.members(root, ("version", "Resources", "Hooks"), "an AppSpec file")
        self.version(members.get("version"), root)
        hooks = self._hooks(members.get("Hooks"))
        resources = self.listed(members.get("Resources"), "Resources")
        if len(resources) != 1:
            self.wrong(members.get("Resources", root), "Resources has one ECS service")
            return ServiceSpec(hooks=hooks)
        (service, *_) = self.members(resources[0], None, "a resource").values() or [None]
        own = self.members(service, ("Type", "Properties"), "a service")
        if self.text(own.get("Type")) != "AWS::ECS::Service":
            self.wrong(service or root, "the resource's Type must be AWS::ECS::Service")
        return self._properties(own.get("Properties"), service or root, hooks)

    def _properties(
        self, node: yaml.Node | None, service: yaml.Node, hooks: Mapping[str, str]
    ) -> ServiceSpec:
        known = (
            "TaskDefinition",
            "LoadBalancerInfo",
            "PlatformVersion",
            "NetworkConfiguration",
            "CapacityProviderStrategy",
        )
        found = self.members(node, known, "Properties")
        balancer = self.members(
            found.get("LoadBalancerInfo"), ("ContainerName", "ContainerPort"), "LoadBalancerInfo"
        )
        for name, of in (("TaskDefinition", found), *((each, balancer) for each in _BALANCER)):
            if name not in of:
                self.wrong(node or service, f"Properties has no {name}")
        port = self.text(balancer.get("ContainerPort"))
        if port and not port.isdigit():
            self.wrong(balancer["ContainerPort"], "ContainerPort is a number")
            port = ""
        return ServiceSpec(
            self.text(found.get("TaskDefinition")),
            self.text(balancer.get("ContainerName")),
            int(port or 0),
            self._settings(found),
            hooks,
        )

    def _settings(self, found: Mapping[str, yaml.Node]) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if version := self.text(found.get("PlatformVersion")):
            settings["platformVersion"] = version
        outer = self.members(
            found.get("NetworkConfiguration"), ("AwsvpcConfiguration",), "NetworkConfiguration"
        )
        inner = self.members(
            outer.get("AwsvpcConfiguration"),
            (*_NETWORK, "AssignPublicIp"),
            "AwsvpcConfiguration",
        )
        if inner:
            network: dict[str, Any] = {
                member: list(self.texts(inner.get(name), name)) for name, member in _NETWORK.items()
            }
            if public := self.text(inner.get("AssignPublicIp")):
                network["assignPublicIp"] = public
            settings["networkConfiguration"] = {"awsvpcConfiguration": network}
        return settings

    def _hooks(self, node: yaml.Node | None) -> dict[str, str]:
        hooks: dict[str, str] = {}
        for each in self.listed(node, "Hooks"):
            for event, name in self.members(each, OF_SERVICES, "Hooks").items():
                hooks[event] = self.text(name)
        return hooks


_BALANCER: Final = ("ContainerName", "ContainerPort")
