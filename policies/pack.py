"""The pack's policy objects: few, because the SDK reads every resource again for each.

Four objects hold all rules: mandatory and advisory, for single resources and for the stack. A
resource is judged once, by the first object, and the second one reports what was left for it.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies import findings
from policies.rules import RESOURCE_RULES, STACK_RULES, Rule, Violation
from policies.values import Resource, UndecidedError, plain

FAMILIES = ("encryption", "transport", "least_privilege", "public_access")

Report = Callable[..., None]


def build() -> list[Policy]:
    """Return the policy objects, with the rules of every family."""
    for family in FAMILIES:
        importlib.import_module(f"policies.{family}")
    judge = _Judge()
    mandatory, advisory = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
    return [
        ResourceValidationPolicy(
            name="landfall-resources",
            description="Rules that one resource decides",
            validate=judge.resource,
            enforcement_level=mandatory,
        ),
        ResourceValidationPolicy(
            name="landfall-resources-advice",
            description="Advice on single resources",
            validate=judge.resource_advice,
            enforcement_level=advisory,
        ),
        StackValidationPolicy(
            name="landfall-stack",
            description="Rules that need several resources together",
            validate=judge.stack,
            enforcement_level=mandatory,
        ),
        StackValidationPolicy(
            name="landfall-stack-advice",
            description="Advice on the stack, and what could not be decided yet",
            validate=judge.stack_advice,
            enforcement_level=advisory,
        ),
    ]


class _Judge:
    """Holds what one object found and another one has to report."""

    def __init__(self) -> None:
        self._advice: dict[str, list[str]] = {}
        self._stack_advice: list[tuple[str, str]] = []
        self._undecided: Counter[str] = Counter()

    def resource(self, args: ResourceValidationArgs, report: Report) -> None:
        rules = RESOURCE_RULES.get(args.resource_type)
        if not rules:
            return
        resource = Resource(args.resource_type, args.urn, plain(args.props))
        advice: list[str] = []
        for rule, check in rules:
            try:
                violations = list(check(resource))
            except UndecidedError as undecided:
                self._undecided[rule.id] += 1
                findings.write(rule, "undecidable", resource, undecided.path)
                continue
            for violation in violations:
                findings.write(rule, "fail", resource, violation.property, violation.what)
                if rule.level == "mandatory":
                    report(rule.message(violation))
                else:
                    advice.append(rule.message(violation))
        self._advice[args.urn] = advice

    def resource_advice(self, args: ResourceValidationArgs, report: Report) -> None:
        for message in self._advice.pop(args.urn, ()):
            report(message)

    def stack(self, args: StackValidationArgs, report: Report) -> None:
        resources = [
            Resource(r.resource_type, r.urn, plain(r.props), _links(r.property_dependencies))
            for r in args.resources
        ]
        self._stack_advice = []
        for rule, check in STACK_RULES:
            for violation in _decided(rule, check(resources), self._undecided):
                findings.write(rule, "fail", violation.resource, violation.property, violation.what)
                if rule.level == "mandatory":
                    report(rule.message(violation), violation.resource.urn)
                else:
                    self._stack_advice.append((rule.message(violation), violation.resource.urn))

    def stack_advice(self, args: StackValidationArgs, report: Report) -> None:
        for message, urn in self._stack_advice:
            report(message, urn)
        if self._undecided:
            total = sum(self._undecided.values())
            listed = ", ".join(f"{rule} ({n})" for rule, n in sorted(self._undecided.items()))
            report(
                f"{total} verdicts wait for values that are known only during the update, "
                f"where they are made before anything is created: {listed}"
            )
            self._undecided.clear()


def _links(dependencies: Mapping[str, Iterable[Any]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(r.urn for r in resources) for key, resources in dependencies.items()}


def _decided(
    rule: Rule, violations: Iterable[Violation], undecided: Counter[str]
) -> Iterable[Violation]:
    try:
        yield from violations
    except UndecidedError:
        undecided[rule.id] += 1
