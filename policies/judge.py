"""Run the rules once for each resource and once for the stack, and report the findings.

The SDK calls every policy object for every resource. The mandatory object runs the rules and keeps
advice for the advisory object, which is called next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs, StackValidationArgs

from policies import findings, self_check
from policies import waivers as waiver_file
from policies.encryption import OWN_KEYS
from policies.levels import Levels
from policies.rules import RESOURCE_RULES, STACK_RULES, Rule, Violation
from policies.settings import Run
from policies.undecided import Undecided, Waiting
from policies.values import Resource, Stack, UndecidedError, plain

Report = Callable[..., None]


class Judge:
    """Run the rules in one run of the engine; keep findings for the object that reports them."""

    def __init__(self, run: Run) -> None:
        self._used: set[waiver_file.Waiver] = set()
        self._advice: dict[str, list[str]] = {}
        self._stack_advice: list[tuple[str, str]] = []
        self._undecided = Undecided()
        self._judged: dict[str, Resource] = {}
        self.configure(run)

    def configure(self, run: Run) -> None:
        """Set the stack's settings; called before any resource is checked."""
        self._engine = run
        self.levels = Levels(run.settings.levels)
        self.waivers = waiver_file.read(run.settings.waivers, run.stack)

    def resource(self, args: ResourceValidationArgs, report: Report) -> None:
        """Check one resource; report mandatory findings."""
        rules = RESOURCE_RULES.get(args.resource_type, ())
        resource = self._resource(args)
        self._judged[args.urn] = resource
        advice = self._advice[args.urn] = []
        for rule, check in rules:
            self._tell(rule, self._run(rule, partial(check, resource), resource), report, advice)

    def resource_advice(self, args: ResourceValidationArgs, report: Report) -> None:
        """Report the advice on the resource that was just checked."""
        for message in self._advice.pop(args.urn, ()):
            report(message)

    def stack(self, args: StackValidationArgs, report: Report) -> None:
        """Check the resources together; report mandatory findings."""
        stack = Stack([self._of_stack(each) for each in args.resources])
        told: list[tuple[str, str]] = []
        for rule, check in STACK_RULES:
            for resource in stack.managed(rule.types):
                urn, advice = resource.urn, list[str]()
                found = self._run(rule, partial(check, resource, stack), resource)
                self._tell(rule, found, lambda message, urn=urn: report(message, urn), advice)
                told += [(message, urn) for message in advice]
        self._stack_advice = told
        for rule, resource, property in self._undecided.settle(partial(_of_own_key, stack)):
            waits = Violation(resource, property, "is known only during the update")
            findings.write(self._engine, rule, "undecidable", self.levels.of(rule), waits)
        for rule, what in self_check.mandatory(self._engine.settings, self.levels, self.waivers):
            self._tell_of_pack(rule, what, report)

    def stack_advice(self, args: StackValidationArgs, report: Report) -> None:
        """Report the advice on the stack, and the rules that are undecided."""
        for message, urn in self._stack_advice:
            report(message, urn)
        waiting = self._undecided.rules()
        unused = [
            waiver
            for waiver in self.waivers.valid
            # A waiver without a stack may be used by another stack.
            if waiver.stack and waiver not in self._used and waiver.rule not in waiting
        ]
        for rule, what in self_check.advisory(self.levels, unused):
            self._tell_of_pack(rule, what, report)
        lines = self._undecided.take()
        if lines:
            head = (
                "Checked during the update, when values are known and before resources are created:"
            )
            report("\n".join([head, *(f"  {line}" for line in lines)]))

    def _run(
        self, rule: Rule, check: Callable[[], Iterable[Violation]], resource: Resource
    ) -> Iterator[Violation]:
        if self.levels.of(rule) == "disabled":
            return
        try:
            yield from check()
        except UndecidedError as undecided:
            where = undecided.resource or resource
            if self._engine.preview:
                self._undecided.add(rule, where, undecided.path)
            else:
                yield Violation(where, undecided.path, "is unknown, so the rule cannot decide")
        except Exception as error:  # a failing rule must not pass, and its error may quote a secret
            what = f"could not be checked: the rule failed ({type(error).__name__})"
            yield Violation(resource, "", what)

    def _tell(
        self, rule: Rule, violations: Iterable[Violation], report: Report, advice: list[str]
    ) -> None:
        level = self.levels.of(rule)
        for violation in violations:
            urn = violation.resource.urn
            waiver = self.waivers.covering(rule.id, urn)
            if waiver is not None:
                self._used.add(waiver)
                findings.write(self._engine, rule, "waived", level, violation)
                continue
            findings.write(self._engine, rule, "fail", level, violation)
            message = rule.message(violation)
            lapsed = self.waivers.lapsed(rule.id, urn)
            if lapsed is not None:
                message += f" Its waiver, owned by {lapsed.owner}, expired on {lapsed.expires}."
            if level == "mandatory":
                report(message)
            else:
                advice.append(message)

    def _tell_of_pack(self, rule: Rule, what: str, report: Report) -> None:
        violation = Violation(Resource("", "", {}), "", what)
        findings.write(self._engine, rule, "fail", rule.level, violation)
        report(rule.message(violation))

    def _resource(self, args: ResourceValidationArgs) -> Resource:
        return Resource(
            args.resource_type,
            args.urn,
            plain(args.props),
            protected=bool(args.opts and args.opts.protect),
            provider=plain(args.provider.props) if args.provider else {},
            settings=self._engine.settings,
        )

    def _of_stack(self, given: PolicyResource) -> Resource:
        """Return a resource with the inputs seen earlier, and its outputs and dependencies."""
        judged = self._judged.get(given.urn)
        outputs = plain(given.props)
        return Resource(
            given.resource_type,
            given.urn,
            judged.props if judged else outputs,
            _links(given.property_dependencies),
            outputs,
            bool(given.opts and given.opts.protect),
            judged.provider if judged else {},
            self._engine.settings,
            # Resources that are only read, or excluded by --target, get no resource check.
            judged is not None or not self._judged,
        )


def _of_own_key(stack: Stack, waiting: Waiting) -> bool:
    """Return whether a rule that requires a customer-managed key gets one of this stack."""
    rule, resource, property = waiting
    return rule.asks_for_key and stack.made_only_from(resource.urn, property, OWN_KEYS)


def _links(dependencies: Mapping[str, Sequence[Any]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(r.urn for r in resources) for key, resources in dependencies.items()}
