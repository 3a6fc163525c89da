"""The commands of the how-to work as written, and the table of rules matches the code.

`python -m tests.iam.test_check_docs` writes both pages as they are now: the table of rules, and
what the how-to's commands print.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from landfall import pages
from landfall.iam.policy_checks import REGISTRY
from landfall.iam.policy_checks.catalogue import table

DOCS = Path(__file__).parents[2] / "docs"
HOW_TO, RULES = DOCS / "how-to" / "check-a-policy.md", DOCS / "iam-rules.md"
BEGIN, END = "<!-- rules: python -m tests.iam.test_check_docs -->", "<!-- end of rules -->"
STEP = re.compile(r"```sh\n(.*?)```(\n\n```text\n)?", re.DOTALL)
WITH_OUTPUT = re.compile(r"(```sh\n(.*?)```\n\n```text\n)(.*?)(```)", re.DOTALL)


def follow(folder: Path, commands: str) -> str:
    """Run a step in a shell, in the folder of the steps before; returns what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("warning: the data")]
    assert (done.returncode, said) == (0, []), done.stderr
    return done.stdout


def test_each_step_of_the_how_to_prints_what_it_shows(tmp_path: Path) -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    steps = WITH_OUTPUT.findall(page)
    assert len(steps) == len(STEP.findall(page)) == 7
    for _, commands, shown, _ in steps:
        assert follow(tmp_path, commands) == shown


def test_the_table_of_rules_is_that_of_the_code() -> None:
    page = RULES.read_text(encoding="utf-8")
    shown = page.partition(BEGIN)[2].partition(END)[0]
    assert shown.strip() == table()


def test_every_rule_is_in_the_table_once() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", table(), re.MULTILINE)
    assert sorted(rows) == sorted(rule.id for rule in REGISTRY)


def main() -> None:
    """Rewrite what the pages show."""
    page = RULES.read_text(encoding="utf-8")
    RULES.write_text(pages.renewed(page, BEGIN, END, f"\n\n{table()}\n\n"), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        HOW_TO.write_text(
            WITH_OUTPUT.sub(
                lambda step: f"{step[1]}{follow(Path(folder), step[2])}{step[4]}",
                HOW_TO.read_text(encoding="utf-8"),
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
