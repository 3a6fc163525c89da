"""The tools of a build: CodeBuild's own, and a Python environment."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from landfall.rehearsal import hash_files


def install(scratch: Path) -> dict[str, str]:
    """Write a build's tools into its scratch folder; return the variables that find them.

    What a build installs stays in its scratch folder. Without a Python on this machine, the build
    has none.
    """
    tools, folder = scratch / "tools", scratch / "python"
    hash_files.install(tools)
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = shutil.which("python3")
    if program is None:
        return {"PATH": path}
    made = subprocess.run(
        [program, "-m", "venv", "--without-pip", "--system-site-packages", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        return {"PATH": path}
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{path}", "VIRTUAL_ENV": str(folder)}
