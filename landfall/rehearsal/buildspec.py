"""CodeBuild's buildspec: its model, and every error of a text with its line.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml

from landfall.rehearsal import yaml_reader
from landfall.rehearsal.yaml_reader import Mistake

PHASES: Final = ("install", "pre_build", "build", "post_build")
"""The phases with commands, in their order."""

_SECTIONS: Final = (
    "version",
    "run-as",
    "env",
    "proxy",
    "batch",
    "phases",
    "reports",
    "artifacts",
    "cache",
)
_OF_ENV: Final = (
    "shell",
    "variables",
    "parameter-store",
    "exported-variables",
    "secrets-manager",
    "git-credential-helper",
)
_OF_PHASE: Final = ("run-as", "on-failure", "runtime-versions", "commands", "finally", "steps")
_OF_FILES: Final = (
    "files",
    "name",
    "discard-paths",
    "base-directory",
    "exclude-paths",
    "enable-symlinks",
    "s3-prefix",
)
_OF_CACHE: Final = ("key", "fallback-keys", "action", "paths")
_CACHE_ACTIONS: Final = ("restore", "save")
_FALLBACK_KEYS: Final = 5
_ON_FAILURE: Final = re.compile(r"ABORT|CONTINUE|RETRY(-\d{1,3})?(-.+)?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class BuildspecError(Exception):
    """A buildspec that CodeBuild refuses: the phase DOWNLOAD_SOURCE ends in YAML_FILE_ERROR."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda each: each.line)
        super().__init__("; ".join(f"line {each.line}: {each.message}" for each in self.mistakes))


@dataclass(frozen=True, slots=True)
class Phase:
    """The commands of a phase.

    `on_failure` is `ABORT`, `CONTINUE`, or empty for CodeBuild's usual transitions.
    """

    commands: tuple[str, ...] = ()
    finally_: tuple[str, ...] = ()
    on_failure: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """Which files an artifact or a report takes."""

    files: tuple[str, ...] = ()
    base: str = ""
    excluded: tuple[str, ...] = ()
    flat: bool = False
    format: str = ""


@dataclass(frozen=True, slots=True)
class Cache:
    """The files that builds share through a cache.

    `key` and `fallbacks` can have commands and variables of the shell. A cache that does not
    `restores` is only saved, one that does not `saves` is only restored.
    """

    paths: tuple[str, ...] = ()
    key: str = ""
    fallbacks: tuple[str, ...] = ()
    restores: bool = True
    saves: bool = True


@dataclass(frozen=True, slots=True)
class Buildspec:
    """A buildspec; `secondary` and `reports` are by name."""

    shell: str = "sh"
    variables: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    phases: Mapping[str, Phase] = field(default_factory=dict)
    artifacts: Files | None = None
    secondary: Mapping[str, Files] = field(default_factory=dict)
    reports: Mapping[str, Files] = field(default_factory=dict)
    cache: Cache = Cache()
    has_batch: bool = False


def parse(text: str) -> Buildspec:
    """Return the buildspec of a text, which is YAML or JSON.

    Raises:
        BuildspecError: with every mistake.

    """
    root, mistakes = yaml_reader.composed(text)
    if mistakes:
        raise BuildspecError(mistakes)
    reader = _Reader()
    found = reader.whole(root)
    if reader.mistakes:
        raise BuildspecError(reader.mistakes)
    return found


