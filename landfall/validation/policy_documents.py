"""Check the documents of guardrails against the grammar of their policy type.

AWS rejects any other with MalformedPolicyDocumentException. Statements of resource control policies
are checked here, too: each of their actions needs a service that supports these policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.services import services_under_rcp
from landfall.organization_policies import Fault
from landfall.organization_policies import mistakes as mistakes_of
from landfall.settings import keys
from landfall.settings.guardrails import Guardrail
from landfall.settings.regions import REGIONS
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.messages import shown
from landfall.validation.mistakes import Mistake

_RCP: Final = "RESOURCE_CONTROL_POLICY"
_KINDS: Final = {
    Fault.UNKNOWN_KEY: Kind.UNKNOWN_KEY,
    Fault.MISSING_KEY: Kind.MISSING_KEY,
    Fault.WRONG_TYPE: Kind.WRONG_TYPE,
    Fault.UNKNOWN_CHOICE: Kind.UNKNOWN_CHOICE,
    Fault.INVALID_VALUE: Kind.INVALID_VALUE,
    Fault.TOO_MANY: Kind.EXCEEDS_LIMIT,
    Fault.UNSUPPORTED: Kind.UNSUPPORTED,
}


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the documents and resource control statements of guardrails."""
    regions = REGIONS[stack.partition]
    for name, guardrail in stack.guardrails.items():
        path: Path = (keys.GUARDRAILS, name)
        if guardrail.document is not None:
            for wrong in mistakes_of(guardrail.type, guardrail.document, regions):
                place = (*path, "document", *wrong.path)
                yield Mistake(place, wrong.what, wrong.fix, kind=_KINDS[wrong.fault])
        if guardrail.type == _RCP:
            yield from _statements(path, guardrail)


def _statements(path: Path, guardrail: Guardrail) -> Iterator[Mistake]:
    for index, statement in enumerate(guardrail.statements):
        for action in statement.actions:
            service = action.partition(":")[0].lower()
            if service not in services_under_rcp():
                what = f"{shown(action)}: resource control policies do not support '{service}'"
                fix = "remove it, or deny it in a service control policy"
                place = (*path, "statements", index, "actions")
                yield Mistake(place, what, fix, kind=Kind.UNSUPPORTED)
