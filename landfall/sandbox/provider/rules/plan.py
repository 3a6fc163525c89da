"""Prepare a plan as Terraform's core does before it calls a provider.

A provider expects a `proposed new state`, merged from the prior state and the configuration, as
Terraform's internal/plans/objchange.ProposedNew does it: a computed attribute that the
configuration leaves out keeps its prior value; list blocks are matched by index, set blocks by the
first prior element that agrees with the configured one.
"""

from __future__ import annotations

from typing import Any

from landfall.sandbox.provider.catalog.schema import Block, NestedBlock
from landfall.sandbox.provider.values.properties import UNKNOWN, Value, canonical

State = dict[str, Any]


def complete(block: Block, value: State) -> State:
    """Return `value` with every attribute named and absent list and set blocks as empty lists.

    Terraform rejects null for a list or set of blocks.
    """
    full: State = {name: value.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        full[name] = _complete_nested(nested, value.get(name))
    return full


def _complete_nested(nested: NestedBlock, value: Value) -> Value:
    if value is UNKNOWN:
        return value
    if nested.nesting in ("list", "set"):
        return [item if item is UNKNOWN else complete(nested.block, item) for item in value or []]
    if nested.nesting == "map":
        return {key: complete(nested.block, item) for key, item in (value or {}).items()}
    if nested.nesting == "group":
        return complete(nested.block, value or {})
    return None if value is None else complete(nested.block, value)


def proposed_new(block: Block, prior: State | None, config: State | None) -> State | None:
    """Merge `prior` into values that `config` does not set; None proposes a deletion."""
    if config is None:
        return None
    before = prior or {}
    proposed: State = {}
    for name, attribute in block.attributes.items():
        configured = config.get(name)
        keep = configured is None and attribute.computed
        proposed[name] = before.get(name) if keep else configured
    for name, nested in block.blocks.items():
        proposed[name] = _proposed_nested(nested, before.get(name), config.get(name))
    return proposed


def _proposed_nested(nested: NestedBlock, prior: Value, config: Value) -> Value:
    if config is None or config is UNKNOWN:
        return config
    if nested.nesting in ("single", "group"):
        return proposed_new(nested.block, prior if isinstance(prior, dict) else None, config)
    if nested.nesting == "map":
        before = prior if isinstance(prior, dict) else {}
        return {k: proposed_new(nested.block, before.get(k), v) for k, v in config.items()}
    elements = list(prior) if isinstance(prior, list) else []
    if nested.nesting == "list":
        return [
            _proposed_element(nested.block, elements[i] if i < len(elements) else None, item)
            for i, item in enumerate(config)
        ]
    proposed = []
    for item in config:
        match = next((e for e in elements if agrees(nested.block, e, item)), None)
        if match is not None:
            elements.remove(match)
        proposed.append(_proposed_element(nested.block, match, item))
    return proposed


def _proposed_element(block: Block, prior: Value, config: Value) -> Value:
    if config is UNKNOWN:
        return config
    return proposed_new(block, prior if isinstance(prior, dict) else None, config)


def agrees(block: Block, prior: Value, config: Value) -> bool:
    """Return whether `prior` could have come from `config`, ignoring computed attributes."""
    if not isinstance(prior, dict) or not isinstance(config, dict):
        return False
    for name, attribute in block.attributes.items():
        configured = config.get(name)
        if configured is None and attribute.computed:
            continue
        if canonical(configured) != canonical(prior.get(name)):
            return False
    for name, nested in block.blocks.items():
        if not _nested_agrees(nested, prior.get(name), config.get(name)):
            return False
    return True


def _nested_agrees(nested: NestedBlock, prior: Value, config: Value) -> bool:
    if config is UNKNOWN:
        return False
    if nested.nesting in ("single", "group"):
        return (not prior and not config) or agrees(nested.block, prior or {}, config or {})
    if nested.nesting == "map":
        before, after = prior or {}, config or {}
        return set(before) == set(after) and all(
            agrees(nested.block, before[key], after[key]) for key in after
        )
    before_list, after_list = prior or [], config or []
    if len(before_list) != len(after_list):
        return False
    if nested.nesting == "list":
        return all(agrees(nested.block, b, a) for b, a in zip(before_list, after_list, strict=True))
    return all(any(agrees(nested.block, b, a) for b in before_list) for a in after_list)
