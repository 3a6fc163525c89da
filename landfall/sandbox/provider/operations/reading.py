"""Reading resources from AWS: refresh, import and `get`."""

from __future__ import annotations

import re
from typing import Final

from landfall.sandbox.provider.catalog.catalog import ResourceType
from landfall.sandbox.provider.operations.upgrading import upgraded
from landfall.sandbox.provider.plugin.session import Session
from landfall.sandbox.provider.rules.naming import DEFAULTS
from landfall.sandbox.provider.rules.plan import State, complete, proposed_new
from landfall.sandbox.provider.terraform.configuration import Configuration
from landfall.sandbox.provider.terraform.process import TerraformProcess
from landfall.sandbox.provider.values.convert import mark_sensitive, to_pulumi, to_terraform
from landfall.sandbox.provider.values.hidden import OUTPUT as HIDDEN_OUTPUT
from landfall.sandbox.provider.values.hidden import Hidden, read_hidden
from landfall.sandbox.provider.values.properties import Asset, Properties, Value, canonical

# Since version 6, the provider expects the region of an import after the id.
_ID_WITH_REGION: Final = re.compile(r"(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d)")

# The identity, outputs and inputs of a resource; None if it no longer exists.
ReadResult = tuple[str, Properties, Properties] | None


class Reader:
    """Reads resources of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(
        self, token: str, identity: str, outputs: Properties, inputs: Properties
    ) -> ReadResult:
        """Refresh what the stack's state holds; without Terraform's state in it, import."""
        kind = self._session.catalog.resource(token)
        region = (outputs.get("region") or inputs.get("region")) if kind.regional else None
        hidden = read_hidden(outputs, self._session.assets.directory)
        if hidden is None:
            if kind.has_own_region:
                identity = _with_region(identity, outputs.get("region") or inputs.get("region"))
            return self._import(kind, identity, region)
        configuration = self._session.in_region(region)
        process = self._session.process(configuration)
        where = outputs.get("region") or configuration.region
        hidden = upgraded(kind, hidden, self._session.any_process, where)
        state_now, private = process.read(kind.name, kind.block, hidden.state, hidden.private)
        if state_now is None:
            return None
        if "timeouts" in state_now:
            state_now = {**state_now, "timeouts": None}
        same = canonical(state_now) == canonical(hidden.state)
        after = Hidden(state_now, private, kind.version, hidden.settled if same else "")
        new_inputs = _refreshed_inputs(kind, inputs, hidden.state, state_now)
        return (
            kind.identity(state_now),
            self._outputs(kind, after, new_inputs, configuration),
            new_inputs,
        )

    def _import(self, kind: ResourceType, identity: str, region: Value) -> ReadResult:
        with_region = _ID_WITH_REGION.fullmatch(identity) if kind.regional else None
        if with_region is not None:
            identity, region = with_region["id"], with_region["region"]
        configuration = self._session.in_region(region)
        process = self._session.process(configuration)
        state, private = process.import_state(kind.name, kind.block, identity)
        if state is not None:
            state, private = process.read(kind.name, kind.block, state, private)
        if state is None:
            return None
        inputs = imported_inputs(kind, state)
        if kind.has_own_region:
            region = state.get(kind.shape.by_pulumi["region"].terraform)
        if region not in (None, self._session.configured.region):
            inputs["region"] = region
        state = self._with_defaults(kind, process, state, private, inputs)
        hidden = Hidden(state, private, kind.version)
        return kind.identity(state), self._outputs(kind, hidden, inputs, configuration), inputs

    def _with_defaults(
        self,
        kind: ResourceType,
        process: TerraformProcess,
        state: State,
        private: bytes,
        inputs: Properties,
    ) -> State:
        """Fill in what AWS does not tell: the defaults of arguments that only the provider knows.

        Otherwise `force_destroy`, null after an import, would always differ from its default.
        """
        given = {
            name: value
            for name, value in inputs.items()
            if not (name == "region" and kind.regional)
        }
        values = to_terraform(given, kind.shape, self._session.assets.path, [])
        config = complete(kind.block, values)
        proposed = proposed_new(kind.block, state, config) or {}
        planned = process.plan(kind.name, kind.block, state, proposed, config, private).state
        filled = dict(state)
        for name, attribute in kind.block.attributes.items():
            if attribute.optional and not attribute.computed and state.get(name) is None:
                filled[name] = planned.get(name)
        return filled

    def _outputs(
        self, kind: ResourceType, hidden: Hidden, inputs: Properties, configuration: Configuration
    ) -> Properties:
        outputs = to_pulumi(hidden.state, kind.shape)
        for name, value in inputs.items():
            if isinstance(value, Asset):
                outputs[name] = value
        if kind.regional:
            outputs["region"] = configuration.region
        outputs = mark_sensitive(outputs, kind.shape, kind.block)
        outputs[HIDDEN_OUTPUT] = hidden.to_output(self._session.assets.directory)
        return outputs


def _with_region(identity: str, region: Value) -> str:
    """Append a region to an id, as Terraform's provider 6 expects it on import."""
    if not isinstance(region, str) or _ID_WITH_REGION.fullmatch(identity):
        return identity
    return f"{identity}@{region}"


def imported_inputs(kind: ResourceType, state: State) -> Properties:
    """The inputs of an existing resource: set values that AWS did not choose."""
    values = to_pulumi(state, kind.shape)
    inputs: Properties = {DEFAULTS: []}
    key = kind.autoname.key if kind.autoname is not None else ""
    for name, value in values.items():
        field = kind.shape.by_pulumi[name]
        attribute = kind.block.attributes.get(field.terraform)
        if attribute is not None and not attribute.settable:
            continue
        chosen = attribute is None or attribute.required or not attribute.computed or name == key
        empty = value in ([], {}, "", None) or value is False
        if chosen and (not empty or (attribute is not None and attribute.required)):
            inputs[name] = value
    return inputs


def _refreshed_inputs(
    kind: ResourceType, inputs: Properties, before: State, after: State
) -> Properties:
    """Keep each input unless its value in AWS changed; then use AWS's value."""
    old, new = to_pulumi(before, kind.shape), to_pulumi(after, kind.shape)
    refreshed: Properties = {}
    for name, value in inputs.items():
        unchanged = canonical(old.get(name)) == canonical(new.get(name))
        if name.startswith("__") or isinstance(value, Asset) or unchanged:
            refreshed[name] = value
        elif new.get(name) is not None:
            refreshed[name] = new[name]
    return refreshed
