"""Checks of catalogue guardrails and their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.statements import Parameter
from landfall.settings import keys
from landfall.settings.guardrails import Guardrail
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation.kinds import Kind
from landfall.validation.messages import shown
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in names and parameters of guardrails."""
    for name, guardrail in stack.guardrails.items():
        path: Path = (keys.GUARDRAILS, name)
        if name in CATALOGUE:
            what = f"'{name}' is a guardrail of the catalogue"
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        if guardrail.catalogue is not None:
            yield from _values(path, guardrail, guardrail.catalogue)


def needed(name: str) -> tuple[Parameter, ...]:
    """Return the required parameters of a catalogue guardrail; empty for other names."""
    known = CATALOGUE.get(name)
    return tuple(each for each in known.parameters if each.needed) if known else ()


def _values(path: Path, guardrail: Guardrail, name: str) -> Iterator[Mistake]:
    known = CATALOGUE.get(name)
    if known is None:
        what = f"the catalogue has no guardrail '{name}'"
        yield Mistake(
            (*path, "catalogue"), what, suggestion(name, CATALOGUE), kind=Kind.UNKNOWN_GUARDRAIL
        )
        return
    parameters = {parameter.name: parameter for parameter in known.parameters}
    for key, values in guardrail.parameters.items():
        here = (*path, "parameters", key)
        if key not in parameters:
            what = f"'{name}' has no parameter '{key}'"
            fix = suggestion(key, parameters) if parameters else "it has no parameters; remove it"
            yield Mistake(here, what, fix, kind=Kind.UNKNOWN_REFERENCE)
            continue
        parameter = parameters[key]
        if not values:
            what = f"'{key}' has no value"
            yield Mistake(
                here, what, f"add a value, as in {parameter.looks_like}", kind=Kind.MISSING_SETTING
            )
        for value in values:
            if not re.fullmatch(parameter.pattern, value):
                what = f"{shown(value)} is invalid for '{key}': {parameter.meaning}"
                yield Mistake(
                    here, what, f"write it as in {parameter.looks_like}", kind=Kind.INVALID_VALUE
                )
    for parameter in needed(name):
        if parameter.name not in guardrail.parameters:
            what = f"'{name}' needs '{parameter.name}': {parameter.meaning}"
            fix = f"add parameters: {{{parameter.name}: [{parameter.looks_like}]}}"
            yield Mistake(path, what, fix, kind=Kind.MISSING_SETTING)
