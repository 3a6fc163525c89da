"""A temporary folder in which the engine previews a stack for one check.

The engine gets an empty backend, a provider that only plans, and a copy of the stack file without
secrets. So a check needs no credentials, cannot reach AWS, and does not touch a sandbox.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from landfall import checkout as places
from landfall import stack_files, versions
from landfall.engine import event_log, running
from landfall.problems import refuse
from toolchain import wrappers

WITHHELD: Final = "withheld-from-checks"
"""The placeholder for every secret of a stack file."""

_OWNED: Final = ("AWS_", "PULUMI_", "LANDFALL_STACK_")
_KEYS_OF_SECRETS: Final = ("encryptionsalt", "encryptedkey", "secretsprovider")
_PREFIX: Final = "run-"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder `root` for one check of the project in `checkout`, and the engine to use."""

    checkout: Path
    root: Path
    pulumi: Path
    variables: Mapping[str, str]

    def environment(self, stack: str, **more: str) -> dict[str, str]:
        """Return the complete environment for an engine that previews a stack here."""
        file = self.folder(stack) / f"Pulumi.{stack}.yaml"
        # A stack that is cut is judged as one: no foundation is applied here.
        whole = {stack_files.WHOLE: "1"}
        return {**self.variables, **whole, "PULUMI_OPTION_CONFIG_FILE": str(file), **more}

    def folder(self, stack: str) -> Path:
        """Return the folder of one stack."""
        return self.root / stack

    def beside(self, name: str, checkout: Path) -> Workspace:
        """Return a nested workspace for another version of the project."""
        root = self.root / name
        (root / "backend").mkdir(parents=True)
        variables = {**self.variables, "PULUMI_BACKEND_URL": (root / "backend").as_uri()}
        return replace(self, checkout=checkout, root=root, variables=variables)

    def prepare(self, stack: str, stack_file: Path, project: str) -> None:
        """Create the empty stack in this workspace's backend, and the copy of its file.

        Raises:
            ProblemsError: the engine could not create the stack.

        """
        folder = self.folder(stack)
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(
            yaml.safe_dump({"name": project, "runtime": "yaml"}), encoding="utf-8"
        )
        made = folder / f"Pulumi.{stack}.yaml"
        done = running.run(
            self.pulumi,
            *("stack", "init", stack, "--no-select"),
            cwd=folder,
            environment=self.variables,
            seconds=120,
        )
        if done.returncode:
            said = done.stderr.strip().replace("\n", "\n    ")
            raise refuse(f"the engine could not create a temporary stack to check {stack}", said)
        salt = yaml.safe_load(made.read_text(encoding="utf-8"))["encryptionsalt"]
        content = without_secrets(yaml.safe_load(stack_file.read_text(encoding="utf-8-sig")))
        made.write_text(
            yaml.safe_dump({**content, "encryptionsalt": salt}, allow_unicode=True),
            encoding="utf-8",
        )


@contextmanager
def opened(checkout: Path, report: Report) -> Iterator[Workspace]:
    """Create a workspace, and delete it afterwards.

    Raises:
        ProblemsError: there is no Pulumi CLI, and it cannot be installed.

    """
    toolchain = wrappers.ensure(checkout, report)
    home = places.home(checkout) / "check"
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    with tempfile.TemporaryDirectory(
        prefix=f"{_PREFIX}{os.getpid()}-", dir=home, ignore_cleanup_errors=True
    ) as name:
        root = Path(name)
        (root / "backend").mkdir()
        variables = _variables(home, root, toolchain.bin, os.environ)
        yield Workspace(checkout, root, toolchain.pulumi, variables)


def without_secrets(value: Any) -> Any:
    """Return a stack file's content with a placeholder for each secret and without keys."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return WITHHELD
        return {
            key: without_secrets(item) for key, item in value.items() if key not in _KEYS_OF_SECRETS
        }
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def _variables(home: Path, root: Path, bin_folder: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return the engine's environment: the user's without variables of AWS and Pulumi."""
    pulumi_home = home / "pulumi-home"
    _write_plugin(pulumi_home / "plugins" / f"resource-aws-v{versions.PULUMI_AWS}")
    kept = {name: value for name, value in base.items() if not name.startswith(_OWNED)}
    return {
        **kept,
        "PATH": os.pathsep.join([str(bin_folder), base.get("PATH", os.defpath)]),
        "PULUMI_HOME": str(pulumi_home),
        "PULUMI_BACKEND_URL": (root / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "landfall-check",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **event_log.VARIABLES,
        **running.UNSAVED,
        # Dummy credentials and a closed port: a program that calls AWS itself fails.
        "AWS_ACCESS_KEY_ID": "AKIALANDFALLCHECK000",
        "AWS_SECRET_ACCESS_KEY": "of-no-account",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_MAX_ATTEMPTS": "1",
    }


def _write_plugin(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "pulumi-resource-aws"
    script = (
        "#!/bin/sh\n# landfall: the aws provider for checks; it only plans.\n"
        f"exec {shlex.quote(sys.executable)} -P -m landfall.sandbox.provider"
        ' --plan-only --assume "$@"\n'
    )
    if program.is_file() and program.read_text(encoding="utf-8") == script:
        return
    fresh = program.with_name(f".{program.name}.{os.getpid()}")
    fresh.write_text(script, encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(program)


def _sweep(home: Path) -> None:
    """Delete the workspaces of killed checks."""
    for folder in home.glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
