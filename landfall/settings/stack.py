"""The settings of one stack, from its config to one checked value."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, ValidationError, field_validator

from landfall.problems import Location, Problem, ProblemsError
from landfall.settings import checks, naming
from landfall.settings.access import Access
from landfall.settings.accounts import Account, Purpose
from landfall.settings.artifacts import Artifacts
from landfall.settings.base import Count, Name, Settings
from landfall.settings.checks import Found
from landfall.settings.delivery import Delivery
from landfall.settings.guardrails import Guardrail
from landfall.settings.models import model_at
from landfall.settings.organization import Organization
from landfall.settings.quotas import QUOTAS
from landfall.settings.source import Locations, Path, dotted
from landfall.settings.suggestions import suggestion

NAMESPACE = "landfall:"
REGION = "aws:region"


class Stack(Settings):
    """Everything a stack file says about the landing zone."""

    region: str = Field(alias="aws:region", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    """The home region."""
    organization: Organization = Field(alias="landfall:organization")
    """The organization and its units."""
    accounts: dict[Name, Account] = Field(alias="landfall:accounts", default_factory=dict)
    """Member accounts, by name."""
    accounts_folder: str | None = Field(default=None, alias="landfall:accountsFolder")
    """A folder with one file per account, beside those in `accounts`."""
    access: Access = Field(default=Access(), alias="landfall:access")
    """Roles across accounts."""
    guardrails: dict[Name, Guardrail] = Field(alias="landfall:guardrails", default_factory=dict)
    """The team's own guardrails, by name."""
    artifacts: Artifacts = Field(default=Artifacts(), alias="landfall:artifacts")
    """Where pipelines keep their artifacts."""
    delivery: Delivery = Field(default=Delivery(), alias="landfall:delivery")
    """Applications and their pipelines."""
    tags: dict[str, str] = Field(alias="landfall:tags", default_factory=dict)
    """Tags of everything in the member accounts."""
    quotas: dict[str, Count] = Field(alias="landfall:quotas", default_factory=dict)
    """Limits of AWS that differ for this organization, by name."""

    @field_validator("quotas")
    @classmethod
    def _known(cls, value: dict[str, int]) -> dict[str, int]:
        for name in value:
            if name not in QUOTAS:
                raise ValueError(f"'{name}' is no quota; {suggestion(name, QUOTAS)}")
        return value

    @property
    def partition(self) -> str:
        """The partition of the home region."""
        return naming.partition(self.region)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions in use, the home region first."""
        return self.organization.regions or (self.region,)

    def quota(self, name: str) -> int:
        """Return a limit, as overridden for this stack."""
        return self.quotas.get(name, QUOTAS[name].value)

    def account_with_purpose(self, purpose: Purpose) -> str | None:
        """Return the name of the account with this purpose."""
        return next((n for n, a in self.accounts.items() if a.purpose == purpose), None)

    @property
    def delivery_account(self) -> str | None:
        """The name of the account that pipelines stand in."""
        return self.delivery.account or self.account_with_purpose("delivery")

    def accounts_in(self, unit: str) -> Iterator[str]:
        """Yield the names of the accounts in a unit and in the units below it."""
        for name, account in self.accounts.items():
            if account.unit == unit or account.unit.startswith(f"{unit}/"):
                yield name


def parse(config: Mapping[str, Any], *, locations: Locations, prefix: Path = ("config",)) -> Stack:
    """Return the settings that a stack's config describes.

    `config` maps full keys (`landfall:accounts`) to plain values; keys of other namespaces are
    left to whom they belong. `prefix` is the path of the config in the file. Raises
    `ProblemsError` with every mistake, in the order of the file.
    """
    own = {
        key: value for key, value in config.items() if key.startswith(NAMESPACE) or key == REGION
    }
    try:
        stack: Stack | None = Stack.model_validate(own)
        found: list[Found] = []
    except ValidationError as error:
        found = [_told(item, own) for item in error.errors(include_url=False)]
        stack, cut = _without_mistakes(own, error)
    if stack is not None:
        # What points at something that was cut out is not a mistake of its own.
        gone = {f"'{path[-1]}'" for path, _, _ in found} | (cut if found else set())
        found += [item for item in checks.all_of(stack) if not any(g in item[1] for g in gone)]
    if found:
        problems = [
            Problem(what, fix, dotted(path), locations.of((*prefix, *path)))
            for path, what, fix in found
        ]
        problems.sort(key=lambda problem: (problem.location or Location(""), problem.path))
        raise ProblemsError(problems)
    assert stack is not None  # noqa: S101 - no stack without a mistake found
    return stack


def _without_mistakes(
    config: Mapping[str, Any], error: ValidationError
) -> tuple[Stack | None, set[str]]:
    """Return the stack without its malformed parts, so that the checks across it still run."""
    rest, cut = copy.deepcopy(dict(config)), set[str]()
    for _ in range(8):
        for item in error.errors(include_url=False):
            path = tuple(part for part in item["loc"] if part not in _TAGS)
            # What lacks a part is no use by itself.
            path = path[:-1] if item["type"] == "missing" else path
            cut.add(f"'{path[-1] if path else ''}'")
            _cut(rest, path)
        try:
            return Stack.model_validate(rest), cut
        except ValidationError as again:
            error = again
    return None, cut


def _cut(document: Any, path: Path) -> None:
    for part in path[:-1]:
        document = document.get(part) if isinstance(document, dict) else None
    if path and isinstance(document, dict):
        document.pop(path[-1], None)


_TAGS = {
    "CodeCommitSource",
    "CloudFormationDeploy",
    "ConnectionSource",
    "LambdaDeploy",
    "S3Deploy",
    "S3Source",
}


def _told(error: Any, config: Mapping[str, Any]) -> tuple[Path, str, str]:
    path = tuple(part for part in error["loc"] if part not in _TAGS)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = [f.alias or n for n, f in model_at(Stack, path[:-1], config).model_fields.items()]
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        fix = f"did you mean '{near[0]}'?" if near else "it can hold " + ", ".join(sorted(known))
        return path, f"'{path[-1]}' is not known here", fix
    if kind == "missing":
        return path, f"'{path[-1]}' is missing", "it has no default; write it"
    if kind == "missing_kind":
        return path, str(error["msg"]), "its keys say which kind it is"
    if kind == "string_pattern_mismatch":
        return (
            path,
            f"'{_short(error['input'])}' does not fit",
            f"it must match {context['pattern']}",
        )
    if kind == "literal_error":
        wrong = str(error["input"])
        choices = [c.strip("'") for c in str(context["expected"]).replace(" or ", ", ").split(", ")]
        near = difflib.get_close_matches(wrong, choices, n=1)
        fix = f"did you mean '{near[0]}'? " if near else ""
        return (
            path,
            f"'{_short(wrong)}' is none of the choices",
            f"{fix}it is one of {', '.join(choices)}",
        )
    if isinstance(error["input"], dict) and "secure" in error["input"]:
        return path, "a secret stands where a plain value is needed", "write it without --secret"
    message = str(error["msg"]).removeprefix("Value error, ")
    return path, f"{message[:1].lower()}{message[1:]}", f"it is {_short(error['input'])}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
