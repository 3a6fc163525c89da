"""The known escalation paths of an identity, after boundary, SCPs and denies.

A path counts only where its actions reach what does the harm (see `paths`): the right to pass one
role, or to update one function by name, is no path by itself, because nobody can tell from it what
that role may do. The graph over an organization (`graph`) can, and does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from typing import Final

from landfall.iam import patterns
from landfall.iam.effective_access.deciding import NOT_HELD, Held, Hold
from landfall.iam.effective_access.globs import Patterns, no_more_colons
from landfall.iam.effective_access.identities import Identity
from landfall.iam.effective_access.rules import Resources
from landfall.iam.effective_access.sets import AccessSet, Question, effective
from landfall.iam.effective_access.unlimited import is_met_at_will
from landfall.iam.escalation.paths import UNNAMED, Path, Step, fill, keys_of, known, target
from landfall.iam.layers import Source
from landfall.iam.requests import ContextValue

# Names of roles that administrators have, and AWS's own templates give.
_ADMINISTRATORS: Final = (
    "admin",
    "Admin",
    "Administrator",
    "AdministratorAccess",
    "OrganizationAccountAccessRole",
    "AWSControlTowerExecution",
)
# Roles that AWS makes for its services, and for IAM Identity Center, can be changed and passed by
# these alone (IAM User Guide: 'Using service-linked roles'; Identity Center User Guide:
# 'Referencing permission sets in resource policies').
_OF_AWS: Final = ("arn:*:role/aws-service-role/*", "arn:*:role/aws-reserved/*")
# A region and an account that no policy names.
_REGION: Final = "zz-example-9"
_ACCOUNT: Final = "0" * 12
_MOST_PLACES: Final = 24
_ATTACHED: Final = "iam:PolicyARN"
_BOUNDARY: Final = "iam:PermissionsBoundary"
_MAKING: Final = ("iam:CreatePolicy", "iam:CreatePolicyVersion")
_RANK: Final = {Hold.NO: 0, Hold.CONDITIONAL: 1, Hold.YES: 2}


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation path of an identity.

    `kind` is how it gains: `policy` (its own rights are rewritten), `boundary` (its boundary is),
    `credentials` (another user's), `assume-role`, `pass-role` (a new resource with a role's
    rights) or `existing-role` (a resource that is there, with its role). `hold` is YES where
    nothing else is needed that the caller cannot choose, and CONDITIONAL where `conditions` have
    to be met or the target has to be the right one. `proof` has a line for each action, `sources`
    the statements that give them, those of the first group first.
    """

    path: str
    kind: str
    actions: tuple[str, ...]
    proof: tuple[str, ...]
    hold: Hold
    conditions: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def escalations(identity: Identity, *, access: AccessSet | None = None) -> tuple[Escalation, ...]:
    """Return the escalation paths of an identity, in the order of the catalogue.

    `access` is its access set, if the caller has it already.
    """
    return Finder(access or effective(identity)).find()


