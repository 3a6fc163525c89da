"""Parse a stack's config to one checked value, or report every mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from landfall.problems import Location, Problem, ProblemsError
from landfall.settings import keys
from landfall.settings.source import Locations, Path, dotted
from landfall.settings.stack import Stack
from landfall.settings.suggestions import nearest
from landfall.validation import families
from landfall.validation.kinds import Kind
from landfall.validation.messages import path_of, shown, told
from landfall.validation.mistakes import Mistake
from landfall.validation.pruning import Pruned

_KNOWN_KEYS = tuple(field.alias or name for name, field in Stack.model_fields.items())
# Replacements for malformed required settings, so that the rest is still checked.
_STAND_INS = {keys.REGION: "us-east-1", keys.ORGANIZATION: {}}
_ROUNDS = 8


def parse(
    config: Mapping[str, Any],
    *,
    stack: str = "",
    locations: Locations | None = None,
    prefix: Path = ("config",),
    unread: Iterable[Path] = (),
) -> Stack:
    """Return the settings that a stack's config describes.

    `config` maps full keys (`landfall:accounts`) to plain values; keys of other namespaces are
    left to whom they belong. `prefix` is the path of the config in the file. `unread` are paths
    whose settings exist but could not be read: what refers to them is no mistake. Raises
    `ProblemsError` with every mistake, in the order of the file.
    """
    own = {key: value for key, value in config.items() if _is_own(key)}
    mistakes = list(_foreign_keys(config))
    pruned = Pruned(own)
    for path in unread:
        pruned.cut(path)
    for path in secrets(own):
        pruned.cut(path)
        what = "settings are plaintext, but this value is a secret"
        mistakes.append(
            Mistake(
                path,
                what,
                "set it without --secret, or store the secret elsewhere",
                kind=Kind.SECRET_VALUE,
            )
        )
    settings: Stack | None = None
    for _ in range(_ROUNDS):
        try:
            stand_ins = {key: it for key, it in _STAND_INS.items() if (key,) in pruned.cuts}
            value = {**stand_ins, **pruned.value()}
            context = {"stack": stack}
            settings = Stack.model_validate(value, context=context, by_alias=True, by_name=False)
            break
        except ValidationError as error:
            _take_out(error, pruned, own, mistakes)
    if settings is not None:
        for mistake in families.all_of(settings):
            # A reference to a removed part is not a separate mistake.
            if not pruned.hides(mistake.about):
                mistakes.append(replace(mistake, path=pruned.original(mistake.path)))
    if mistakes or settings is None:
        raise ProblemsError(_problems(mistakes, locations or Locations(""), prefix))
    return settings


def secrets(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of Pulumi secrets in a config: mappings with the single key `secure`."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            yield path
            return
        for key, item in value.items():
            yield from secrets(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from secrets(item, (*path, index))


def _is_own(key: Any) -> bool:
    return isinstance(key, str) and (key.startswith(keys.NAMESPACE) or key == keys.REGION)


def _foreign_keys(config: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield misspelled keys without a namespace or with another one."""
    for key in config:
        if _is_own(key):
            continue
        namespace, colon, name = str(key).partition(":")
        if not colon:
            fix = f"did you mean '{keys.NAMESPACE}{namespace}'?"
            yield Mistake((key,), f"{shown(key)} has no namespace", fix, kind=Kind.UNKNOWN_KEY)
        elif f"{keys.NAMESPACE}{name}" in _KNOWN_KEYS and nearest(namespace, ["landfall"]):
            fix = f"did you mean '{keys.NAMESPACE}{name}'?"
            yield Mistake((key,), f"{shown(key)} is not known", fix, kind=Kind.UNKNOWN_KEY)


def _take_out(
    error: ValidationError, pruned: Pruned, own: Mapping[str, Any], mistakes: list[Mistake]
) -> None:
    left = pruned.value()
    for item in error.errors(include_url=False):
        path = pruned.original(path_of(item, left))
        # In later rounds, a part may be missing because an earlier round removed it.
        if not pruned.cut_at_or_below(path):
            mistakes.append(told(item, path, Stack, own))
        # A value without its required part is removed too.
        lacking = item["type"] == "missing" and len(path) > 1
        pruned.cut(path[:-1] if lacking else path)


def _problems(mistakes: list[Mistake], locations: Locations, prefix: Path) -> list[Problem]:
    problems = {
        Problem(
            mistake.what,
            mistake.fix,
            dotted(mistake.path),
            locations.of((*prefix, *mistake.path)),
            id=mistake.kind,
        )
        for mistake in mistakes
    }
    return sorted(
        problems, key=lambda problem: (problem.location or Location(""), problem.path, problem.what)
    )
