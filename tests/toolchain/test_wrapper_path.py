"""The `pulumi` wrapper in a shell that does not have its folder on PATH."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from toolchain import wrappers
from toolchain.pulumi_cli import VERSION, Cli


@pytest.mark.parametrize("is_official", [False, True])
def test_wrapper_off_path_finds_the_language_host_of_the_checkout(
    tmp_path: Path, *, is_official: bool
) -> None:
    cli = tmp_path / "cli" / "pulumi"
    cli.parent.mkdir()
    cli.write_text("#!/bin/sh\ncommand -v pulumi-language-python || true\n")
    cli.chmod(0o755)
    if is_official:
        (cli.parent / "pulumi-language-python").write_bytes(b"\x7fELF")
    made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
    done = subprocess.run(
        [str(made.pulumi)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    host = "" if is_official else str(made.bin / "pulumi-language-python")
    assert done.stdout.strip() == host
