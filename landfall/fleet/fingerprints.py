"""Fingerprints: what a part depends on, as one digest. A part with the same one has not changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from landfall.blueprint.parts import Part
from landfall.settings.chosen_targets import ChosenTargets
from landfall.settings.stack import Stack

_CODE: Final = ("components", "landfall", "policies")
_FILES: Final = ("Pulumi.yaml", "__main__.py", "requirements.lock", "pyproject.toml")
# What parts read of an account in which they create nothing.
_OF_OTHERS: Final = {"unit", "tags", "purpose", "id", "account_role", "formerly", "external"}


def of_program(checkout: Path) -> str:
    """Return the digest of the program, its lock file and the policy pack."""
    digest = hashlib.sha256()
    for file in sorted(_program(checkout)):
        digest.update(f"{file.relative_to(checkout)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def of_part(stack: Stack, part: Part, program: str, outputs: Mapping[str, Any] | None) -> str:
    """Return the digest of what a part depends on: program, settings, the foundation's outputs."""
    return _digest([program, part.name, of_settings(stack, part), _outputs(stack, part, outputs)])


def of_settings(stack: Stack, part: Part) -> str:
    """Return the digest of the settings that a part depends on.

    The foundation and the closing stack depend on all. A slice depends on its accounts, on what the
    rest of the settings says, and on the accounts which that names or chooses.
    """
    return _digest([stack.name, _settings(stack, part)])


def _settings(stack: Stack, part: Part) -> dict[str, Any]:
    dumped = stack.once(_dumped)
    if not part.is_slice:
        return dumped
    accounts = dumped["accounts"]
    known = stack.once(_named)
    return {
        **dumped,
        # The cut itself is no setting of a slice, only its result.
        "fleet": None,
        "accounts": {
            **{name: _seen_by_others(accounts[name]) for name in known if name in accounts},
            **{name: accounts[name] for name in part.accounts},
        },
    }


def _outputs(stack: Stack, part: Part, outputs: Mapping[str, Any] | None) -> Any:
    """Return the part of the foundation's outputs that a part reads."""
    if part.foundation or not outputs:
        return None
    if part.closing:
        return {key: value for key, value in outputs.items() if key != "slices"}
    read = {*stack.once(_named), *part.accounts}
    accounts = outputs.get("accounts") or {}
    kept = {name: accounts[name] for name in sorted(read) if name in accounts}
    unread = ("slices", "targets", "policies", "accounts")
    return {**{k: v for k, v in outputs.items() if k not in unread}, "accounts": kept}


def _dumped(stack: Stack) -> dict[str, Any]:
    return stack.model_dump(mode="json", exclude_defaults=True) | {
        "accounts": {
            name: account.model_dump(mode="json", exclude_defaults=True)
            for name, account in stack.accounts.items()
        }
    }


def _named(stack: Stack) -> frozenset[str]:
    """Return the accounts that settings other than their own name, or could choose.

    A key in one account names the accounts whose alarms use it. Where units or tags choose these,
    every account can be one.
    """
    rest = {key: value for key, value in stack.once(_dumped).items() if key not in _PLACES}
    by_name = {text for text in _texts(rest) if text in stack.accounts}
    by_purpose = {name for name, each in stack.accounts.items() if each.purpose is not None}
    chooses = any(
        isinstance(target, ChosenTargets)
        for application in stack.delivery.applications.values()
        for environment in application.environments.values()
        for wave in environment.waves
        for target in wave
    )
    return frozenset(stack.accounts if chooses else by_name | by_purpose)


# What is written there names accounts without making another account depend on them.
_PLACES: Final = frozenset({"accounts", "fleet", "organization", "tags", "quotas"})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _seen_by_others(account: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in account.items() if key in _OF_OTHERS}


def _program(checkout: Path) -> Iterable[Path]:
    for name in _FILES:
        if (checkout / name).is_file():
            yield checkout / name
    for folder in _CODE:
        for file in (checkout / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
