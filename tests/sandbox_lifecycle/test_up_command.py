"""`landfall up` on a wrong stack file: every mistake at once, and nothing is started for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LANDFALL = Path(sys.executable).with_name("landfall")

STACK = """\
config:
  aws:region: eu-west-1
  landfall:organization: {units: {Security: {}}}
  landfall:accounts:
    audit: {email: audit@example.com, unit: Securty}
    archive: {email: audit@example.com, unit: Security}
"""


def up(folder: Path, stack: str = "dev") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LANDFALL), "up", "-s", stack], cwd=folder, capture_output=True, text=True, check=False
    )


def test_mistakes_are_told_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("{name: landfall, runtime: python}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    done = up(tmp_path)
    assert done.returncode == 1
    assert "Pulumi.dev.yaml:5: landfall:accounts.audit.unit" in done.stderr
    assert "did you mean 'Security'?" in done.stderr
    assert "Pulumi.dev.yaml:6: landfall:accounts.archive.email" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Pulumi.dev.yaml", "Pulumi.yaml"]


def test_a_stack_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("{name: landfall, runtime: python}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    done = up(tmp_path, "prod")
    assert done.returncode == 2
    assert "there is no Pulumi.prod.yaml" in done.stderr
    assert "stacks here: dev" in done.stderr
