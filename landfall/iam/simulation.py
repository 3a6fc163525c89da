"""Requests and decisions as JSON: the input and output of `landfall iam simulate`.

The input is one request, or a list of them; a list gives a list of answers in the same order. All
problems of the input are reported together with their paths; in a list a path begins with the
entry's index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final, TypeVar

from landfall.iam import documents, json_text, principals
from landfall.iam.documents import Document, DocumentError, Kind
from landfall.iam.evaluation import Decision, Policies, evaluate
from landfall.iam.json_text import type_name
from landfall.iam.parsing import shown
from landfall.iam.requests import UNKNOWN, Budget, ContextValue, Request, Scalar
from landfall.problems import Problem, ProblemsError

MOST_VALUES_OF_A_KEY: Final = 1_000
MOST_CHARACTERS: Final = 8_192
MOST_LEVELS: Final = 64

_REQUIRED: Final = ("principal", "action")
_FIELDS: Final = (
    *_REQUIRED,
    "resource",
    "resourceAccount",
    "managementAccountId",
    "context",
    "contextComplete",
    "identityPolicies",
    "permissionsBoundaries",
    "sessionPolicies",
    "serviceControlPolicies",
    "resourceControlPolicies",
    "endpointPolicies",
    "resourcePolicy",
)
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
_ARN: Final = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_TOO_MANY: Final = json_text.MOST_PROBLEMS
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Case:
    """One request with the policies around it."""

    request: Request
    policies: Policies


def answer(case: Case) -> dict[str, object]:
    """Return the answer to a case; `statement` and `policy` are present if a statement decided."""
    return as_json(evaluate(case.request, case.policies))


def as_json(decision: Decision) -> dict[str, object]:
    """Return a decision as the fields of its JSON."""
    answered: dict[str, object] = {"decision": str(decision.outcome), "reason": decision.reason}
    if decision.statement is not None:
        answered["policy"] = decision.policy
        answered["statement"] = decision.statement.label
        answered["statementIndex"] = decision.statement.index
    return answered


def read(source: str | bytes, time: datetime | None = None) -> Case | list[Case]:
    """Parse one case or a list of them; `time` is the default time of a request.

    Raises `ProblemsError` with every problem.
    """
    try:
        value = json_text.read(source)
    except json_text.JsonTextError as error:
        raise ProblemsError([Problem(str(error), error.fix)]) from None
    reader = _Reader(time)
    cases: list[Case | None] = []
    if isinstance(value, list):
        for index, entry in enumerate(value):
            cases.append(reader.case(entry, f"[{index}]"))
            if len(reader.problems) > _TOO_MANY:
                break
    else:
        cases.append(reader.case(value, ""))
    if reader.problems:
        raise ProblemsError(json_text.bounded(reader.problems))
    found = [case for case in cases if case is not None]
    return found if isinstance(value, list) else found[0]


class _Reader:
    """Collects the problems of all cases; parses repeated documents once."""

    def __init__(self, time: datetime | None) -> None:
        self.time = time
        self.problems: list[Problem] = []
        self.budget = Budget()
        self._texts: dict[tuple[str, Kind | None], Document] = {}

    def case(self, value: object, path: str) -> Case | None:
        before = len(self.problems)
        if not isinstance(value, Mapping):
            fix = "write an object with principal, action, resource and the policies around them"
            self._say(f"a request is an object, not {type_name(value)}", fix, path)
            return None
        self._fields(value, path)
        principal = self._text(value, "principal", path)
        action = self._text(value, "action", path)
        resource = self._text(value, "resource", path)
        if action and not _ACTION.fullmatch(action):
            fix = "write service and action without wildcards, as in s3:GetObject"
            self._say("is not a single action", fix, _join(path, "action"))
        if resource and resource != "*" and not _ARN.match(resource):
            fix = "write an ARN, or * for an action that has no resource"
            self._say("is not an ARN", fix, _join(path, "resource"))
        request = Request(
            principal=principal or "",
            action=action or "",
            resource=resource or "*",
            resource_account=self._account(value, "resourceAccount", path),
            context=self._context(value.get("context"), _join(path, "context")),
            complete=self._flag(value, "contextComplete", path),
            time=self.time,
            budget=self.budget,
            management_account=self._account(value, "managementAccountId", path),
        )
        policies = self._policies(value, path)
        if len(self.problems) == before:
            self._check_caller(request, path)
        return Case(request, policies)

    def _check_caller(self, request: Request, path: str) -> None:
        try:
            principals.read_caller(request.principal, request.action)
        except principals.CallerError as error:
            fix = "write an ARN, a service such as lambda.amazonaws.com, or anonymous"
            self._say(str(error), fix, _join(path, "principal"))

    def _fields(self, value: Mapping[object, object], path: str) -> None:
        for repeated in json_text.duplicates(value):
            self._say("is repeated", "keep one", _join(path, shown(repeated)))
        for key in value:
            if len(self.problems) > _TOO_MANY:
                return
            if key not in _FIELDS:
                near = get_close_matches(str(key)[:100], _FIELDS, n=1)
                fix = f"did you mean {near[0]}?" if near else f"the fields are {', '.join(_FIELDS)}"
                self._say("is not a field of a request", fix, _join(path, shown(key)))
        for required in _REQUIRED:
            if required not in value:
                self._say("is missing", "a request has one", _join(path, required))

    def _text(self, value: Mapping[object, object], name: str, path: str) -> str | None:
        found = value.get(name)
        if name not in value:
            return None
        if not json_text.is_text(found) or not found:
            what = "is empty" if found == "" else f"is {type_name(found)}"
            self._say(what, "write a string", _join(path, name))
            return None
        if len(found) > MOST_CHARACTERS:
            what = f"has {len(found):,} characters; an ARN has at most 2,048"
            self._say(what, "shorten it", _join(path, name))
            return None
        return found

    def _flag(self, value: Mapping[object, object], name: str, path: str) -> bool:
        found = value.get(name, True)
        if not isinstance(found, bool):
            self._say(f"is {type_name(found)}", "write true or false", _join(path, name))
        return bool(found)

    def _account(self, value: Mapping[object, object], name: str, path: str) -> str | None:
        found = value.get(name)
        if found is None:
            return None
        text = json_text.scalar(found)
        if text is None or not _ACCOUNT.fullmatch(text):
            self._say("is not an account id", "write its 12 digits as a string", _join(path, name))
            return None
        return text

    def _context(self, value: object, path: str) -> dict[str, ContextValue]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self._say(f"is {type_name(value)}", 'write {"aws:SourceIp": "192.0.2.1"}', path)
            return {}
        for repeated in json_text.duplicates(value):
            self._say("is repeated", "keep one", _join(path, shown(repeated)))
        found: dict[str, ContextValue] = {}
        seen: set[str] = set()
        for key, written in value.items():
            if len(self.problems) > _TOO_MANY:
                break
            where = _join(path, shown(key))
            if str(key).lower() in seen:
                what = "is the same key as another: keys are case-insensitive"
                self._say(what, "merge the values into one list", where)
            seen.add(str(key).lower())
            found[str(key)] = self._values(written, where)
        return found

    def _values(self, written: object, path: str) -> ContextValue:
        if written is None:
            return None
        if not isinstance(written, list):
            return self._value(written, path)
        if len(written) > MOST_VALUES_OF_A_KEY:
            what = f"has {len(written):,} values; {MOST_VALUES_OF_A_KEY:,} are read"
            self._say(what, "no request to AWS has that many", path)
            return None
        return [self._value(item, f"{path}[{index}]") for index, item in enumerate(written)]

    def _value(self, written: object, path: str) -> Scalar:
        if isinstance(written, Mapping) and dict(written) == {"$unknown": True}:
            return UNKNOWN
        text = json_text.scalar(written)
        if text is None:
            fix = 'write a string, a number, a boolean, or {"$unknown": true}'
            self._say(f"is {type_name(written)}", fix, path)
        elif len(text) > MOST_CHARACTERS:
            self._say(f"has {len(text):,} characters; {MOST_CHARACTERS:,} are read", "", path)
        else:
            return text
        return UNKNOWN

    def _policies(self, value: Mapping[object, object], path: str) -> Policies:
        resource = value.get("resourcePolicy")
        where = _join(path, "resourcePolicy")
        return Policies(
            identity=self._documents(value, "identityPolicies", path, "identity"),
            boundaries=self._documents(value, "permissionsBoundaries", path, "identity"),
            session=self._documents(value, "sessionPolicies", path, "identity"),
            service_control=self._levels(value, "serviceControlPolicies", path, "scp"),
            resource_control=self._levels(value, "resourceControlPolicies", path, "rcp"),
            endpoint=self._documents(value, "endpointPolicies", path, None),
            resource=None if resource is None else self._document(resource, where, "resource"),
        )

    def _documents(
        self, value: Mapping[object, object], name: str, path: str, kind: Kind | None
    ) -> tuple[Document, ...]:
        return self._list(value.get(name), _join(path, name), kind)

    def _list(self, written: object, path: str, kind: Kind | None) -> tuple[Document, ...]:
        if written is None:
            return ()
        if not isinstance(written, list):
            self._say(f"is {type_name(written)}", "write a list of policy documents", path)
            return ()
        read = self._bounded(written, path, lambda one, where: self._document(one, where, kind))
        return tuple(document for document in read if document is not None)

    def _levels(
        self, value: Mapping[object, object], name: str, path: str, kind: Kind
    ) -> tuple[tuple[Document, ...], ...]:
        written, path = value.get(name), _join(path, name)
        if written is None:
            return ()
        if not isinstance(written, list):
            fix = "write a list with a list of documents for each level, the root's first"
            self._say(f"is {type_name(written)}", fix, path)
            return ()

        if len(written) > MOST_LEVELS:
            what = f"has {len(written):,} levels, and an organization has at most 7"
            self._say(what, "write one list for the root, each unit and the account", path)
            return ()

        def level(one: object, where: str) -> tuple[Document, ...]:
            # A level with a single document can be written without a list.
            return self._list(one if isinstance(one, list) else [one], where, kind)

        return tuple(self._bounded(written, path, level))

    def _bounded(
        self, written: Sequence[object], path: str, read: Callable[[object, str], _Read]
    ) -> list[_Read]:
        found = []
        for index, one in enumerate(written):
            found.append(read(one, f"{path}[{index}]"))
            if len(self.problems) > _TOO_MANY:
                break
        return found

    def _document(self, written: object, path: str, kind: Kind | None) -> Document | None:
        if not isinstance(written, str | Mapping):
            self._say(f"is {type_name(written)}", "write a policy document", path)
            return None
        if isinstance(written, str) and (written, kind) in self._texts:
            return self._texts[written, kind]
        try:
            document = documents.parse(written, kind=kind)
        except DocumentError as error:
            for problem in error.problems:
                self._say(problem.what, problem.fix, _join(path, problem.path))
            return None
        if isinstance(written, str):
            self._texts[written, kind] = document
        return document

    def _say(self, what: str, fix: str, path: str) -> None:
        self.problems.append(Problem(what, fix, path))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
