"""Read and write the states of a backend with the engine's own commands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from landfall.blueprint.parts import Part
from landfall.engine import running
from landfall.engine.events import STACK_TYPE
from landfall.fleet.engines import Engines
from landfall.fleet.moving.resources import Resource
from landfall.problems import Problem, refuse
from landfall.provisioning import copies
from landfall.recovery import creations

Exported = dict[str, Any]

# The engine's marker of a secret (`resource.SecretSig`). Its ciphertext differs at each writing.
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"


class States(Protocol):
    """The states of a backend, by Pulumi stack."""

    def listed(self) -> Mapping[str, str]:
        """Return the time of the latest state of each Pulumi stack, by name."""

    def read(self, stack: str, *, secrets: bool = False) -> Exported:
        """Return a state; with `secrets`, its secrets are in plaintext."""

    def write(self, stack: str, exported: Mapping[str, Any]) -> None:
        """Replace a state."""

    def create(self, part: Part) -> None:
        """Create the Pulumi stack of a part."""

    def remove(self, stack: str) -> None:
        """Remove a Pulumi stack without resources."""


class EngineStates:
    """The states of the backend that engines use."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def listed(self) -> Mapping[str, str]:
        """Return the time of the latest state of each Pulumi stack, by name."""
        return self._engines.listed()

    def read(self, stack: str, *, secrets: bool = False) -> Exported:
        """Return a state. Secrets in plaintext are in the memory of this process only.

        Raises:
            ProblemsError: the state cannot be read.

        """
        more = ["--show-secrets"] if secrets else []
        done = self._engines.query("stack", "export", "--stack", stack, *more)
        if done.returncode:
            raise refuse(f"cannot read the state of stack {stack}", running.said(done))
        exported: Exported = json.loads(done.stdout)
        return exported

    def write(self, stack: str, exported: Mapping[str, Any]) -> None:
        """Replace a state, which the engine sends through a pipe.

        Raises:
            ProblemsError: another run has locked the state, or it cannot be written.

        """
        given = json.dumps(exported)
        done = self._engines.query("stack", "import", "--stack", stack, given=given)
        if not done.returncode:
            return
        said = running.said(done)
        if "currently locked" in said:
            raise refuse(
                f"another run has locked the state of stack {stack}",
                f"wait until it ends; if none is active: pulumi cancel --stack {stack}",
            )
        raise refuse(f"cannot write the state of stack {stack}", copies.shortened(said))

    def create(self, part: Part) -> None:
        """Create the Pulumi stack of a part, with the secrets provider of the stack file."""
        self._engines.create(part)

    def remove(self, stack: str) -> None:
        """Remove a Pulumi stack without resources.

        Raises:
            ProblemsError: it has resources, or the backend refuses.

        """
        self._engines.remove(stack)


def resources(exported: Mapping[str, Any]) -> list[Resource]:
    """Return the resources of a state."""
    return list((exported.get("deployment") or {}).get("resources") or [])


def outputs(exported: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the outputs of the program, in the form of the state."""
    root = next((each for each in resources(exported) if each["type"] == STACK_TYPE), {})
    return root.get("outputs") or {}


def secrets_of(exported: Mapping[str, Any]) -> Any:
    """Return the secrets provider of a state, None if it has none."""
    return (exported.get("deployment") or {}).get("secrets_providers")


def with_resources(exported: Mapping[str, Any], new: list[Resource]) -> Exported:
    """Return a state with other resources, and the same secrets provider."""
    deployment = {**(exported.get("deployment") or {}), "resources": new}
    return {**exported, "deployment": deployment | {"pending_operations": []}}


def digest(exported: Mapping[str, Any]) -> str:
    """Return a digest of the resources of a state without secrets; empty if it has none."""
    found = resources(exported)
    if not found:
        return ""
    text = json.dumps(_without_secrets(found), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def unsettled(stack: str, exported: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why a state cannot be moved: an earlier run has not completed."""
    deployment = exported.get("deployment") or {}
    pending = [each["resource"]["urn"] for each in deployment.get("pending_operations") or ()]
    half = creations.half_made(deployment)
    if urns := [*pending, *half]:
        name, more = urns[0].rpartition("::")[2], len(urns) - 1
        others = f" and {more} more" if more else ""
        yield Problem(
            f"stack {stack}: an interrupted run left {name}{others} unfinished",
            f"recover it first: landfall recover -s {stack}",
        )
    deleted = [each["urn"] for each in resources(exported) if each.get("delete")]
    if deleted:
        name = deleted[0].rpartition("::")[2]
        yield Problem(
            f"stack {stack}: a replacement of {name} has not deleted the old resource yet",
            "complete the update first",
        )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            kept = ("ciphertext", "plaintext")
            return {key: item for key, item in value.items() if key not in kept}
        return {key: _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value
