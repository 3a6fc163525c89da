"""The `batch` of a buildspec: its builds, their order and their variables. Pure.

https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml

from landfall.rehearsal import yaml_reader
from landfall.rehearsal.buildspec import BuildspecError

_KINDS: Final = ("build-graph", "build-list", "build-matrix", "build-fanout")
_OF_TASK: Final = (
    "identifier",
    "buildspec",
    "debug-session",
    "depend-on",
    "env",
    "ignore-failure",
)
_OF_ENV: Final = ("compute-type", "fleet", "image", "privileged-mode", "type", "variables")


@dataclass(frozen=True, slots=True)
class Task:
    """One build of a batch; without `buildspec`, that of the batch applies."""

    identifier: str
    buildspec: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    ignores_failure: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The builds of a batch. `fast_fail`: a failed one ends the batch."""

    tasks: tuple[Task, ...]
    fast_fail: bool = False


def parse(text: str) -> Batch:
    """Return the batch of a buildspec, which is YAML or JSON.

    Raises:
        BuildspecError: with every mistake, a missing batch too.

    """
    root, mistakes = yaml_reader.composed(text)
    if mistakes:
        raise BuildspecError(mistakes)
    reader = _Reader()
    batch = reader.batch(root)
    if reader.mistakes:
        raise BuildspecError(reader.mistakes)
    return batch


class _Reader(yaml_reader.Reader):
    """Reads the nodes of a batch."""

    def batch(self, root: yaml.Node | None) -> Batch:
        node = self.members(root, None, "a buildspec").get("batch")
        if node is None:
            self.wrong(root, "batch is missing: the action runs batch builds")
            return Batch(())
        members = self.members(node, ("fast-fail", *_KINDS), "batch")
        kinds = [each for each in _KINDS if each in members]
        if len(kinds) != 1:
            self.wrong(node, f"batch has one of {', '.join(_KINDS[:3])}")
            return Batch(())
        (kind,) = kinds
        if kind == "build-fanout":
            self.wrong(members[kind], "build-fanout is not rehearsed")
            return Batch(())
        fast = self._flag(members.get("fast-fail"))
        if kind == "build-matrix":
            return Batch(tuple(self._matrix(members[kind])), fast)
        return Batch(tuple(self._tasks(members[kind], kind)), fast)

    def _tasks(self, node: yaml.Node, kind: str) -> list[Task]:
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{kind} must be a list")
            return []
        tasks = [self._task(each, kind) for each in node.value]
        known: set[str] = set()
        names = {task.identifier for task in tasks}
        for task, each in zip(tasks, node.value, strict=True):
            if not task.identifier:
                self.wrong(each, "a build of a batch needs an identifier")
            elif task.identifier in known:
                self.wrong(each, f"the identifier {task.identifier} is used twice")
            known.add(task.identifier)
            for other in sorted({*task.after} - names):
                self.wrong(each, f"{task.identifier} depends on {other}, which is no build here")
        self._circles(node, {task.identifier: {*task.after} & names for task in tasks})
        return tasks

    def _circles(self, node: yaml.Node, after: Mapping[str, set[str]]) -> None:
        done: set[str] = set()
        while ready := [each for each in after if each not in done and after[each] <= done]:
            done.update(ready)
        if left := [each for each in after if each not in done]:
            self.wrong(node, f"these builds depend on each other: {', '.join(left)}")

    def _task(self, node: yaml.Node, kind: str) -> Task:
        names = tuple(each for each in _OF_TASK if kind == "build-graph" or each != "depend-on")
        members = self.members(node, names, "a build of a batch")
        return Task(
            self.text(members.get("identifier")),
            self.text(members.get("buildspec")),
            self._variables(members.get("env")),
            self.texts(members.get("depend-on"), "depend-on"),
            self._flag(members.get("ignore-failure")),
        )

    def _matrix(self, node: yaml.Node) -> Iterator[Task]:
        members = self.members(node, ("static", "dynamic"), "build-matrix")
        static = self.members(members.get("static"), ("ignore-failure", "env"), "static")
        fixed = self._variables(static.get("env"))
        ignores = self._flag(static.get("ignore-failure"))
        dynamic = self.members(members.get("dynamic"), ("buildspec", "env"), "dynamic")
        specs = self.texts(dynamic.get("buildspec"), "buildspec") or ("",)
        env = self.members(dynamic.get("env"), _OF_ENV, "env")
        chosen = self.members(env.get("variables"), None, "variables")
        values = [[(name, each) for each in self.texts(one, name)] for name, one in chosen.items()]
        combinations = list(itertools.product(*values))
        # Each image and each size is a build, too, though all run on this machine.
        places = [self.texts(env.get(each), each) or ("",) for each in ("image", "compute-type")]
        count = len(list(itertools.product(*places)))
        made = [(spec, pairs) for spec in specs for _ in range(count) for pairs in combinations]
        for number, (spec, pairs) in enumerate(made, 1):
            own = {**fixed, **dict(pairs)}
            yield Task(f"build{number}", spec, own, ignores_failure=ignores)

    def _variables(self, node: yaml.Node | None) -> dict[str, str]:
        env = self.members(node, _OF_ENV, "env")
        found = self.members(env.get("variables"), None, "variables")
        return {name: self.text(value) for name, value in found.items()}

    def _flag(self, node: yaml.Node | None) -> bool:
        return self.text(node).lower() in ("true", "yes", "on")
