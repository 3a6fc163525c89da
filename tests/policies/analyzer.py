"""The pack behind the SDK's server class, called as the engine calls it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policies.judge import Judge
from policies.pack import build
from policies.serving import servicer
from policies.settings import Run

UNKNOWN = UNKNOWN_STRING_VALUE


def secret(value: Any) -> dict[str, Any]:
    """Return a value as the engine sends it where the program marked it as secret."""
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def urn(type_: str, name: str = "subject") -> str:
    """Return the URN of a resource in stack `test`."""
    return f"urn:pulumi:test::project::{type_}::{name}"


@dataclass(frozen=True)
class Given:
    """A resource as the engine describes it."""

    type: str
    props: Mapping[str, Any]
    name: str = "subject"
    protect: bool = False
    provider: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Iterable[str]] = field(default_factory=dict)
    outputs: Mapping[str, Any] | None = None

    @property
    def urn(self) -> str:
        """The URN."""
        return urn(self.type, self.name)


@dataclass(frozen=True)
class Told:
    """The text that the engine prints."""

    rule: str
    level: str
    message: str
    urn: str


class Analyzer:
    """One run of the pack."""

    def __init__(self, config: Mapping[str, Any] | None = None, *, preview: bool = True) -> None:
        judge = Judge(Run())
        policies = build(judge)
        self._server = servicer(judge)("landfall", "0.0.1", policies, EnforcementLevel.ADVISORY)
        self._server.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack="test",
                project="project",
                organization="organization",
                dry_run=preview,
                config={key: json.dumps(value) for key, value in (config or {}).items()},
            ),
            None,
        )

    def resource(self, given: Given) -> list[Told]:
        """Return the findings of the resource policies."""
        request = analyzer_pb2.AnalyzeRequest(
            type=given.type,
            urn=given.urn,
            name=given.name,
            properties=_struct(given.props),
            options=analyzer_pb2.AnalyzerResourceOptions(protect=given.protect),
            provider=_provider(given),
        )
        return _told(self._server.Analyze(request, None))

    def stack(self, *given: Given) -> list[Told]:
        """Return the findings of the stack policies."""
        resources = [
            analyzer_pb2.AnalyzerResource(
                type=each.type,
                urn=each.urn,
                name=each.name,
                properties=_struct(each.props if each.outputs is None else each.outputs),
                options=analyzer_pb2.AnalyzerResourceOptions(protect=each.protect),
                provider=_provider(each),
                propertyDependencies={
                    key: analyzer_pb2.AnalyzerPropertyDependencies(urns=list(urns))
                    for key, urns in each.links.items()
                },
            )
            for each in given
        ]
        request = analyzer_pb2.AnalyzeStackRequest(resources=resources)
        return _told(self._server.AnalyzeStack(request, None))

    def both(self, *given: Given) -> list[Told]:
        """Return the findings of each resource and then of the stack."""
        return [told for each in given for told in self.resource(each)] + self.stack(*given)


def _provider(given: Given) -> analyzer_pb2.AnalyzerProviderResource:
    return analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:aws",
        urn=urn("pulumi:providers:aws", "aws"),
        name="aws",
        properties=_struct(given.provider),
    )


def _struct(props: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(dict(props))
    return struct


def _told(response: Any) -> list[Told]:
    found = []
    for each in response.diagnostics:
        message = each.message.removeprefix(f"{each.description}\n")
        rule = message[1:].split("]")[0] if message.startswith("[") else ""
        level = analyzer_pb2.EnforcementLevel.Name(each.enforcementLevel).lower()
        found.append(Told(rule, level, message, each.urn))
    return found
