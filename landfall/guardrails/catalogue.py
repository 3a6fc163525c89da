"""The catalogue of named guardrails, from the families."""

from __future__ import annotations

from landfall.guardrails import bounds, compute, perimeter, protection, storage
from landfall.guardrails.statements import Guardrail

CATALOGUE: dict[str, Guardrail] = {
    guardrail.name: guardrail
    for family in (bounds, protection, storage, compute, perimeter)
    for guardrail in family.GUARDRAILS
}
