"""CodeBuild's buildspec: its model, and every error of a text with its line.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

import yaml

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
_ON_FAILURE: Final = re.compile(r"ABORT|CONTINUE|RETRY(-\d{1,3})?(-.+)?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a buildspec, in which line."""

    line: int
    message: str


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
    has_batch: bool = False


def parse(text: str) -> Buildspec:
    """Return the buildspec of a text, which is YAML or JSON.

    Raises:
        BuildspecError: with every mistake.

    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise BuildspecError([Mistake(line, f"invalid YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise BuildspecError([Mistake(1, f"invalid YAML: {error}")]) from None
    reader = _Reader()
    found = reader.whole(root)
    if reader.mistakes:
        raise BuildspecError(reader.mistakes)
    return found


class _Reader:
    """Reads nodes, and collects mistakes with their lines."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def whole(self, root: yaml.Node | None) -> Buildspec:
        if not isinstance(root, yaml.MappingNode):
            self._wrong(root, "a buildspec is a mapping with version and phases")
            return Buildspec()
        sections = self._members(root, _SECTIONS, "a buildspec")
        if self._text(sections.get("version")) not in ("0.2", "0.1"):
            self._wrong(sections.get("version", root), "version must be 0.2")
        phases = self._phases(sections.get("phases"), root)
        env = self._members(sections.get("env"), _OF_ENV, "env")
        artifacts = sections.get("artifacts")
        main, secondary = self._artifacts(artifacts)
        return Buildspec(
            shell=self._text(env.get("shell")) or "sh",
            variables=self._variables(env.get("variables")),
            parameters=self._variables(env.get("parameter-store")),
            secrets=self._variables(env.get("secrets-manager")),
            exported=self._texts(env.get("exported-variables"), "exported-variables"),
            phases=phases,
            artifacts=main,
            secondary=secondary,
            reports={
                name: self._files(node, (*_OF_FILES, "file-format"), f"report {name}")
                for name, node in self._members(sections.get("reports"), None, "reports").items()
            },
            has_batch="batch" in sections,
        )

    def _phases(self, node: yaml.Node | None, root: yaml.Node) -> dict[str, Phase]:
        if node is None:
            self._wrong(root, "phases is missing: it has the commands of the build")
            return {}
        found = self._members(node, PHASES, "phases")
        return {name: self._phase(name, found[name]) for name in PHASES if name in found}

    def _phase(self, name: str, node: yaml.Node) -> Phase:
        members = self._members(node, _OF_PHASE, f"phase {name}")
        failing = self._text(members.get("on-failure"))
        if failing and not _ON_FAILURE.fullmatch(failing):
            self._wrong(members["on-failure"], f"on-failure is ABORT or CONTINUE, not {failing}")
        if "commands" not in members and "runtime-versions" not in members:
            self._wrong(node, f"phase {name} has no commands")
        return Phase(
            self._texts(members.get("commands"), "commands"),
            self._texts(members.get("finally"), "finally"),
            failing,
        )

    def _artifacts(self, node: yaml.Node | None) -> tuple[Files | None, dict[str, Files]]:
        if node is None:
            return None, {}
        members = self._members(node, (*_OF_FILES, "secondary-artifacts"), "artifacts")
        named = self._members(members.get("secondary-artifacts"), None, "secondary-artifacts")
        secondary = {
            name: self._files(each, _OF_FILES, f"artifact {name}") for name, each in named.items()
        }
        if "files" not in members and secondary:
            return None, secondary
        return self._files(node, (*_OF_FILES, "secondary-artifacts"), "artifacts"), secondary

    def _files(self, node: yaml.Node, known: tuple[str, ...], where: str) -> Files:
        members = self._members(node, known, where)
        if "files" not in members:
            self._wrong(node, f"{where} has no files")
        return Files(
            self._texts(members.get("files"), "files"),
            self._text(members.get("base-directory")),
            self._texts(members.get("exclude-paths"), "exclude-paths"),
            flat=self._text(members.get("discard-paths")).lower() in ("yes", "true"),
            format=self._text(members.get("file-format")),
        )

    def _variables(self, node: yaml.Node | None) -> dict[str, str]:
        found = self._members(node, None, "variables")
        for name, value in found.items():
            if not _NAME.fullmatch(name):
                self._wrong(value, f"'{name}' cannot be the name of an environment variable")
        return {name: self._text(value) for name, value in found.items()}

    def _members(
        self, node: yaml.Node | None, known: tuple[str, ...] | None, where: str
    ) -> dict[str, yaml.Node]:
        """Return the members of a mapping; None for `known` accepts every key."""
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return {}
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"{where} must be a mapping")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if known is not None and name not in known:
                close = get_close_matches(name, known, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                self._wrong(key, f"{where} has no '{name}'{hint}")
                continue
            found[name] = value
        return found

    def _text(self, node: yaml.Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, "a text is expected here")
            return ""
        return str(node.value)

    def _texts(self, node: yaml.Node | None, where: str) -> tuple[str, ...]:
        if node is None:
            return ()
        if isinstance(node, yaml.ScalarNode):
            return (str(node.value),) if node.value else ()
        if not isinstance(node, yaml.SequenceNode):
            self._wrong(node, f"{where} must be a list")
            return ()
        each: Callable[[Any], str] = self._text
        return tuple(map(each, node.value))

    def _wrong(self, node: yaml.Node | None, message: str) -> None:
        line = 1 if node is None else node.start_mark.line + 1
        self.mistakes.append(Mistake(line, message))
