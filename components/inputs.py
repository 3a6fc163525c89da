"""Inputs as symbols: components call the blueprint's pure builders with engine values.

A builder takes texts. An Output becomes a symbol, and is restored when the builder's
result is rendered, with its resource dependencies.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from landfall.blueprint import symbols
from landfall.blueprint.places import Place
from landfall.blueprint.statements import VERSION


class Inputs:
    """The inputs of one component, with a symbol for each Output."""

    def __init__(self) -> None:
        self._outputs: dict[str, pulumi.Output[Any]] = {}
        self._given: dict[str, pulumi.Input[str]] = {}

    def know(self, symbol: str, value: pulumi.Input[Any]) -> None:
        """Let a symbol of a blueprint stand for a value."""
        self._outputs[symbol] = pulumi.Output.from_input(value)

    def text(self, value: pulumi.Input[str]) -> str:
        """Return a plain text unchanged, and a symbol for anything else."""
        if isinstance(value, str):
            return value
        # The same Output is the same symbol, so that what is listed twice is found equal.
        for symbol, given in self._given.items():
            if given is value:
                return symbol
        symbol = f"<input {len(self._outputs)}>"
        self._given[symbol] = value
        self._outputs[symbol] = pulumi.Output.from_input(value)
        return symbol

    def texts(self, values: Sequence[pulumi.Input[str]]) -> list[str]:
        """Return each value as `text` does."""
        return [self.text(value) for value in values]

    def plain(self, value: Any) -> Any:
        """Return a value with every Output in it replaced by its symbol."""
        if isinstance(value, Mapping):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, symbols.OfRoles):
            return type(value)(tuple(self.plain(value.role_arns)))
        if isinstance(value, list | tuple):
            return [self.plain(item) for item in value]
        return self.text(value) if isinstance(value, pulumi.Output) else value

    def output(self, value: Any) -> pulumi.Output[Any]:
        """Return a value with its symbols resolved."""
        used = {each: self._outputs[each] for each in symbols.found_in(value) if self._has(each)}
        if not used:
            return pulumi.Output.from_input(symbols.resolved(value, {}))
        # By position: a keyword argument of `all` cannot contain a symbol's characters.
        names = list(used)
        return pulumi.Output.all(*used.values()).apply(
            lambda values: symbols.resolved(value, dict(zip(names, values, strict=True)))
        )

    def outputs(self, values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return mappings with an Output for each text with a symbol."""
        return [self.parts(value) for value in values]

    def parts(self, value: Any) -> Any:
        """Return a value with an Output in the place of each text in it that has a symbol."""
        if isinstance(value, Mapping):
            return {key: self.parts(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.parts(item) for item in value]
        return self.output(value) if any(symbols.found_in(value)) else value

    def document(self, statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
        """Return the minified policy document of these statements, in the order given."""
        body = {"Version": VERSION, "Statement": self.plain(list(statements))}
        return self.output(body).apply(lambda it: json.dumps(it, separators=(",", ":")))

    def place(self, partition: str, region: str, account_id: pulumi.Input[str]) -> Place:
        """Return a place whose account is one of these inputs."""
        return Place(partition, region, self.text(account_id))

    def _has(self, symbol: str) -> bool:
        return symbol in self._outputs
