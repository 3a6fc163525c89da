"""What an action type or a condition rule of CodePipeline takes and gives, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide"
READ_ON = "2026-11-28"

VALUE_LENGTH = 1_000
"""Characters of a configuration value: CodePipeline User Guide, 'Quotas in AWS CodePipeline'."""

RULE_VALUE_LENGTH = 10_000
"""Characters of a rule's configuration value: API Reference, RuleDeclaration."""

FLAG = ("true", "false")

Names = Literal["", "artifact", "file"]
Moment = Literal["creation", "run"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a configuration.

    `values` lists the accepted values, `pattern` is a regular expression for the whole value. Both
    are judged when the action runs: CodePipeline takes any text at creation. `names` says that the
    value names an input artifact, or a file in one as `ARTIFACT::PATH`.
    """

    name: str
    required: bool = False
    values: tuple[str, ...] = ()
    pattern: str = ""
    names: Names = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A key that is needed only under a condition.

    The condition: key `given` is present (with one of `values`, if any), key `without` is absent,
    and the action has no input artifact or several, as `inputs` says.
    """

    key: str
    given: str = ""
    values: tuple[str, ...] = ()
    inputs: Literal["", "none", "several"] = ""
    without: str = ""
    moment: Moment = "run"

    def applies(self, configuration: Mapping[str, str], inputs: int) -> bool:
        """Return whether the condition holds for an action."""
        if self.given and self.given not in configuration:
            return False
        if self.values and configuration.get(self.given) not in self.values:
            return False
        if self.without and self.without in configuration:
            return False
        return {"": True, "none": inputs == 0, "several": inputs > 1}[self.inputs]


@dataclass(frozen=True, slots=True)
class Only:
    """Permissions that are needed only if key `given` is present, with one of `values` if any.

    `without`: the key is absent instead.
    """

    permissions: tuple[str, ...]
    given: str = ""
    values: tuple[str, ...] = ()
    without: str = ""

    def applies(self, configuration: Mapping[str, str]) -> bool:
        """Return whether an action with this configuration needs the permissions."""
        if self.without:
            return self.without not in configuration
        value = configuration.get(self.given)
        return value is not None and (not self.values or value in self.values)


@dataclass(frozen=True, slots=True)
class Demand:
    """What must be true outside the pipeline when an action runs.

    `id` names the demand for code that rehearses it; `answer` is the service's own error text,
    where AWS documents it.
    """

    id: str
    what: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionType:
    """One action type, or (category `Rule`) one condition rule.

    `inputs` and `outputs` are the fewest and the most artifacts. `variables` are the names of the
    output variables, None if the action's own run decides them. `permissions` are what the role
    of the action needs beside the artifact store, some of them `only` under a condition. `page` is
    AWS's page below the user guide. `unconfirmed` lists what AWS's pages leave open or contradict.
    """

    category: str
    provider: str
    page: str
    keys: tuple[Key, ...] = ()
    inputs: tuple[int, int] = (0, 0)
    outputs: tuple[int, int] = (0, 0)
    owner: str = "AWS"
    version: str = "1"
    variables: tuple[str, ...] | None = ()
    needs: tuple[Need, ...] = ()
    demands: tuple[Demand, ...] = ()
    permissions: tuple[str, ...] = ()
    only: tuple[Only, ...] = ()
    v2_only: bool = False
    cross_region: bool = True
    partitions: tuple[str, ...] = ("aws", "aws-us-gov", "aws-cn")
    skips: bool = False
    read_on: str = READ_ON
    unconfirmed: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The address of AWS's page."""
        return f"{GUIDE}/{self.page}.html"

    def key(self, name: str) -> Key | None:
        """Return a key of the configuration; None if the action type has none of that name."""
        return next((key for key in self.keys if key.name == name), None)

    def needed(self, configuration: Mapping[str, str]) -> tuple[str, ...]:
        """Return the permissions that an action with this configuration needs."""
        return tuple(
            permission
            for permission in self.permissions
            if not (under := [each for each in self.only if permission in each.permissions])
            or any(each.applies(configuration) for each in under)
        )

    @property
    def required(self) -> tuple[str, ...]:
        """The keys that every configuration has."""
        return tuple(key.name for key in self.keys if key.required)


LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
"""What actions on CodePipeline's own compute write their logs with."""
