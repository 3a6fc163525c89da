"""The policies of one kind against a request: which deny or allow, and how certainly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from landfall.iam.documents import Statement
from landfall.iam.matching import PreparedDocument
from landfall.iam.principals import Grade
from landfall.iam.requests import Request
from landfall.iam.truth import Truth, all_of
from landfall.printable import escaped


@dataclass(frozen=True, slots=True)
class Source:
    """A statement and the name of its policy."""

    statement: Statement
    policy: str

    def __str__(self) -> str:
        return f"{escaped(self.statement.label)[:128]} of {self.policy}"


class Layer:
    """The combined result of some documents for one request.

    `deny` is a statement that certainly denies, `maybe_deny` one that denies depending on unknown
    values; `allow` is whether a statement allows, and `source` the one that does or may.
    """

    __slots__ = ("_grants", "deny", "maybe_deny")

    def __init__(self) -> None:
        self.deny: Source | None = None
        self.maybe_deny: Source | None = None
        self._grants: dict[Grade, tuple[Truth, Source]] = {}

    def add(self, truth: Truth, source: Source, grade: Grade) -> None:
        """Add a statement that matches, or may."""
        if source.statement.effect == "Deny":
            if truth:
                self.deny = self.deny or source
            else:
                self.maybe_deny = self.maybe_deny or source
            return
        known = self._grants.get(grade)
        if known is None or (truth and not known[0]):
            self._grants[grade] = (truth, source)

    @property
    def allow(self) -> Truth:
        """Whether a statement allows, for any way of naming the caller."""
        return self.grant(Grade.ACCOUNT)[0]

    @property
    def source(self) -> Source | None:
        """The statement that allows, or may."""
        return self.grant(Grade.ACCOUNT)[1]

    def grant(self, least: Grade) -> tuple[Truth, Source | None]:
        """Whether a statement with at least this grade allows, and which."""
        found: tuple[Truth, Source | None] = (False, None)
        for grade, grant in self._grants.items():
            if grade >= least and (grant[0] or found[1] is None):
                found = grant
        return found


def survey(
    documents: Iterable[PreparedDocument],
    request: Request,
    *,
    names_principals: bool,
    has_boundary: bool = False,
) -> Layer:
    """Evaluate documents for a request.

    `names_principals`: their Principal element counts. `has_boundary`: they belong to the resource,
    and the caller has a permissions boundary.
    """
    layer = Layer()
    for document in documents:
        for prepared in document.about(request.action_key):
            grade = Grade.DIRECT
            truth: Truth = True
            if names_principals:
                grade, truth = prepared.grade(request, has_boundary=has_boundary)
            if truth is not False:
                truth = all_of((truth, prepared.matches(request)))
            if truth is not False:
                layer.add(truth, Source(prepared.statement, document.label), grade)
    return layer