class Finder:
    """The known paths against one access set; what paths have in common is asked once."""

    def __init__(self, access: AccessSet) -> None:
        self._access = access
        self._identity = access.identity
        self._asked: dict[tuple[Step, ...], Held] = {}

    def find(self) -> tuple[Escalation, ...]:
        """Return the paths that hold."""
        if not self.keys:
            return ()
        found = (self.escalation(path) for path in known() if path.keys <= self.keys)
        return tuple(one for one in found if one)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The actions of paths that the identity's own policies name at all, in lower case."""
        found: set[str] = set()
        for document in self._access.layers[0]:
            for text in document.exact:
                found |= keys_of(text)
            for text in document.wild:
                found |= keys_of(text)
            if document.negated:
                return keys_of("*")
        return frozenset(found)

    def escalation(self, path: Path) -> Escalation | None:
        """Return a path with its proof, where it holds."""
        if path.kind == "boundary" and not self._identity.boundaries:
            return None
        groups = []
        for group in path.groups:
            held = self.group(group)
            if held.hold is Hold.NO:
                return None
            groups.append((group, held))
        conditions = {str(one) for _, held in groups for one in held.conditions}
        return Escalation(
            path=path.id,
            kind=path.kind,
            actions=path.actions,
            proof=tuple(proof(path, groups)),
            hold=min((held.hold for _, held in groups), key=lambda hold: _RANK[hold]),
            conditions=tuple(sorted(conditions)),
            sources=tuple(source for _, held in groups for source in held.sources),
        )

    def group(self, group: tuple[Step, ...]) -> Held:
        """Answer whether one target exists on which all steps of a group hold."""
        held = self._asked.get(group)
        if held is None:
            held = self._asked[group] = self._group(group)
        return held

    def on(self, group: tuple[Step, ...], arn: str) -> Held:
        """Answer whether all steps of a group hold on one resource, given exactly."""
        return self._best(group, (arn,), is_other=False)

    def holds(self, action: str) -> bool:
        """Return whether the identity's own policies name an action of the paths at all."""
        return action.lower() in self.keys

    def _group(self, group: tuple[Step, ...]) -> Held:
        reaches = {step.reach for step in group}
        if "carried" in reaches:
            return self._carried(group)
        if reaches == {"any"}:
            return self._ask(group, ("*",))
        names = _free(group)
        if "privileged" in reaches:
            names = (*names, *_ADMINISTRATORS)
        return self._ask(group, names, is_other=True)

    def _carried(self, group: tuple[Step, ...]) -> Held:
        found = self._ask(group, _free(group), is_other=True)
        if found.hold is Hold.YES:
            return found
        principal = self._identity.principal
        if principal and (own := self._own(principal, group)).hold is not Hold.NO:
            return own
        if found.hold is not Hold.NO:
            return found
        others = self._ask(group, ("*",), is_other=True)
        if others.hold is not Hold.NO:
            return Held(Hold.CONDITIONAL, others.resource, others.sources, others.conditions)
        # What is left are patterns with variables for the caller's own name.
        found = self._ask(group, ("*",))
        hold = Hold.YES if found.sources and not found.conditions else found.hold
        return Held(hold, found.resource, found.sources, found.conditions)

    def _own(self, principal: str, group: tuple[Step, ...]) -> Held:
        kind = principal.split(":", 5)[5].partition("/")[0]
        if any(step.target != kind for step in group):
            return NOT_HELD
        return self._best(group, (principal,), is_other=False)

    def _ask(
        self, group: tuple[Step, ...], names: tuple[str, ...], *, is_other: bool = False
    ) -> Held:
        return self._best(group, self._among(group, names), is_other=is_other)

    def _best(self, group: tuple[Step, ...], among: Patterns, *, is_other: bool) -> Held:
        best = NOT_HELD
        outside = _impossible(group[0].target, among)
        for contexts in product(*(self._contexts(step) for step in group)):
            if not _agree(contexts):
                continue
            questions = [
                Question(step.action, context, is_other)
                for step, context in zip(group, contexts, strict=True)
            ]
            found = _chosen(self._access.ask(questions, Resources(among, outside)))
            if found.hold is Hold.YES:
                return found
            if best.hold is Hold.NO:
                best = found
        return best

    def _contexts(self, step: Step) -> Iterator[tuple[tuple[str, ContextValue], ...]]:
        """Yield what a request for a step may say, each alternative on its own."""
        keys = [key for key, _ in step.context]
        account = self._identity.account or _ACCOUNT
        for values in product(*map(self._options, step.context)):
            for partition in self._identity.partitions:
                places = {"partition": partition, "account": account, "name": UNNAMED}
                yield tuple(
                    (key, value and fill(value, **places))
                    for key, value in zip(keys, values, strict=True)
                )
                if not keys:
                    return

    def _options(self, asked: tuple[str, tuple[str | None, ...]]) -> tuple[str | None, ...]:
        """Return what a request may say under a key; a policy that the caller makes is one too."""
        key, options = asked
        if key == _BOUNDARY and not self._is_bounded:
            return options[:1]
        return (*options, *self._made) if key == _ATTACHED else options

    @cached_property
    def _is_bounded(self) -> bool:
        """Whether any policy asks which boundary a principal has."""
        return any(
            one.key.lower() == _BOUNDARY.lower()
            for layer in self._identity.layers
            for _, document in layer
            for statement in document.statements
            for one in statement.conditions
        )

    @cached_property
    def _made(self) -> tuple[str, ...]:
        """Policies that the caller can make or rewrite under the names that it may choose."""
        texts: dict[str, None] = {}
        for action in _MAKING:
            if action.lower() in self.keys or self._names(action):
                for rule in self._access.reading_of(action).rules:
                    texts.update(dict.fromkeys(rule.most.within or () if rule.allows else ()))
        arns = [_instance(one) for one in list(texts)[:_MOST_PLACES] if ":policy/" in one]
        return tuple(one for one in arns if any(self._makes(action, one) for action in _MAKING))

    def _names(self, action: str) -> bool:
        return bool(self._access.reading_of(action).layers[0])

    def _makes(self, action: str, arn: str) -> bool:
        return self._access.ask((Question(action),), Resources((arn,))).hold is Hold.YES

    def _among(self, group: tuple[Step, ...], names: tuple[str, ...]) -> Patterns:
        """Return the targets of a group by these names, in every place that policies tell apart."""
        # Only a role can be had from another account, by assuming it.
        leaves = all(step.action.startswith("sts:") for step in group)
        own = None if leaves else self._identity.account
        texts = {
            text
            for step in group
            for rule in self._access.reading_of(step.action).rules
            for text in (*(rule.most.within or ()), *rule.most.outside)
        }
        places = tuple(sorted(_places(texts, own)))[:_MOST_PLACES]
        return _targets(group[0].target, self._identity.partitions, places, names)


