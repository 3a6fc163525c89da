"""The floor: a bare Pulumi program that registers as many resources, without a provider."""

from __future__ import annotations

from pathlib import Path

_PROGRAM = '''"""Registers components and nothing else."""
import pulumi

for number in range({count}):
    pulumi.ComponentResource("floor:index:Nothing", f"nothing-{{number}}")
'''


def write(folder: Path, count: int, interpreter: Path) -> None:
    """Write the program of `count` resources into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(
        "name: floor\nruntime:\n  name: python\n  options:\n"
        f"    virtualenv: {interpreter.parent.parent}\n",
        encoding="utf-8",
    )
    (folder / "__main__.py").write_text(_PROGRAM.format(count=count), encoding="utf-8")
