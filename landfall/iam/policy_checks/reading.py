"""Read the documents that a command is given, and report all mistakes together."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from landfall.iam import actions, json_text
from landfall.iam.documents import Document, DocumentError, Kind, parse
from landfall.iam.json_text import JsonTextError
from landfall.iam.policy_checks.checking import check
from landfall.iam.policy_checks.subject import Subject
from landfall.printable import shortened
from landfall.problems import Location, Problem, ProblemsError

_EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
# The least statement has some 40 characters, and AWS's largest policy 32,768; what is far beyond
# is refused, so that every text has its answer in bounded time.
_MOST_STATEMENTS: Final = 2_000
_MOST_CONDITIONS: Final = 5_000
_MOST_PATTERNS: Final = 20_000
_KEPT_EVERY: Final = 50
_MOST_DOCUMENTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings in one document of a batch, or why it cannot be checked."""

    name: str
    found: dict[str, object]
    refused: bool


def document(source: str | bytes, kind: Kind, file: str) -> Document:
    """Parse one document of a file; the problems of the error name the file."""
    try:
        return _bounded(parse(source, kind=kind))
    except DocumentError as error:
        place = Location(file)
        raise DocumentError(replace(one, location=place) for one in error.problems) from None


def _bounded(read: Document) -> Document:
    """Raise an error if a document is much larger than AWS accepts."""
    conditions = patterns = 0
    for one in read.statements:
        conditions += len(one.conditions)
        patterns += len(one.actions) + len(one.not_actions)
        patterns += len(one.resources) + len(one.not_resources)
    limits = (
        ("statements", len(read.statements), _MOST_STATEMENTS),
        ("conditions", conditions, _MOST_CONDITIONS),
        ("actions and resources", patterns, _MOST_PATTERNS),
    )
    fix = "AWS's largest policy has 32,768 characters; split the document"
    problems = [
        Problem(f"has {count:,} {what}, and at most {most:,} are judged", fix, "Statement")
        for what, count, most in limits
        if count > most
    ]
    if problems:
        raise DocumentError(problems)
    return read


def batch(source: str | bytes, file: str) -> Iterator[Answer]:
    """Check each document of a JSON object of documents by name, in order, separately.

    A document is an object or JSON text. One with principals is a role's trust policy if it only
    allows assuming the role, otherwise a resource's policy. Raises `ProblemsError` if the text is
    not such an object.
    """
    try:
        value = json_text.read(source)
    except JsonTextError as error:
        raise _refused(str(error), error.fix, file) from None
    fix = 'write {"name": {"Version": "2012-10-17", "Statement": [...]}, ...}'
    if not isinstance(value, Mapping):
        raise _refused(f"a batch is an object, not {json_text.type_name(value)}", fix, file)
    if len(value) > _MOST_DOCUMENTS:
        raise _refused(f"there are more than {_MOST_DOCUMENTS:,} documents", "split them", file)
    if repeated := json_text.duplicates(value):
        raise _refused(f"the name {shortened(repeated[0])} is repeated", "give each its own", file)
    _prepare(value)
    for place, (name, written) in enumerate(value.items()):
        if place % _KEPT_EVERY == 0:
            # What is cached stays to the end; looking through it again only takes time.
            gc.freeze()
        yield _answer(name, written)


def _prepare(documents: Mapping[str, object]) -> None:
    """Read what all documents need once, so that the time of each is its own."""
    prefixes = {
        text.partition(":")[0].lower()
        for written in documents.values()
        for statement in _statements(written)
        for element in ("Action", "NotAction")
        for text in _texts(statement.get(element))
    }
    actions.load(prefixes)
    check(Subject(identity=(("", parse(_EVERYTHING)),)))
    gc.collect()


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list | tuple) else [value]
    return [text for text in listed if isinstance(text, str)]


def _statements(written: object) -> list[Mapping[object, object]]:
    value = written.get("Statement") if isinstance(written, Mapping) else None
    listed = value if isinstance(value, list | tuple) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _answer(name: str, written: object) -> Answer:
    start = time.perf_counter()
    try:
        found = _judged(name, written)
        refused = False
    except DocumentError as error:
        problems = [{"path": one.path, "what": one.what, "fix": one.fix} for one in error.problems]
        found, refused = {"problems": problems}, True
    found["milliseconds"] = round((time.perf_counter() - start) * 1000, 3)
    return Answer(name, found, refused)


def _judged(name: str, written: object) -> dict[str, object]:
    if json_text.is_text(written):
        # Programs have their documents as JSON text, and a batch may be made of these.
        try:
            written = json_text.read(written)
        except JsonTextError as error:
            raise DocumentError([Problem(str(error), error.fix)]) from None
    if not isinstance(written, Mapping):
        fix = 'a policy is {"Version": "2012-10-17", "Statement": [...]}'
        what = f"a policy document is an object, not {json_text.type_name(written)}"
        raise DocumentError([Problem(what, fix)])
    kind = kind_of(written)
    read = _bounded(parse(written, kind=kind))
    labelled = (shortened(name, 128), read)
    if kind == "trust":
        return check(Subject(trust=labelled)).as_json()
    if kind == "resource":
        return check(Subject(resource_policy=labelled)).as_json()
    return check(Subject(identity=(labelled,))).as_json()


def kind_of(written: Mapping[object, object]) -> Kind:
    """Return the kind of a document, from the elements of its statements."""
    objects = _statements(written)
    if not any("Principal" in one or "NotPrincipal" in one for one in objects):
        return "identity"
    trusts = all("Resource" not in one and _assumes(one.get("Action")) for one in objects)
    return "trust" if trusts else "resource"


def _assumes(written: object) -> bool:
    texts = _texts(written)
    return bool(texts) and all(text.lower().startswith("sts:") for text in texts)


def _refused(what: str, fix: str, file: str) -> ProblemsError:
    return ProblemsError([Problem(what, fix, location=Location(file))])