def _agree(contexts: Iterable[tuple[tuple[str, ContextValue], ...]]) -> bool:
    """Return whether the steps on one principal all speak of the same boundary."""
    said = {value for context in contexts for key, value in context if key == _BOUNDARY}
    return len(said) < 2


def _instance(pattern: str) -> str:
    parts = pattern.split(":", 5)
    if len(parts) == 6 and patterns.has_wildcard(parts[4]):
        parts[4] = _ACCOUNT
    return ":".join(parts).replace("*", UNNAMED).replace("?", "0")


def _chosen(held: Held) -> Held:
    """Take for certain what depends only on what the caller chooses: its region, to use TLS."""
    chosen = held.conditions and held.resource and all(map(is_met_at_will, held.conditions))
    if held.hold is Hold.CONDITIONAL and chosen:
        return replace(held, hold=Hold.YES)
    return held


def _free(group: tuple[Step, ...]) -> tuple[str, ...]:
    """Return names that a policy takes in only if it leaves the name free, with a path or not."""
    if group[0].target in ("role", "user", "group", "policy"):
        return UNNAMED, f"{UNNAMED}/{UNNAMED}"
    return (UNNAMED,)


def _places(texts: Iterable[str], account: str | None) -> set[tuple[str, str]]:
    """Return pairs of region and account: those that ARNs name, and one that none does."""
    found = {(_REGION, account or _ACCOUNT)}
    for text in texts:
        parts = text.split(":", 5)
        if len(parts) > 4 and (parts[3].strip("*") or parts[4].strip("*")):
            region = parts[3].replace("*", "").replace("?", "a") or _REGION
            number = parts[4].replace("*", "").replace("?", "0").ljust(12, "0")
            found.add((region, account or number))
    return found


@lru_cache(maxsize=4096)
def _impossible(kind: str, among: Patterns) -> Patterns:
    """Return what the patterns of a kind take in although there is none such to be had."""
    if not kind or not any(map(patterns.has_wildcard, among)):
        return ()
    # The names of all kinds of targets are without colons.
    colons = no_more_colons(max(one.count(":") for one in among))
    return (*_OF_AWS, colons) if kind == "role" else (colons,)


@lru_cache(maxsize=4096)
def _targets(
    name: str,
    partitions: tuple[str, ...],
    places: tuple[tuple[str, str], ...],
    names: tuple[str, ...],
) -> Patterns:
    return tuple(
        dict.fromkeys(
            arn
            for partition in partitions
            for region, account in places
            for one in names
            for arn in target(name, partition=partition, region=region, account=account, name=one)
        )
    )


def proof(path: Path, groups: list[tuple[tuple[Step, ...], Held]]) -> Iterator[str]:
    """Yield for each action of a path the statement that allows it."""
    given: dict[str, list[str]] = {}
    for group, held in groups:
        for step, source in zip(group, held.sources, strict=False):
            given.setdefault(step.action, []).append(line(step.action, source, held.resource))
    for action in path.actions:
        lines = given.get(action)
        yield lines[0] if lines else f"{action}: could not be traced to one statement"


def line(action: str, source: Source, resource: str) -> str:
    """Return the statement that allows an action, and on which of its resources."""
    return f"{action} on {_shown(source, resource)}: {source}"


def _shown(source: Source, resource: str) -> str:
    statement = source.statement
    if statement.not_resources:
        return f"all but {', '.join(statement.not_resources[:3])}"
    fitting = [
        one for one in statement.resources if patterns.matches(one, resource, case_sensitive=True)
    ]
    variable = [one for one in statement.resources if "${" in one]
    return min(fitting, key=len) if fitting else (variable or [resource])[0]
