"""The buildspec's model, what it selects, and what variables and strategies become."""

from __future__ import annotations

import json

import pytest

from landfall.rehearsal import buildspec
from landfall.rehearsal.buildspec import BuildspecError, Files
from landfall.rehearsal.selecting import NothingFoundError, selected
from landfall.rehearsal.traffic import Step, steps
from landfall.rehearsal.variables import UnresolvedVariableError, resolved

WHOLE = """\
version: 0.2
env:
  shell: bash
  variables: {COLOUR: green, COUNT: 3}
  parameter-store: {TOKEN: /greeter/token}
  secrets-manager: {PASSWORD: "greeter:password"}
  exported-variables: [COLOUR]
phases:
  install: {runtime-versions: {python: 3.12}}
  build:
    on-failure: CONTINUE
    commands: [make, make test]
    finally: [make clean]
artifacts:
  files: ['**/*']
  base-directory: out
  discard-paths: yes
  secondary-artifacts:
    Site: {files: [index.html]}
reports:
  unit: {files: ['*.xml'], file-format: JUNITXML}
"""


def test_buildspec_has_all_its_parts() -> None:
    spec = buildspec.parse(WHOLE)
    assert (spec.shell, spec.variables) == ("bash", {"COLOUR": "green", "COUNT": "3"})
    assert spec.parameters == {"TOKEN": "/greeter/token"}
    assert spec.secrets == {"PASSWORD": "greeter:password"}
    assert spec.exported == ("COLOUR",)
    assert list(spec.phases) == ["install", "build"]
    build = spec.phases["build"]
    assert (build.commands, build.finally_) == (("make", "make test"), ("make clean",))
    assert build.on_failure == "CONTINUE"
    assert spec.artifacts == Files(("**/*",), "out", flat=True)
    assert spec.secondary == {"Site": Files(("index.html",))}
    assert spec.reports["unit"].format == "JUNITXML"


def test_buildspec_in_json_is_read() -> None:
    text = json.dumps({"version": 0.2, "phases": {"build": {"commands": ["true"]}}})
    assert buildspec.parse(text).phases["build"].commands == ("true",)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("version: 0.2\nphases:\n  biuld:\n    commands: [x]\n", 3, "did you mean build?"),
        ("version: 0.3\nphases: {build: {commands: [x]}}\n", 1, "version must be 0.2"),
        ("version: 0.2\n", 1, "phases is missing"),
        ("version: 0.2\nphases:\n  build:\n    command: [x]\n", 4, "did you mean commands?"),
        ("version: 0.2\nphases:\n  build: {commands: {a: b}}\n", 3, "commands must be a list"),
        (
            "version: 0.2\nphases:\n  build:\n    on-failure: STOP\n    commands: [x]\n",
            4,
            "on-failure is ABORT or CONTINUE, not STOP",
        ),
        (
            "version: 0.2\nphases: {build: {commands: [x]}}\nartifacts: {name: x}\n",
            3,
            "has no files",
        ),
        (
            "version: 0.2\nphases: {build: {commands: [x]}}\ncache:\n  action: keep\n",
            4,
            "action is restore or save, not keep",
        ),
        (
            "version: 0.2\nphases: {build: {commands: [x]}}\n"
            "cache: {key: k, fallback-keys: [a, b, c, d, e, f]}\n",
            3,
            "at most five fallback-keys",
        ),
        ("version: 0.2\nphases: [x\n", 3, "invalid YAML"),
        ("version: 0.2\nenv: {variables: {A-B: x}}\nphases: {build: {commands: [x]}}", 2, "A-B"),
        ("- x\n", 1, "a buildspec is a mapping"),
        ("", 1, "a buildspec is a mapping"),
    ],
)
def test_mistake_in_a_buildspec_has_its_line(text: str, line: int, part: str) -> None:
    with pytest.raises(BuildspecError) as caught:
        buildspec.parse(text)
    assert any(each.line == line and part in each.message for each in caught.value.mistakes)


def test_all_mistakes_of_a_buildspec_come_together() -> None:
    with pytest.raises(BuildspecError) as caught:
        buildspec.parse("version: 1\nphases:\n  biuld: {}\n  build: {}\nartefacts: {}\n")
    assert [each.line for each in caught.value.mistakes] == [1, 3, 4, 5]


PATHS = ["a.py", "b/c.py", "b/d.txt", "b/e/f.py", "out.zip"]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (Files(("**/*",)), PATHS),
        (Files(("*",)), ["a.py", "out.zip"]),
        (Files(("**/*.py",)), ["a.py", "b/c.py", "b/e/f.py"]),
        (Files(("b/**/*",)), ["b/c.py", "b/d.txt", "b/e/f.py"]),
        (Files(("b/*",)), ["b/c.py", "b/d.txt"]),
        (Files(("./a.py",)), ["a.py"]),
        (Files(("**/*.py",), flat=True), ["a.py", "c.py", "f.py"]),
        (Files(("**/*",), excluded=("b/**/*", "out.*")), ["a.py"]),
    ],
)
def test_artifact_takes_the_files_of_its_patterns(files: Files, names: list[str]) -> None:
    assert sorted(selected(files, PATHS)) == names


def test_artifact_without_files_is_refused() -> None:
    with pytest.raises(NothingFoundError, match=r"in out: \*\.jar"):
        selected(Files(("*.jar",), "out"), PATHS)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("AllAtOnce", [Step(100, 0)]),
        ("Canary10Percent5Minutes", [Step(10, 5), Step(100, 0)]),
        ("Linear40PercentEvery1Minute", [Step(40, 1), Step(80, 1), Step(100, 0)]),
        ("Linear50PercentEvery10Minutes", [Step(50, 10), Step(100, 0)]),
    ],
)
def test_strategy_has_its_steps(strategy: str, expected: list[Step]) -> None:
    assert steps(strategy) == expected


def test_unknown_strategy_is_refused() -> None:
    with pytest.raises(ValueError, match="Blue"):
        steps("Blue")


def test_variables_are_resolved_in_every_value() -> None:
    given = {"SourceVariables": {"CommitId": "abc"}, "variables": {"to": "prod"}}
    found = resolved({"A": "#{SourceVariables.CommitId}-#{variables.to}", "B": "plain"}, given)
    assert found == {"A": "abc-prod", "B": "plain"}
    with pytest.raises(UnresolvedVariableError, match=r"#\{SourceVariables.TagName\}"):
        resolved({"A": "#{SourceVariables.TagName}"}, given)
