"""A copy of a stack's state, in which the providers assume a read-only role.

The engine works on the copy in a temporary backend. So reading a stack requires neither write
access to its state nor the apply role. Secrets stay encrypted with the keys in the state.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from landfall import access_hint, stack_files
from landfall.engine import event_log, events, running
from landfall.engine.events import STACK_TYPE
from landfall.problems import Problem, refuse
from landfall.settings import Stack, keys
from toolchain import wrappers

SECONDS: Final = 3600.0
_LONGEST: Final = 600  # characters of the engine's output to print
_PROVIDER: Final = "pulumi:providers:aws"
# Variables that point the engine at the original stack file and state.
_REPLACED: Final = (
    "LANDFALL_STACK_FILE",
    "LANDFALL_STACK_SALT",
    "PULUMI_BACKEND_URL",
    "PULUMI_OPTION_CONFIG_FILE",
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the state of `settings`' stack, in `folder`, for the engine `pulumi`.

    `role` is the role, with its path, that its providers assume in member accounts; empty for the
    stack's own role. `source` is the stack file.
    """

    settings: Stack
    checkout: Path
    folder: Path
    pulumi: Path
    role: str
    variables: Mapping[str, str]
    source: Path

    def run(
        self, *arguments: str, cwd: Path | None = None, given: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the engine on the copy, in `cwd` or in a project without a program.

        `given` is its standard input.

        Raises:
            ProblemsError: the engine did not finish in time.

        """
        try:
            return running.run(
                self.pulumi,
                *arguments,
                cwd=cwd or self.folder / "project",
                environment={**self.variables, **variables},
                seconds=SECONDS,
                given=given,
            )
        except subprocess.TimeoutExpired:
            what = f"`pulumi {arguments[0]}` did not finish within {SECONDS / 60:.0f} minutes"
            raise refuse(what, "check whether an account or a service does not answer") from None

    def stack_file(self) -> Path:
        """Write and return a copy of the stack file, changed to assume `role`."""
        content = yaml.safe_load(self.source.read_text(encoding="utf-8-sig"))
        if self.role:
            content["config"][keys.ORGANIZATION]["actingRole"] = self.role
        made = self.folder / f"Pulumi.{self.settings.name}.yaml"
        made.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return made


@contextmanager
def opened(
    stack: str, checkout: Path, role: str, report: Report, *, empty: bool = False
) -> Iterator[Copy]:
    """Copy a stack's state from the current backend, and delete the copy afterwards.

    With `empty`, also copy a state without resources. The copy of a part of a stack that is cut has
    the outputs of its foundation beside it.

    Raises:
        ProblemsError: the settings are invalid (status 1), or the state cannot be read (2).

    """
    base, part = stack_files.part_of(stack, checkout)
    settings = stack_files.load(base, checkout)
    stack_files.part_named(settings, part, {})
    pulumi = wrappers.ensure(checkout, report).pulumi
    exported = export(pulumi, stack, checkout)
    if not empty and not (exported.get("deployment") or {}).get("resources"):
        raise refuse(f"stack {stack} is not applied yet", "apply it first: pulumi up")
    if role:
        act_as(exported, settings.account_roles, role)
    with scratch(settings, checkout, pulumi, role, os.environ) as copy:
        _import(copy, stack, exported)
        if part:
            _import(copy, base, _outputs_only(export(pulumi, base, checkout)))
        yield copy


@contextmanager
def scratch(
    settings: Stack, checkout: Path, pulumi: Path, role: str, environment: Mapping[str, str]
) -> Iterator[Copy]:
    """Yield a temporary backend without stacks, for engines with this environment."""
    with tempfile.TemporaryDirectory(prefix="landfall-copy-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for below in ("backend", "project"):
            (folder / below).mkdir()
        project = yaml.safe_load((checkout / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
        own = {"name": project, "runtime": "yaml"}
        (folder / "project" / "Pulumi.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
        variables = {key: value for key, value in environment.items() if key not in _REPLACED}
        variables["PULUMI_BACKEND_URL"] = (folder / "backend").as_uri()
        variables["PULUMI_SKIP_UPDATE_CHECK"] = "true"
        # A part of a stack that is cut has no stack file of its own with the keys of its secrets.
        variables["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true"
        variables |= {**event_log.VARIABLES, **running.UNSAVED}
        if not variables.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
            variables.setdefault("PULUMI_CONFIG_PASSPHRASE", secrets.token_hex(16))
        given = environment.get("PULUMI_OPTION_CONFIG_FILE")
        file = Path(given) if given else stack_files.path_of(settings.name, checkout)
        yield Copy(settings, checkout, folder, pulumi, role, variables, file)


def _import(copy: Copy, stack: str, exported: Mapping[str, Any]) -> None:
    _require(copy.run("stack", "init", stack, "--no-select"), "cannot create the copy")
    file = copy.folder / "state.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    done = copy.run("stack", "import", "--stack", stack, "--file", str(file))
    _require(done, "cannot copy the state")
    file.unlink()


def _outputs_only(exported: dict[str, Any]) -> dict[str, Any]:
    """Return an exported state without resources, but with the outputs of the stack."""
    deployment = exported.get("deployment") or {}
    kept = [each for each in deployment.get("resources") or [] if each["type"] == STACK_TYPE]
    return {**exported, "deployment": {**deployment, "resources": kept, "pending_operations": []}}


def act_as(exported: Mapping[str, Any], account_roles: Sequence[str], role: str) -> None:
    """Change the AWS providers of an exported state to assume `role`, not one of the others."""
    resources = (exported.get("deployment") or {}).get("resources") or []
    for resource in resources:
        if resource.get("type") == _PROVIDER:
            for values in ("inputs", "outputs"):
                held = json.dumps(resource.get(values) or {})
                for each in account_roles:
                    held = replaced(held, each, role)
                resource[values] = json.loads(held)


def replaced(text: str, role: str, by: str) -> str:
    """Return a text with the ARNs of one role, in any account, replaced by those of another."""
    pattern = rf'(arn:[a-z-]+:iam::[0-9]{{12}}:role/){re.escape(role)}(?=["\\])'
    return re.sub(pattern, lambda found: f"{found[1]}{by}", text)


def errors(found: list[Mapping[str, Any]], stack: str) -> list[Problem]:
    """Return the errors in the engine's events; policies report by other events.

    Missing credentials are one problem, however many resources lack them.
    """
    said: dict[str, dict[str, None]] = {}
    for event in events.records(found):
        if not isinstance(event, events.Said) or event.severity != "error":
            continue
        message = " ".join(event.message.split())
        if message not in ("preview failed", ""):
            said.setdefault(shortened(message), {})[event.name] = None
    if lacks := next(filter(None, map(access_hint.missing, said)), ""):
        return [Problem(lacks, access_hint.hint(stack))]
    return [Problem(f"{_of(list(names))}{message}") for message, names in said.items()]


def _of(names: list[str]) -> str:
    """Return the prefix of a message that these resources share."""
    first = names[0]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{first}{more}: " if first else ""


def shortened(text: str) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def require_backend(pulumi: Path, stack: str, checkout: Path) -> None:
    """Raise a `ProblemsError` (status 2) if the shell is not logged in to a Pulumi backend."""
    done = running.run(pulumi, "whoami", cwd=checkout, seconds=60)
    if done.returncode and (lacks := access_hint.missing(done.stderr)):
        raise refuse(lacks, access_hint.hint(stack))


def export(pulumi: Path, stack: str, checkout: Path) -> dict[str, Any]:
    """Return a stack's state, as `pulumi stack export` prints it.

    Raises:
        ProblemsError: the state cannot be read.

    """
    done = running.run(pulumi, "stack", "export", "--stack", stack, cwd=checkout, seconds=300)
    if done.returncode and (lacks := access_hint.missing(done.stderr)):
        raise refuse(lacks, access_hint.hint(stack))
    _require(done, f"cannot read the state of stack {stack}")
    exported: dict[str, Any] = json.loads(done.stdout)
    return exported


def _require(done: subprocess.CompletedProcess[str], what: str) -> None:
    if done.returncode:
        said = running.said(done).replace("\n", "\n    ")
        raise refuse(what, f"the engine said: {shortened(said)}")
