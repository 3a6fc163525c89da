"""The catalogue of named guardrails, from the families."""

from __future__ import annotations

from landfall.guardrails import (
    bounds,
    compute,
    declarations,
    perimeter,
    protection,
    sharing,
    storage,
)
from landfall.guardrails.statements import Guardrail

CATALOGUE: dict[str, Guardrail] = {
    guardrail.name: guardrail
    for family in (bounds, protection, storage, sharing, compute, perimeter, declarations)
    for guardrail in family.GUARDRAILS
}
