"""`landfall up` with an invalid stack file: all mistakes are reported, and nothing starts."""

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


def test_mistakes_are_reported_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("{name: landfall, runtime: python}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    done = up(tmp_path)
    assert done.returncode == 1
    assert "Pulumi.dev.yaml:5: landfall:accounts.audit.unit" in done.stderr
    assert "did you mean 'Security'?" in done.stderr
    assert "Pulumi.dev.yaml:6: landfall:accounts.archive.email" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Pulumi.dev.yaml", "Pulumi.yaml"]


def test_missing_stack_is_reported_with_the_existing_stacks(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("{name: landfall, runtime: python}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    done = up(tmp_path, "prod")
    assert done.returncode == 2
    assert "there is no Pulumi.prod.yaml" in done.stderr
    assert "stacks here: dev" in done.stderr
