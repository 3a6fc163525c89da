"""Packs the guardrails of each target into as few policies as AWS's limits allow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from landfall.guardrails.catalogue import RCP, SCP, Statement
from landfall.problems import Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its name, AWS's type, its minified document, and what stands in it."""

    name: str
    type: str
    content: str
    guardrails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Size in characters and number per target, by policy type.

    AWS attaches a policy of its own (`FullAWSAccess`) to every target, which takes one place.
    """

    size: Mapping[str, int]
    per_target: Mapping[str, int]


def pack(
    target: str,
    guardrails: Iterable[tuple[str, str, Sequence[Statement]]],
    limits: Limits,
) -> Iterator[Policy]:
    """Yield the policies for `target` from (name, type, statements) of its guardrails.

    Guardrails keep their order and are never split, so that one added at the end leaves the
    documents before it as they are. Raises `ProblemsError` where they do not fit.
    """
    named = list(guardrails)
    for policy_type in (SCP, RCP):
        chosen = [(name, statements) for name, kind, statements in named if kind == policy_type]
        yield from _packed(target, policy_type, chosen, limits)


def _packed(
    target: str,
    policy_type: str,
    guardrails: Sequence[tuple[str, Sequence[Statement]]],
    limits: Limits,
) -> Iterator[Policy]:
    size, places = limits.size[policy_type], limits.per_target[policy_type] - 1
    bins: list[tuple[list[str], list[Statement]]] = []
    for name, statements in guardrails:
        for names, held in bins:
            if len(_document([*held, *statements])) <= size:
                names.append(name)
                held.extend(statements)
                break
        else:
            bins.append(([name], list(statements)))
    sizes = {name: len(_document(statements)) for name, statements in guardrails}
    too_large = [name for name, length in sizes.items() if length > size]
    if too_large or len(bins) > places:
        largest = ", ".join(
            f"{name} ({length})" for name, length in sorted(sizes.items(), key=lambda i: -i[1])[:3]
        )
        raise ProblemsError(
            [
                Problem(
                    f"the guardrails of '{target}' need {len(bins)} policies of type "
                    f"{policy_type}; AWS allows {places} of {size} characters beside its own",
                    f"move some to another level of the tree; the largest are {largest}",
                )
            ]
        )
    kind = "scp" if policy_type == SCP else "rcp"
    label = target.replace("/", "-").replace(" ", "-").lower()
    for number, (names, held) in enumerate(bins, start=1):
        yield Policy(
            f"landfall-{label}-{kind}-{number}", policy_type, _document(held), tuple(names)
        )


def _document(statements: Sequence[Statement]) -> str:
    body = {"Version": "2012-10-17", "Statement": list(statements)}
    return json.dumps(body, separators=(",", ":"))
