"""Whether a change of the sources starts a pipeline of CodePipeline, by its triggers. Pure.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from landfall.settings.git_globs import Filter, fits

CONNECTION: Final = "CodeStarSourceConnection"


class Kind(StrEnum):
    """What happened."""

    PUSH = "push"
    TAG = "tag"
    PULL_REQUEST = "pull request"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the sources.

    `name` is the branch pushed, the tag, or the branch into which a pull request goes; `paths` are
    the changed files. `branch` is where the commit `commit` is.
    """

    kind: Kind
    name: str = ""
    paths: tuple[str, ...] = ()
    branch: str = ""
    commit: str = ""

    def __str__(self) -> str:
        if self.kind is Kind.SCHEDULE:
            return "Schedules"
        files = f", {len(self.paths)} changed files" if self.kind is not Kind.TAG else ""
        what = {Kind.PUSH: "Push to", Kind.TAG: "Tag", Kind.PULL_REQUEST: "Pull request into"}
        return f"{what[self.kind]} {self.name}{files}"


def refusal(structure: Mapping[str, Any], change: Change) -> str:
    """Return why a change does not start a pipeline with a connection; empty if it does."""
    if change.kind is Kind.SCHEDULE:
        return "no schedule starts it"
    (source,) = [
        each
        for each in structure["stages"][0]["actions"]
        if each["actionTypeId"]["provider"] == CONNECTION
    ]
    found = [
        each["gitConfiguration"]
        for each in structure.get("triggers", [])
        if each["gitConfiguration"]["sourceActionName"] == source["name"]
    ]
    if not found:
        return _undetected(source["configuration"], change)
    filters = _filters(found[0], change.kind)
    if not filters:
        kinds = [kind.value for kind in Kind if _filters(found[0], kind)]
        return f"only a {' or a '.join(kinds)} starts it"
    whys = [_unfit(each, change) for each in filters]
    return "" if "" in whys else "; ".join(dict.fromkeys(whys))


def _undetected(configuration: Mapping[str, str], change: Change) -> str:
    """Return why a pipeline without triggers does not start: it detects pushes to its branch."""
    branch = configuration["BranchName"]
    if configuration.get("DetectChanges", "true") == "false":
        return "it has no trigger and detects no changes"
    if change.kind is Kind.PUSH and change.name == branch:
        return ""
    return f"only a push to {branch} starts it"


def _filters(configuration: Mapping[str, Any], kind: Kind) -> list[Mapping[str, Any]]:
    """Return the filters of a trigger for a kind of change; one with tags takes no branches."""
    if kind is Kind.PULL_REQUEST:
        return list(configuration.get("pullRequest", []))
    if kind is Kind.SCHEDULE:
        return []
    is_tag = kind is Kind.TAG
    return [each for each in configuration.get("push", []) if ("tags" in each) is is_tag]


def _unfit(filter_: Mapping[str, Any], change: Change) -> str:
    """Return why a filter excludes a change; empty if it fits."""
    if change.kind is Kind.PULL_REQUEST and filter_.get("events") == ["CLOSED"]:
        return "only a closed pull request starts it"
    named = "tags" if change.kind is Kind.TAG else "branches"
    names = _patterns(filter_.get(named, {}))
    if not fits(names, change.name):
        return f"{change.name} is not among its {named}: {_shown(names)}"
    paths = filter_.get("filePaths")
    if paths is None or change.kind is Kind.TAG:
        return ""
    patterns = _patterns(paths)
    if any(fits(patterns, each) for each in change.paths):
        return ""
    return f"no changed file is among its paths: {_shown(patterns)}"


def _patterns(filter_: Mapping[str, Sequence[str]]) -> Filter:
    return Filter(tuple(filter_.get("includes", ())), tuple(filter_.get("excludes", ())))


def _shown(patterns: Filter) -> str:
    return ", ".join([*patterns.includes, *(f"not {each}" for each in patterns.excludes)])