class _Reader(yaml_reader.Reader):
    """Reads the nodes of a buildspec."""

    def whole(self, root: yaml.Node | None) -> Buildspec:
        if not isinstance(root, yaml.MappingNode):
            self.wrong(root, "a buildspec is a mapping with version and phases")
            return Buildspec()
        sections = self.members(root, _SECTIONS, "a buildspec")
        if self.text(sections.get("version")) not in ("0.2", "0.1"):
            self.wrong(sections.get("version", root), "version must be 0.2")
        phases = self._phases(sections.get("phases"), root)
        env = self.members(sections.get("env"), _OF_ENV, "env")
        artifacts = sections.get("artifacts")
        main, secondary = self._artifacts(artifacts)
        return Buildspec(
            shell=self.text(env.get("shell")) or "sh",
            variables=self._variables(env.get("variables")),
            parameters=self._variables(env.get("parameter-store")),
            secrets=self._variables(env.get("secrets-manager")),
            exported=self.texts(env.get("exported-variables"), "exported-variables"),
            phases=phases,
            artifacts=main,
            secondary=secondary,
            reports={
                name: self._files(node, (*_OF_FILES, "file-format"), f"report {name}")
                for name, node in self.members(sections.get("reports"), None, "reports").items()
            },
            cache=self._cache(sections.get("cache")),
            has_batch="batch" in sections,
        )

    def _phases(self, node: yaml.Node | None, root: yaml.Node) -> dict[str, Phase]:
        if node is None:
            self.wrong(root, "phases is missing: it has the commands of the build")
            return {}
        found = self.members(node, PHASES, "phases")
        return {name: self._phase(name, found[name]) for name in PHASES if name in found}

    def _phase(self, name: str, node: yaml.Node) -> Phase:
        members = self.members(node, _OF_PHASE, f"phase {name}")
        failing = self.text(members.get("on-failure"))
        if failing and not _ON_FAILURE.fullmatch(failing):
            self.wrong(members["on-failure"], f"on-failure is ABORT or CONTINUE, not {failing}")
        if "commands" not in members and "runtime-versions" not in members:
            self.wrong(node, f"phase {name} has no commands")
        return Phase(
            self.texts(members.get("commands"), "commands"),
            self.texts(members.get("finally"), "finally"),
            failing,
        )

    def _artifacts(self, node: yaml.Node | None) -> tuple[Files | None, dict[str, Files]]:
        if node is None:
            return None, {}
        members = self.members(node, (*_OF_FILES, "secondary-artifacts"), "artifacts")
        named = self.members(members.get("secondary-artifacts"), None, "secondary-artifacts")
        secondary = {
            name: self._files(each, _OF_FILES, f"artifact {name}") for name, each in named.items()
        }
        if "files" not in members and secondary:
            return None, secondary
        return self._files(node, (*_OF_FILES, "secondary-artifacts"), "artifacts"), secondary

    def _cache(self, node: yaml.Node | None) -> Cache:
        members = self.members(node, _OF_CACHE, "cache")
        action = self.text(members.get("action"))
        if action and action not in _CACHE_ACTIONS:
            self.wrong(members["action"], f"action is restore or save, not {action}")
        fallbacks = self.texts(members.get("fallback-keys"), "fallback-keys")
        if len(fallbacks) > _FALLBACK_KEYS:
            self.wrong(members["fallback-keys"], "a cache has at most five fallback-keys")
        key = self.text(members.get("key"))
        return Cache(
            self.texts(members.get("paths"), "paths"),
            key,
            fallbacks if key else (),
            restores=action != "save",
            saves=action != "restore",
        )

    def _files(self, node: yaml.Node, known: tuple[str, ...], where: str) -> Files:
        members = self.members(node, known, where)
        if "files" not in members:
            self.wrong(node, f"{where} has no files")
        return Files(
            self.texts(members.get("files"), "files"),
            self.text(members.get("base-directory")),
            self.texts(members.get("exclude-paths"), "exclude-paths"),
            flat=self.text(members.get("discard-paths")).lower() in ("yes", "true"),
            format=self.text(members.get("file-format")),
        )

    def _variables(self, node: yaml.Node | None) -> dict[str, str]:
        found = self.members(node, None, "variables")
        for name, value in found.items():
            if not _NAME.fullmatch(name):
                self.wrong(value, f"'{name}' cannot be the name of an environment variable")
        return {name: self.text(value) for name, value in found.items()}
