"""Parse JSON into a `Document`, and report all mistakes together, each with its path.

The limits are far above what AWS stores (its largest policies have 32,768 characters) and exist
so that any input has an answer in bounded time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from landfall.iam import json_text, variables
from landfall.iam.elements import (
    VERSION_2008,
    VERSION_2012,
    Condition,
    Document,
    DocumentError,
    Effect,
    Kind,
    Principal,
    PrincipalKind,
    Statement,
)
from landfall.iam.json_text import type_name
from landfall.iam.operators import OPERATORS, read_operator
from landfall.printable import shortened
from landfall.problems import Problem

MOST_CHARACTERS_OF_A_STRING: Final = 32_768

_DOCUMENT_KEYS: Final = frozenset({"Version", "Id", "Statement"})
_PAIRS: Final = (("Action", "NotAction"), ("Resource", "NotResource"))
_STATEMENT_KEYS: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Condition", *_PAIRS[0], *_PAIRS[1]}
)
_EVERYONE: Final[tuple[object, ...]] = ("*", {"AWS": "*"}, {"AWS": ["*"]})
_PRINCIPAL_KINDS: Final[dict[str, PrincipalKind]] = {
    "AWS": "AWS",
    "Service": "Service",
    "Federated": "Federated",
    "CanonicalUser": "CanonicalUser",
}


def parse(source: str | bytes | Mapping[str, object], kind: Kind | None = None) -> Document:
    """Parse a document from JSON text or from parsed JSON.

    `kind` adds the rules of the document's use: which principals and elements it can or must have.
    Without it only the grammar is checked. Raises `DocumentError` with every problem.
    """
    return _Reader(kind).document(source)


class _Reader:
    """Collects the problems of one document while its values are built."""

    def __init__(self, kind: Kind | None) -> None:
        self.kind = kind
        self.problems: list[Problem] = []
        self.variables = False

    def document(self, source: str | bytes | Mapping[str, object]) -> Document:
        value: object = source
        if isinstance(source, str | bytes):
            try:
                value = json_text.read(source)
            except json_text.JsonTextError as error:
                raise DocumentError([Problem(str(error), error.fix)]) from None
        if not isinstance(value, Mapping):
            fix = 'a policy is {"Version": "2012-10-17", "Statement": [...]}'
            raise DocumentError(
                [Problem(f"a policy document is an object, not {type_name(value)}", fix)]
            )
        self._keys(value, _DOCUMENT_KEYS, "", "a policy document")
        version = self._version(value.get("Version"))
        identifier = self._optional_string(value, "Id", "")
        statements = self._statements(value)
        if self.problems:
            raise DocumentError(json_text.bounded(self.problems))
        return Document(version, identifier, statements)

    def _version(self, value: object) -> str:
        if value is None:
            return VERSION_2008
        if value not in (VERSION_2008, VERSION_2012):
            self._say("is not a version of the policy language", f"write {VERSION_2012}", "Version")
            return VERSION_2012
        self.variables = value == VERSION_2012
        return str(value)

    def _statements(self, document: Mapping[object, object]) -> tuple[Statement, ...]:
        if "Statement" not in document:
            self._say("is missing", "a policy document has a list of statements", "Statement")
            return ()
        value = document["Statement"]
        if isinstance(value, Mapping):
            value = [value]
        if not isinstance(value, list | tuple):
            self._say(f"is {type_name(value)}", "write a list of statements", "Statement")
            return ()
        read = []
        for index, statement in enumerate(value):
            if len(self.problems) > json_text.MOST_PROBLEMS:
                break
            path = f"Statement[{index}]"
            if isinstance(statement, Mapping):
                read.append(self._statement(index, statement, path))
            else:
                self._say(f"is {type_name(statement)}", "a statement is an object", path)
        return tuple(read)

    def _statement(self, index: int, value: Mapping[object, object], path: str) -> Statement:
        self._keys(value, _STATEMENT_KEYS, path, "a statement")
        sid = self._optional_string(value, "Sid", path)
        self._placed(value, path)
        return Statement(
            index=index,
            sid=sid,
            effect=self._effect(value, path),
            principals=self._principals(value, "Principal", path),
            not_principals=self._principals(value, "NotPrincipal", path),
            actions=self._patterns(value, "Action", path, self._action),
            not_actions=self._patterns(value, "NotAction", path, self._action),
            resources=self._patterns(value, "Resource", path, self._resource),
            not_resources=self._patterns(value, "NotResource", path, self._resource),
            conditions=self._conditions(value, path),
        )

    def _effect(self, value: Mapping[object, object], path: str) -> Effect:
        effect = value.get("Effect")
        if effect == "Allow":
            return Effect.ALLOW
        if effect == "Deny":
            return Effect.DENY
        what = "is missing" if "Effect" not in value else "is neither Allow nor Deny"
        self._say(what, "write Allow or Deny, with these capitals", f"{path}.Effect")
        return Effect.DENY

    def _placed(self, value: Mapping[object, object], path: str) -> None:
        """Check which elements exclude each other, and which the use of the document requires."""
        for one, other in (*_PAIRS, ("Principal", "NotPrincipal")):
            if one in value and other in value:
                self._say(f"has both {one} and {other}", "keep one of the two", path)
        if "Action" not in value and "NotAction" not in value:
            self._say("has neither Action nor NotAction", "name the actions", path)
        resource = "Resource" in value or "NotResource" in value
        principal = "Principal" in value or "NotPrincipal" in value
        if self.kind in ("identity", "scp", "rcp") and not resource:
            self._say("has neither Resource nor NotResource", 'write "Resource": "*" for all', path)
        if self.kind == "trust" and resource:
            what = "names a resource, but a trust policy applies to its own role only"
            self._say(what, "remove Resource or NotResource", path)
        if self.kind in ("identity", "scp") and principal:
            what = "names a principal, but this policy applies to whatever it is attached to"
            self._say(what, "remove Principal or NotPrincipal", path)
        if self.kind in ("resource", "trust", "rcp") and not principal:
            fix = 'name the principal, as in "Principal": {"AWS": "111122223333"}'
            self._say("has neither Principal nor NotPrincipal", fix, path)
        if self.kind == "rcp" and (
            "NotPrincipal" in value or value.get("Principal", "*") not in _EVERYONE
        ):
            fix = "narrow it with a condition such as aws:PrincipalOrgID"
            self._say('a resource control policy takes only "Principal": "*"', fix, path)

    def _patterns(
        self,
        statement: Mapping[object, object],
        element: str,
        path: str,
        check: Callable[[str, str], None],
    ) -> tuple[str, ...]:
        if element not in statement:
            return ()
        path = f"{path}.{element}"
        found = self._strings(statement[element], path)
        if found is None:
            return ()
        if not found:
            self._say("is an empty list", "name at least one, or remove the statement", path)
        for index, text in enumerate(found):
            check(text, path if isinstance(statement[element], str) else f"{path}[{index}]")
        return found

    def _action(self, text: str, path: str) -> None:
        if ":" not in text and text.strip("*"):
            fix = "write service and action, as in s3:GetObject, or * for all"
            self._say("is not an action: the service is missing", fix, path)
        elif not text.isascii():
            # Lower case would take some letters for the ASCII ones that they resemble.
            self._say("is not an action: AWS's names are ASCII", "write its ASCII name", path)

    def _resource(self, text: str, path: str) -> None:
        if self.kind in ("identity", "scp", "rcp") and not text.startswith(("arn:", "*", "?", "$")):
            fix = "write an ARN, as in arn:aws:s3:::bucket/*, or * for all"
            self._say("is not an ARN", fix, path)
        self._check_variables(text, path)

    def _principals(
        self, statement: Mapping[object, object], element: str, path: str
    ) -> tuple[Principal, ...] | None:
        if element not in statement:
            return None
        value, path = statement[element], f"{path}.{element}"
        if value == "*":
            return (Principal("*", "*"),)
        if not isinstance(value, Mapping):
            fix = 'write "*" or an object, as in {"Service": "lambda.amazonaws.com"}'
            self._say(f"is {type_name(value)}", fix, path)
            return ()
        self._keys(value, frozenset(_PRINCIPAL_KINDS), path, "a principal")
        found: list[Principal] = []
        for kind, written in value.items():
            if isinstance(kind, str) and kind in _PRINCIPAL_KINDS:
                values = self._strings(written, f"{path}.{kind}") or ()
                found.extend(Principal(_PRINCIPAL_KINDS[kind], text) for text in values)
        return tuple(found)

    def _conditions(self, statement: Mapping[object, object], path: str) -> tuple[Condition, ...]:
        if "Condition" not in statement:
            return ()
        value, path = statement["Condition"], f"{path}.Condition"
        if not isinstance(value, Mapping):
            fix = 'write {"StringEquals": {"aws:PrincipalOrgID": "o-..."}}'
            self._say(f"is {type_name(value)}", fix, path)
            return ()
        self._duplicates(value, path)
        found: list[Condition] = []
        seen = set()
        for written, keys in value.items():
            where = f"{path}.{shown(written)}"
            operator = read_operator(written) if isinstance(written, str) else None
            if operator is None:
                self._say("is not a condition operator", _like(written, OPERATORS), where)
                if len(self.problems) > json_text.MOST_PROBLEMS:
                    break
            elif operator in seen:
                self._say("is repeated in another case", "put the keys under one", where)
            elif not isinstance(keys, Mapping):
                self._say(f"is {type_name(keys)}", 'write {"key": "value"}', where)
            else:
                seen.add(operator)
                found.extend(self._condition_keys(operator, keys, where))
        return tuple(found)

    def _condition_keys(
        self, operator: tuple[str, str, bool], keys: Mapping[object, object], path: str
    ) -> Iterable[Condition]:
        self._duplicates(keys, path)
        base, qualifier, if_exists = operator
        seen: dict[str, object] = {}
        for key, written in keys.items():
            where = f"{path}.{shown(key)}"
            if not isinstance(key, str) or not key:
                self._say("is not a condition key", "write one such as aws:SourceAccount", where)
                continue
            if key.lower() in seen:
                what = f"is the same key as {shown(seen[key.lower()])}: keys are case-insensitive"
                self._say(what, "merge the values into one list", where)
            seen[key.lower()] = key
            values = self._strings(written, where, scalars=True)
            if values is None:
                continue
            for text in values:
                self._check_variables(text, where)
            yield Condition(base, qualifier, if_exists, key, values)  # type: ignore[arg-type]

    def _check_variables(self, text: str, path: str) -> None:
        if self.variables and variables.OPENING in text:
            try:
                variables.split(text)
            except variables.VariableError as error:
                self._say(str(error), "AWS rejects such a policy", path)

    def _strings(
        self, value: object, path: str, *, scalars: bool = False
    ) -> tuple[str, ...] | None:
        """Parse a string or a list of strings; `scalars` also accepts numbers and booleans."""
        single = not isinstance(value, list | tuple)
        items = [value] if single else value
        found: list[str] = []
        before = len(self.problems)
        for index, item in enumerate(items):  # type: ignore[arg-type, var-annotated]
            text = str(item) if json_text.is_text(item) else None
            if scalars:
                text = json_text.scalar(item)
            where = path if single else f"{path}[{index}]"
            if text is None:
                expected = "a string" if not single else "a string or a list of strings"
                self._say(f"is {type_name(item)}", f"write {expected}", where)
            elif len(text) > MOST_CHARACTERS_OF_A_STRING:
                what = f"has {len(text):,} characters, more than AWS's largest policy"
                self._say(what, "shorten it", where)
            else:
                found.append(text)
                continue
            if len(self.problems) > json_text.MOST_PROBLEMS:
                break
        return tuple(found) if len(self.problems) == before else None

    def _optional_string(self, value: Mapping[object, object], key: str, path: str) -> str | None:
        found = value.get(key)
        if found is None:
            return None
        if json_text.is_text(found):
            return str(found)
        self._say(f"is {type_name(found)}", "write a string", f"{path}.{key}".lstrip("."))
        return None

    def _keys(
        self, value: Mapping[object, object], known: frozenset[str], path: str, what: str
    ) -> None:
        self._duplicates(value, path)
        if known.issuperset(value):
            return
        for key in value:
            if key not in known:
                where = f"{path}.{shown(key)}".lstrip(".")
                self._say(f"is not an element of {what}", _like(key, known), where)
                if len(self.problems) > json_text.MOST_PROBLEMS:
                    return

    def _duplicates(self, value: object, path: str) -> None:
        for key in json_text.duplicates(value):
            what = "is repeated in its object, and JSON parsers disagree on which one counts"
            self._say(what, "keep one", f"{path}.{shown(key)}".lstrip("."))

    def _say(self, what: str, fix: str, path: str) -> None:
        self.problems.append(Problem(what, fix, path))


def shown(key: object) -> str:
    """Return a key for a path: short and printable."""
    return shortened(key if isinstance(key, str) else type_name(key), 80)


def _like(written: object, known: Iterable[str]) -> str:
    names = sorted(known)
    by_case = {text.lower(): text for text in names}
    text = written.lower()[:100] if isinstance(written, str) else ""
    near = get_close_matches(text, list(by_case), n=1)
    return f"did you mean {by_case[near[0]]}?" if near else f"the choices are {', '.join(names)}"
