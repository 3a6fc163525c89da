"""The tests of changed files, for the pre-commit hook: `python -m tests.suite.own_tests FILE...`.

A test file is its own test; a module's tests are the files that import it. Files that run the
engine are left to `make test`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_ENGINE: Final = "pytest.mark.engine"
_NO_TESTS: Final = 5  # pytest's exit status where it collected nothing


def of(changed: Iterable[str], root: Path = ROOT) -> list[str]:
    """Return the test files of changed files, by path from `root`, sorted."""
    texts = {path: path.read_text("utf-8") for path in sorted((root / "tests").rglob("test_*.py"))}
    quick = {path: text for path, text in texts.items() if _ENGINE not in text}
    found = set()
    for name in changed:
        path = root / name
        if path.name.startswith("test_"):
            found |= {path} & set(quick)
        elif path.name == "conftest.py":
            found |= {test for test in quick if test.is_relative_to(path.parent)}
        elif path.suffix == ".py":
            pattern = _imports(name)
            found |= {test for test, text in quick.items() if pattern.search(text)}
    return sorted(path.relative_to(root).as_posix() for path in found)


def _imports(name: str) -> re.Pattern[str]:
    """Return a pattern of the statements that import a module, in either form."""
    parts = name.removesuffix(".py").removesuffix("/__init__").split("/")
    module, package, own = ".".join(parts), ".".join(parts[:-1]), parts[-1]
    whole = rf"(from|import) {re.escape(module)}\b"
    if not package:
        return re.compile(rf"^{whole}", re.MULTILINE)
    member = rf"from {re.escape(package)} import (\([^)]*\b{own}\b|[^\n(]*\b{own}\b)"
    return re.compile(rf"^({whole}|{member})", re.MULTILINE)


def main(changed: Sequence[str]) -> int:
    """Run the tests of changed files; the exit status is pytest's, 0 where there are none."""
    tests = of(changed)
    if not tests:
        return 0
    options = ["--numprocesses", "2", "--dist", "loadfile", "-m", "not engine"]
    done = subprocess.run([sys.executable, "-m", "pytest", *options, *tests], cwd=ROOT)
    return 0 if done.returncode == _NO_TESTS else done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
