"""Service and resource control policies: IAM's grammar, with the rules of each type.

Since September 2025 SCPs support the full IAM policy language.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from landfall.iam.documents import VERSION_2012, DocumentError, Kind
from landfall.iam.parsing import parse, shown
from landfall.iam.services import services_under_rcp
from landfall.organization_policies.faults import Fault, Path, Wrong
from landfall.printable import shortened

_MISSING: Final = ("is missing", "has neither")
_WILDCARDS: Final = frozenset("*?")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
_ACTION: Final = re.compile(r"\*+|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")


def mistakes(document: Mapping[str, Any], kind: Kind) -> Iterator[Wrong]:
    """Yield the mistakes of a control policy; `kind` is `scp` or `rcp`."""
    try:
        parse(document, kind)
    except DocumentError as error:
        for problem in error.problems:
            path = _path(document, problem.path)
            if "names a principal" in problem.what or "takes only" in problem.what:
                path = _principal(document, path)
            yield Wrong(path, _said(problem.what, path), problem.fix, _fault(problem.what))
    if document.get("Version") is None or document["Version"] == "2008-10-17":
        what = f"the policy needs the version {VERSION_2012}"
        yield Wrong(("Version",), what, f"write Version: '{VERSION_2012}'", Fault.MISSING_KEY)
    statements = list(_statements(document))
    if document.get("Statement") == []:
        what, fix = "the policy has no statement", "add one, or remove the policy"
        yield Wrong(("Statement",), what, fix, Fault.MISSING_KEY)
    yield from _repeated(statements)
    for path, statement in statements:
        yield from _malformed(path, statement)
        if kind == "rcp":
            yield from _of_resources(path, statement)


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    written = document.get("Statement")
    if isinstance(written, Mapping):
        yield ("Statement",), written
    for index, statement in enumerate(written if isinstance(written, list | tuple) else ()):
        if isinstance(statement, Mapping):
            yield ("Statement", index), statement


def _repeated(statements: list[tuple[Path, Mapping[str, Any]]]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for path, statement in statements:
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid in seen:
            what = f"another statement has the Sid '{shortened(sid, 60)}'"
            yield Wrong((*path, "Sid"), what, "choose another one", Fault.INVALID_VALUE)
        if isinstance(sid, str):
            seen.add(sid)


def _malformed(path: Path, statement: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield a mistake for each action that is not one; the parser reports a missing service."""
    for element in ("Action", "NotAction"):
        for place, action in _actions(path, statement, element):
            if (":" in action or not action) and not _ACTION.fullmatch(action):
                what = f"'{shortened(action, 60)}' is not an action"
                fix = "write service and action, as in s3:GetObject, or * for all"
                yield Wrong(place, what, fix, Fault.INVALID_VALUE)


def _of_resources(path: Path, statement: Mapping[str, Any]) -> Iterator[Wrong]:
    if statement.get("Effect") == "Allow":
        what = "a resource control policy only denies; RCPFullAWSAccess allows"
        yield Wrong((*path, "Effect"), what, "write Deny", Fault.UNSUPPORTED)
    if "NotAction" in statement:
        what = "resource control policies do not support NotAction"
        fix = "list the actions by service under Action, as in s3:*"
        yield Wrong((*path, "NotAction"), what, fix, Fault.UNSUPPORTED)
    for place, action in _actions(path, statement, "Action"):
        service, colon, _ = action.partition(":")
        if action == "*" or (colon and _WILDCARDS & set(service)):
            what = f"'{shortened(action, 60)}' does not name one service"
            fix = "list the actions by service, as in s3:*"
            yield Wrong(place, what, fix, Fault.UNSUPPORTED)
        elif colon and service.lower() not in services_under_rcp():
            what = f"resource control policies do not support '{shortened(service, 60)}'"
            fix = "remove it, or deny it in a service control policy"
            yield Wrong(place, what, fix, Fault.UNSUPPORTED)


def _actions(path: Path, statement: Mapping[str, Any], element: str) -> Iterator[tuple[Path, str]]:
    written = statement.get(element)
    if isinstance(written, str):
        yield (*path, element), written
    for index, each in enumerate(written if isinstance(written, list | tuple) else ()):
        if isinstance(each, str):
            yield (*path, element, index), each


def _path(document: object, written: str) -> Path:
    """Return the keys and indices of a parser's path, as in `Statement[0].Action[1]`."""
    path: Path = ()
    value, rest = document, written
    while rest:
        found = next(_steps(value, rest), None)
        if found is None:
            # A key that is missing.
            return (*path, rest.rpartition(".")[2]) if "[" not in rest else path
        step, value, rest = found
        path = (*path, step)
    return path


def _principal(document: object, path: Path) -> Path:
    """Return the path of a statement's principal, whatever the element is called."""
    value: Any = document
    for part in path:
        value = value[part]
    names = (key for key in ("NotPrincipal", "Principal") if key in value)
    return (*path, *islice(names, 1))


def _steps(value: object, rest: str) -> Iterator[tuple[str | int, object, str]]:
    """Yield the member of a value that a path begins with, its value, and the remaining path."""
    if isinstance(value, Mapping):
        # The longest key first: keys of conditions contain dots and brackets.
        for key in sorted(value, key=lambda each: -len(str(each))):
            name = shown(key)
            after = rest[len(name) :]
            if rest.startswith(name) and (not after or after[0] in ".["):
                yield key, value[key], after.removeprefix(".")
    elif isinstance(value, list | tuple) and rest.startswith("["):
        index, _, after = rest[1:].partition("]")
        if index.isdecimal() and int(index) < len(value):
            yield int(index), value[int(index)], after.removeprefix(".")
    if isinstance(value, Mapping) and rest.startswith("[0]"):
        # A single statement, which the parser counts as a list of one.
        yield from _steps(value, rest[3:].removeprefix("."))


def _said(what: str, path: Path) -> str:
    """Return a parser's message, which continues its path, as a sentence of its own."""
    last = next((str(part) for part in reversed(path) if isinstance(part, str)), "the document")
    whole = last == "Statement" or what.startswith(("names ", "has neither ", "has both "))
    subject = "the statement" if whole else f"'{shortened(last, 60)}'"
    is_sentence = not what.startswith(("is ", "has ", "names "))
    return what if is_sentence else f"{subject} {what}"


def _fault(what: str) -> Fault:
    if what.startswith(_MISSING):
        return Fault.MISSING_KEY
    if "is not an element of" in what:
        return Fault.UNKNOWN_KEY
    if "names a principal" in what or "takes only" in what:
        return Fault.UNSUPPORTED
    return Fault.INVALID_VALUE
