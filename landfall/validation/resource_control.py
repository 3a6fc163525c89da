"""Check that resource control policies contain only services that support them.

AWS rejects any other with MalformedPolicyDocumentException (AWS Organizations User Guide: 'Resource
control policies', services that support RCPs).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from landfall.iam.services import services_under_rcp
from landfall.settings import keys
from landfall.settings.guardrails import Guardrail
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.messages import shown
from landfall.validation.mistakes import Mistake

_RCP: Final = "RESOURCE_CONTROL_POLICY"


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield a mistake for each action of a service that does not support RCPs."""
    for name, guardrail in stack.guardrails.items():
        if guardrail.type != _RCP:
            continue
        for path, action in _actions((keys.GUARDRAILS, name), guardrail):
            service = action.partition(":")[0].lower()
            if set(service) & set("*?") or service in services_under_rcp():
                continue
            what = f"{shown(action)}: resource control policies do not support '{service}'"
            fix = "remove it, or deny it in a service control policy"
            yield Mistake(path, what, fix, kind=Kind.UNSUPPORTED)


def _actions(path: Path, guardrail: Guardrail) -> Iterator[tuple[Path, str]]:
    for index, statement in enumerate(guardrail.statements):
        for action in statement.actions:
            yield (*path, "statements", index, "actions"), action
    written = (guardrail.document or {}).get("Statement", [])
    for statement in written if isinstance(written, list) else [written]:
        for action in _texts(statement):
            yield (*path, "document"), action


def _texts(statement: Any) -> list[str]:
    found = statement.get("Action", []) if isinstance(statement, dict) else []
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]
