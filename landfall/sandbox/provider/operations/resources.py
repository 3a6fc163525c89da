"""The operations on a resource through Terraform: check, diff, create, read, update, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from landfall.sandbox.provider.catalog.catalog import ResourceType
from landfall.sandbox.provider.errors import (
    InputFault,
    InputsError,
    PartialFailureError,
    ProviderError,
)
from landfall.sandbox.provider.operations.upgrading import upgraded
from landfall.sandbox.provider.plugin.session import Session
from landfall.sandbox.provider.rules.changes import (
    Change,
    changed,
    effective_replacements,
    reported,
)
from landfall.sandbox.provider.rules.naming import Proposal, apply_autoname, was_generated
from landfall.sandbox.provider.rules.plan import State, complete, proposed_new
from landfall.sandbox.provider.terraform.configuration import Configuration
from landfall.sandbox.provider.terraform.process import Plan, TerraformProcess
from landfall.sandbox.provider.values import cty
from landfall.sandbox.provider.values.convert import (
    mark_sensitive,
    pulumi_path,
    to_pulumi,
    to_terraform,
)
from landfall.sandbox.provider.values.hidden import OUTPUT as HIDDEN_OUTPUT
from landfall.sandbox.provider.values.hidden import Hidden, read_hidden
from landfall.sandbox.provider.values.properties import (
    UNKNOWN,
    Asset,
    Properties,
    Value,
    canonical,
    has_unknown,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """The effect of an update. `changes` are Pulumi property paths with kind and replacement."""

    some: bool
    changes: dict[str, Change] = field(default_factory=dict)
    replaces: list[str] = field(default_factory=list)
    delete_first: bool = False


class Resources:
    """The operations on resources of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(
        self,
        token: str,
        logical_name: str,
        olds: Properties,
        news: Properties,
        seed: bytes,
        proposal: Proposal,
    ) -> tuple[Properties, list[InputFault]]:
        """Complete the inputs (names, JSON documents) and hold them against Terraform's schema."""
        kind = self._session.catalog.resource(token)
        inputs = apply_autoname(kind.autoname, news, olds, logical_name, seed, proposal)
        inputs = _documents_as_text(kind, inputs)
        if canonical(inputs) == canonical(olds) and not has_unknown(inputs):
            return inputs, []  # The same inputs passed when they were stored.
        try:
            config = self._config(kind, inputs)
            errors = self._session.any_process().validate(kind.name, kind.block, config)
        except InputsError as faults:
            return inputs, list(faults.faults)
        return inputs, [
            InputFault(pulumi_path(error.steps, kind.shape), error.text) for error in errors
        ]

    def diff(
        self, token: str, olds: Properties, news: Properties, ignored: Sequence[str] = ()
    ) -> Difference:
        """Compare the stored state with new inputs, by Terraform's plan."""
        kind = self._session.catalog.resource(token)
        configuration = self._configuration(kind, news)
        moved = kind.regional and olds.get("region") not in (None, configuration.region)
        if moved or (kind.regional and news.get("region") is UNKNOWN):
            return self._difference(kind, news, olds, [Change(("region",), "update", True)])
        hidden = self._hidden(kind, olds, configuration)
        config = _without(ignored, kind, self._config(kind, news), hidden.state)
        if hidden.settled and hidden.settled == self._fingerprint(kind, config, configuration):
            return Difference(False)
        plan = self._plan(kind, configuration, hidden, config)
        changes = changed(hidden.state, plan.state, kind.block)
        if not changes:
            return Difference(False)
        replacing = effective_replacements(plan.replacing, changes)
        return self._difference(kind, news, olds, reported(changes, kind.block, config, replacing))

    def create(
        self, token: str, inputs: Properties, *, preview: bool, timeout: float
    ) -> tuple[str, Properties]:
        """Create, or say what would be; the id is empty in a preview."""
        kind = self._session.catalog.resource(token)
        configuration = self._configuration(kind, inputs)
        config = self._config(kind, inputs, "create", timeout)
        plan = self._plan(kind, configuration, None, config)
        if preview:
            return "", self._outputs(kind, plan.state, inputs, configuration)
        process = self._session.process(configuration, changing=True)
        state, private, errors = process.apply(
            kind.name, kind.block, None, plan.state, config, plan.private
        )
        reasons = [error.text for error in errors]
        if state is None or (errors and not _identifiable(kind, state)):
            raise ProviderError("; ".join(reasons) or f"{kind.name}: nothing was created")
        identity = kind.identity(state)
        hidden = self._settled(kind, configuration, state, private, config, process, errors)
        outputs = self._outputs(kind, state, inputs, configuration, hidden)
        if errors:
            raise PartialFailureError(identity, outputs, inputs, reasons)
        return identity, outputs

    def update(
        self,
        token: str,
        olds: Properties,
        news: Properties,
        *,
        preview: bool,
        timeout: float,
        ignored: Sequence[str] = (),
    ) -> Properties:
        """Change in place, or say what would be."""
        kind = self._session.catalog.resource(token)
        configuration = self._configuration(kind, news)
        hidden = self._hidden(kind, olds, configuration)
        config = self._config(kind, news, "update", timeout)
        config = _without(ignored, kind, config, hidden.state)
        plan = self._plan(kind, configuration, hidden, config)
        if preview:
            return self._outputs(kind, plan.state, news, configuration)
        process = self._session.process(configuration, changing=True)
        state, private, errors = process.apply(
            kind.name, kind.block, hidden.state, plan.state, config, plan.private
        )
        reasons = [error.text for error in errors]
        if state is None:
            raise ProviderError("; ".join(reasons) or f"{kind.name}: the update lost its state")
        after = self._settled(kind, configuration, state, private, config, process, errors)
        outputs = self._outputs(kind, state, news, configuration, after)
        if errors:
            raise PartialFailureError(kind.identity(state), outputs, news, reasons)
        return outputs

    def delete(self, token: str, outputs: Properties, timeout: float) -> None:
        """Delete; a resource that is already gone is no error."""
        kind = self._session.catalog.resource(token)
        configuration = self._session.in_region(outputs.get("region") if kind.regional else None)
        hidden = self._hidden(kind, outputs, configuration)
        process = self._session.process(configuration, changing=True)
        _, _, errors = process.apply(
            kind.name, kind.block, hidden.state, None, None, hidden.private
        )
        if errors:
            raise ProviderError("; ".join(error.text for error in errors))

    def config_of(self, token: str, inputs: Properties) -> State:
        """The Terraform configuration of checked inputs; raises `InputsError`."""
        return self._config(self._session.catalog.resource(token), inputs)

    def _config(
        self, kind: ResourceType, inputs: Properties, operation: str = "", timeout: float = 0
    ) -> State:
        faults: list[InputFault] = []
        given = {k: v for k, v in inputs.items() if not (k == "region" and kind.regional)}
        values = to_terraform(given, kind.shape, self._session.assets.path, faults)
        for name in list(values):
            attribute = kind.block.attributes.get(name)
            if attribute is not None and not attribute.settable:
                path = kind.shape.by_terraform[name].pulumi
                faults.append(InputFault(path, "is an output, and cannot be set"))
        timeouts = kind.block.blocks.get("timeouts")
        if timeout and timeouts is not None and operation in timeouts.block.attributes:
            values["timeouts"] = {operation: f"{round(timeout)}s"}
        if faults:
            raise InputsError(faults)
        config = complete(kind.block, values)
        try:
            cty.pack(config, kind.block.type)
        except cty.CtyError as error:
            path = pulumi_path(error.steps, kind.shape)
            raise InputsError([InputFault(path, error.reason)]) from error
        return config

    def _configuration(self, kind: ResourceType, inputs: Mapping[str, Value]) -> Configuration:
        return self._session.in_region(inputs.get("region") if kind.regional else None)

    def _hidden(
        self, kind: ResourceType, outputs: Properties, configuration: Configuration
    ) -> Hidden:
        hidden = read_hidden(outputs, self._session.assets.directory)
        if hidden is None:
            raise ProviderError(
                f"the stack's state has no Terraform state of this {kind.token}: it was created by"
                " another provider, or by a preview without one"
            )
        region = outputs.get("region") or configuration.region
        return upgraded(kind, hidden, self._session.any_process, region)

    def _plan(
        self,
        kind: ResourceType,
        configuration: Configuration,
        hidden: Hidden | None,
        config: State,
    ) -> Plan:
        prior = hidden.state if hidden is not None else None
        proposed = proposed_new(kind.block, prior, config)
        assert proposed is not None  # noqa: S101 - only a deletion proposes nothing
        return self._session.process(configuration).plan(
            kind.name,
            kind.block,
            prior,
            proposed,
            config,
            hidden.private if hidden is not None else b"",
        )

    def _fingerprint(self, kind: ResourceType, config: State, configuration: Configuration) -> str:
        if has_unknown(config):
            return ""
        digest = hashlib.sha256(self._session.fingerprint_base(configuration).encode())
        digest.update(canonical({**config, "timeouts": None}).encode())
        return digest.hexdigest()

    def _settled(
        self,
        kind: ResourceType,
        configuration: Configuration,
        state: State,
        private: bytes,
        config: State,
        process: TerraformProcess,
        errors: Sequence[object],
    ) -> Hidden:
        """Wrap a new state; planned once more, to learn whether the configuration is satisfied."""
        if "timeouts" in state:
            state = {**state, "timeouts": None}
        hidden = Hidden(state, private, kind.version)
        if errors:
            return hidden
        config = complete(kind.block, {**config, "timeouts": None})
        again = self._plan(kind, configuration, hidden, config)
        if changed(state, again.state, kind.block):
            return hidden
        fingerprint = self._fingerprint(kind, config, configuration)
        return Hidden(state, private, kind.version, fingerprint)

    def _outputs(
        self,
        kind: ResourceType,
        state: State,
        inputs: Properties,
        configuration: Configuration,
        hidden: Hidden | None = None,
    ) -> Properties:
        outputs = to_pulumi(state, kind.shape)
        for name, value in inputs.items():
            # Terraform treats all tags as unknown if one is; the program knows the others.
            if isinstance(value, Asset) or outputs.get(name) is UNKNOWN:
                outputs[name] = value
        if kind.regional:
            unknown = inputs.get("region") is UNKNOWN
            outputs["region"] = UNKNOWN if unknown else configuration.region
        outputs = mark_sensitive(outputs, kind.shape, kind.block)
        if hidden is not None:
            outputs[HIDDEN_OUTPUT] = hidden.to_output(self._session.assets.directory)
        return outputs

    def _difference(
        self, kind: ResourceType, news: Properties, olds: Properties, changes: list[Change]
    ) -> Difference:
        paths: dict[str, Change] = {}
        replaces: list[str] = []
        for change in changes:
            region = kind.regional and change.steps == ("region",)
            path = "region" if region else pulumi_path(change.steps, kind.shape)
            path = path or str(change.steps[0])
            known = paths.get(path)
            if known is None or (change.replace and not known.replace):
                paths[path] = change
            if change.replace and path not in replaces:
                replaces.append(path)
        return Difference(
            True, paths, [top_level(p) for p in replaces], _delete_first(kind, news, olds, replaces)
        )


