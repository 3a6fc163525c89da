"""The pre-commit hook runs only the tests of changed files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.suite import own_tests

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "tests/iam/test_patterns.py": "from landfall.iam import documents, patterns\n",
        "tests/iam/test_truth.py": "from landfall.iam.truth import both\n",
        "tests/iam/test_several.py": "from landfall.iam import (\n    layers,\n    truth,\n)\n",
        "tests/sandbox/test_up.py": "import landfall.iam.truth\npytest.mark.engine\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("landfall/iam/patterns.py", ["tests/iam/test_patterns.py"]),
        ("landfall/iam/truth.py", ["tests/iam/test_several.py", "tests/iam/test_truth.py"]),
        ("landfall/iam/pattern.py", []),
        ("tests/iam/test_truth.py", ["tests/iam/test_truth.py"]),
        ("tests/sandbox/test_up.py", []),
        ("tests/sandbox/conftest.py", []),
        (
            "tests/iam/conftest.py",
            ["tests/iam/test_patterns.py", "tests/iam/test_several.py", "tests/iam/test_truth.py"],
        ),
        ("README.md", []),
    ],
)
def test_a_changed_file_has_the_tests_that_import_it(
    root: Path, changed: str, tests: list[str]
) -> None:
    assert own_tests.of([changed], root) == tests


def test_the_hooks_run_the_tools_of_the_lock_file() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (hooks,) = (repository["hooks"] for repository in config["repos"])
    for hook in hooks:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
    ids = {"ruff-check", "ruff-format", "mypy", "own-tests", "docs"}
    assert {hook["id"] for hook in hooks} == ids


def test_tests_in_a_git_hook_do_not_write_into_its_index(tmp_path: Path) -> None:
    index = tmp_path / "index"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "tests/toolchain/test_release.py::test_release_sets_the_version_in_every_file_and_tags_the_commit",
        ],
        cwd=ROOT,
        env={**os.environ, "GIT_INDEX_FILE": str(index)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert not index.exists()
