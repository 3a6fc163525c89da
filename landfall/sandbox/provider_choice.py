"""The provider that the user chooses: `landfall up --provider PATH|VERSION`.

A choice is `official`, `newest`, the version (`6`, `6.1`, `6.1.0`) of a provider on this machine,
or a program's path. The program is started once and must answer as a Terraform provider for this
machine's architecture before it is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landfall.problems import ProblemsError, refuse
from toolchain import terraform_provider
from toolchain.terraform_provider import SUPPORTED_MAJORS, Found

OFFICIAL: Final = "official"
NEWEST: Final = "newest"
_VERSION: Final = re.compile(r"v?\d+(\.\d+){0,2}")
# The first bytes of a program, which contain its architecture.
_ELF: Final = b"\x7fELF"
_ELF_MACHINES: Final = {62: "amd64", 183: "arm64"}


def program_of(name: str, environment: Mapping[str, str], root: Path = Path("/")) -> Path:
    """Return the program of a provider, chosen by version or path, after a test start.

    Raises:
        ProblemsError: there is no such provider, or the sandbox cannot use its program;
            with a fix.

    """
    if _VERSION.fullmatch(name):
        program = _of_version(name.removeprefix("v"), environment, root)
    else:
        program = Path(name).expanduser().absolute()
        _check_file(program)
        _check_version(program)
    _check_answer(program, environment)
    return program


def _of_version(version: str, environment: Mapping[str, str], root: Path) -> Path:
    wanted = tuple(map(int, version.split(".")))
    if wanted[0] not in SUPPORTED_MAJORS:
        raise _unsupported(version)
    found = terraform_provider.all_found(environment, root)
    for each in found:
        if each.version[: len(wanted)] == wanted:
            return each.program
    raise refuse(
        f"there is no Terraform AWS provider {version} on this machine",
        f"found: {_listed(found)}. To see the search path, or to build one:"
        " `landfall toolchain provider`",
    )


def _listed(found: list[Found]) -> str:
    return ", ".join(map(str, found)) or "none"


def _check_file(program: Path) -> None:
    if not program.is_file():
        raise refuse(f"{program} is not a file", "give the path of a Terraform AWS provider")
    if not os.access(program, os.X_OK):
        raise refuse(f"{program} is not executable", f"run: chmod +x {program}")
    with program.open("rb") as file:
        head = file.read(20)
    if head.startswith(_ELF):
        _check_architecture(program, _ELF_MACHINES.get(int.from_bytes(head[18:20], "little")))


def _check_architecture(program: Path, architecture: str | None) -> None:
    here = terraform_provider.platform_name()
    if f"linux_{architecture}" != here:
        raise refuse(
            f"{program} is built for linux_{architecture or 'another architecture'}; this machine"
            f" is {here}",
            f"download the provider's archive for {here}, or run `landfall toolchain provider`",
        )


def _check_version(program: Path) -> None:
    version = terraform_provider.version_of(program)
    if version is None:
        raise refuse(
            f"the file name of {program} has no version",
            "name it terraform-provider-aws_vVERSION_x5, as in its archive",
        )
    if version[0] not in SUPPORTED_MAJORS:
        raise _unsupported(".".join(map(str, version)))


def _unsupported(version: str) -> ProblemsError:
    majors = " and ".join(map(str, SUPPORTED_MAJORS))
    return refuse(
        f"the sandbox does not support the Terraform AWS provider {version}",
        f"supported major versions: {majors}",
    )


def _check_answer(program: Path, environment: Mapping[str, str]) -> None:
    """Start the provider, to detect a truncated download or another protocol."""
    # gRPC takes a moment to import.
    from landfall.sandbox.provider.errors import ProviderError
    from landfall.sandbox.provider.terraform.process import TerraformProcess

    try:
        TerraformProcess(program, {"PATH": environment.get("PATH", os.defpath)}).kill()
    except ProviderError as error:
        raise refuse(
            str(error),
            "the file may be truncated or not a provider: download or build it again"
            " (`landfall toolchain provider`). The earlier choice stays.",
        ) from error