def _without(ignored: Sequence[str], kind: ResourceType, config: State, prior: State) -> State:
    """Return a configuration with the prior values of properties whose changes are ignored.

    The engine replaces ignored inputs with the old inputs. What the provider read can still differ
    from those, as a map to which AWS adds keys. Terraform's core plans with the prior values, too.
    """
    fields = (kind.shape.by_pulumi.get(name) for name in ignored)
    names = {field.terraform for field in fields if field is not None}
    kept = {name: prior[name] for name in names & kind.block.attributes.keys() if name in prior}
    settable = {name: it for name, it in kept.items() if kind.block.attributes[name].settable}
    return {**config, **settable}


def top_level(path: str) -> str:
    """The first property of a path: `rules` of `rules[0].filter`."""
    for index, character in enumerate(path):
        if character in ".[":
            return path[:index]
    return path


def _delete_first(
    kind: ResourceType, news: Properties, olds: Properties, replaces: Sequence[str]
) -> bool:
    """Return whether to delete first: two resources cannot have one name."""
    if not replaces or kind.autoname is None or "region" in replaces:
        return False
    key = kind.autoname.key
    return not was_generated(kind.autoname, news) and news.get(key) == olds.get(key)


def _identifiable(kind: ResourceType, state: State) -> bool:
    try:
        return bool(kind.identity(state))
    except ProviderError:
        return False


def _documents_as_text(kind: ResourceType, inputs: Properties) -> Properties:
    """Convert policy documents given as objects to JSON text, which Terraform and AWS use."""
    result = dict(inputs)
    for name, value in inputs.items():
        field_ = kind.shape.by_pulumi.get(name)
        if field_ is None or field_.kind != "scalar" or not isinstance(value, dict | list):
            continue
        attribute = kind.block.attributes.get(field_.terraform)
        if attribute is not None and attribute.type == "string":
            result[name] = UNKNOWN if has_unknown(value) else cty.to_text(value)
    return result
