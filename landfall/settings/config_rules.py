"""AWS Config in every account: what it records, and its rules with their remediation."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings, Texts

# https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html
PackName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][-a-zA-Z0-9]*$", max_length=100)]
ResourceType = Annotated[str, StringConstraints(pattern=r"^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$")]
# A rule's name also becomes a logical name of CloudFormation, which has no hyphens.
RuleName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$", max_length=128)
]
Period = Literal["1-hour", "3-hours", "6-hours", "12-hours", "24-hours"]


class CustomRule(Settings):
    """A custom rule: a policy in Guard's language, or a Lambda function."""

    description: str = Field(default="", max_length=256)
    """What it checks."""
    guard: str | None = Field(default=None, min_length=1, max_length=10_000)
    """The policy in the language of CloudFormation Guard 2."""
    function: str | None = Field(
        default=None, pattern=r"^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+$"
    )
    """The ARN of a Lambda function that each account's AWS Config may invoke."""
    types: ListOf[ResourceType] = ()
    """The resource types whose changes are evaluated."""
    every: Period | None = None
    """Evaluate at this interval, instead of or in addition to changes; only a function can."""
    parameters: dict[str, str | int | bool] = Field(default_factory=dict)
    """The rule's parameters."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.guard is None) == (self.function is None):
            raise ValueError("needs either guard or function; add one of them")
        if self.guard is not None and self.every is not None:
            raise ValueError("a Guard policy evaluates changes only; remove 'every'")
        if not self.types and self.every is None:
            raise ValueError("is never evaluated; add types")
        return self


class Remediation(Settings):
    """What AWS Config does about resources that do not comply with a rule."""

    document: str = Field(pattern=r"^[A-Za-z0-9_.:/-]{3,256}$")
    """The Automation runbook of Systems Manager, as in `AWS-ConfigureS3BucketVersioning`."""
    version: str | None = Field(default=None, pattern=r"^[0-9]+$")
    """The runbook's version, in quotes. Default: its default version."""
    role: str | None = None
    """The role of `access.roles` with which the runbook acts; it has `services: [ssm]`."""
    parameters: dict[str, Texts] = Field(default_factory=dict, max_length=24)
    """The runbook's parameters; `RESOURCE_ID` is the resource that does not comply."""
    automatic: Flag = False
    """Run the runbook without a user."""
    attempts: Count = Field(default=5, ge=1, le=25)
    """How often to try."""
    retry_seconds: Count = Field(default=60, ge=1, le=2_678_000)
    """The time for these attempts."""

    @model_validator(mode="after")
    def _acts_as_somebody(self) -> Self:
        if self.automatic and self.role is None:
            raise ValueError("an automatic remediation needs a role; add it")
        return self


class OwnPack(Settings):
    """A custom conformance pack."""

    rules: dict[str, dict[str, str | int | bool]] = Field(default_factory=dict)
    """AWS's managed rules by identifier, as in `S3_BUCKET_VERSIONING_ENABLED`, with parameters."""
    custom_rules: dict[RuleName, CustomRule] = Field(default_factory=dict)
    """Custom rules by name."""
    remediations: dict[str, Remediation] = Field(default_factory=dict)
    """Remediations by the rule's key in `rules` or `customRules`."""
    regions: Literal["all", "home"] = "all"
    """`home` for rules of global services such as IAM, whose result is the same in each region."""
    units: Distinct = ()
    """Only accounts below these units get it. Default: every account."""
    accounts: Distinct = ()
    """Accounts that get it, too."""

    @model_validator(mode="after")
    def _has_rules(self) -> Self:
        if not self.rules and not self.custom_rules:
            raise ValueError("the pack is empty; add rules or customRules")
        return self


class ConfigDifference(Settings):
    """What AWS Config records differently in a unit or account."""

    enabled: Flag = True
    """Whether to record there."""
    frequency: Literal["continuous", "daily"] = "continuous"
    """How often to record a changing resource."""
    except_types: ListOf[ResourceType] = ()
    """Resource types not to record."""


class Config(Settings):
    """AWS Config in every account."""

    enabled: Flag = True
    """Whether to record."""
    regions: Distinct = ()
    """The regions to record in. Default: the organization's regions."""
    frequency: Literal["continuous", "daily"] = "continuous"
    """How often to record a changing resource."""
    except_types: ListOf[ResourceType] = ()
    """Resource types not to record, as in `AWS::EC2::NetworkInterface`."""
    packs: Distinct = ("encryption", "least-privilege")
    """Landfall's conformance packs for the whole organization."""
    own_packs: dict[PackName, OwnPack] = Field(default_factory=dict)
    """Custom conformance packs by name."""
    units: dict[str, ConfigDifference] = Field(default_factory=dict)
    """Differences by unit, for all accounts below it."""
    accounts: dict[str, ConfigDifference] = Field(default_factory=dict)
    """Differences by account."""
