"""The wheel holds every file of the packages: data, scripts, marks of inline types."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("components", "landfall", "policies", "toolchain")
PROJECT = ("pyproject.toml", "README.md", "LICENSE")
_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def tracked(*paths: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the files in the wheel that the tracked files of the project make."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in tracked(*PACKAGES, *PROJECT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    command = [sys.executable, "-c", _BUILD, "dist"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (built,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_wheel_holds_every_file_of_the_packages(wheel: set[str]) -> None:
    assert sorted(tracked(*PACKAGES) - wheel) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_marks_a_package_as_typed(wheel: set[str], package: str) -> None:
    assert f"{package}/py.typed" in wheel
