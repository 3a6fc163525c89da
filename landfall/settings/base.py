"""The base of all settings models: frozen, no unknown keys, camelCase in YAML."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import core_schema


class Settings(BaseModel):
    """Base of the settings models."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )


Flag = Annotated[bool, Strict()]
"""`true` or `false`; other words are not converted."""

Count = Annotated[int, Strict()]
"""A whole number; a text of digits is not converted."""

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
"""The days that CloudWatch Logs can keep a log group's events."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
"""A name that becomes part of AWS and Pulumi names: letters, digits, '-', '_' and '.'."""


# https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
Alias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](-?[a-z0-9])*$", min_length=3, max_length=63),
]
"""An account's name in sign-in URLs: lower-case letters and digits, with single hyphens between."""


Item = TypeVar("Item")


class _OneOrMore:
    """Takes one value for a list of one, in the models and in their JSON Schema."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        listed = handler(core)
        return {"anyOf": [listed.get("items", {}), listed]}


def _listed(value: Any) -> Any:
    # An empty key is a mistake of its own, so nothing does not stand for a list of nothing.
    return value if value is None or isinstance(value, list | tuple) else [value]


ListOf = Annotated[tuple[Item, ...], _OneOrMore()]
"""A list; one value alone stands for a list of one, as in IAM's own documents."""

Texts = ListOf[str]
"""A list of texts."""


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"'{value[:80]}' is listed twice; keep one of them")
    return values


Distinct = Annotated[Texts, AfterValidator(_distinct)]
"""A list of unique texts."""

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
Action = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")]
Actions = ListOf[Action]

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
Operator = Annotated[
    str,
    StringConstraints(
        pattern=r"^(ForAllValues:|ForAnyValue:)?"
        r"(String(Not)?Equals(IgnoreCase)?|String(Not)?Like|Arn(Not)?(Equals|Like)|Bool|BinaryEquals"
        r"|(Numeric|Date)(Equals|NotEquals|(Less|Greater)Than(Equals)?)|(Not)?IpAddress|Null)"
        r"(IfExists)?$"
    ),
]


def _as_texts(value: Any) -> Any:
    values = value if isinstance(value, list | tuple) else [value]
    return [_as_text(item) for item in values]


def _as_text(value: Any) -> Any:
    # IAM compares texts; AWS returns booleans and numbers of a condition as texts.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) and value.bit_length() < 64 else value


ConditionValues = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "boolean", "integer"]},
                {"type": "array", "items": {"type": ["string", "boolean", "integer"]}},
            ]
        }
    ),
]


class Statement(Settings):
    """One IAM statement, with IAM's own element names."""

    sid: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]+$")
    """The statement's id: letters and digits."""
    effect: Literal["Allow", "Deny"] = "Allow"
    """`Allow` or `Deny`."""
    actions: Actions = Field(min_length=1)
    """Actions, as in `s3:GetObject`."""
    resources: Texts = Field(default=("*",), min_length=1)
    """Resources, as ARNs."""
    conditions: dict[Operator, dict[str, ConditionValues]] = Field(default_factory=dict)
    """Conditions: operator, then key, then value or list of values."""

    def iam_json(self) -> dict[str, Any]:
        """Return the statement in IAM's JSON form."""
        result: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        result["Effect"] = self.effect
        result |= self._scope()
        result["Resource"] = list(self.resources)
        if self.conditions:
            result["Condition"] = {
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in self.conditions.items()
            }
        return result

    def _scope(self) -> dict[str, Any]:
        return {"Action": list(self.actions)}


class ScopedStatement(Statement):
    """A statement about the listed actions, or about all others."""

    actions: Actions = ()
    """Actions, as in `s3:GetObject`."""
    not_actions: Actions = ()
    """The only actions that the statement is not about, instead of `actions`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError("needs either actions or notActions; add one of them")
        return self

    def _scope(self) -> dict[str, Any]:
        if self.not_actions:
            return {"NotAction": list(self.not_actions)}
        return {"Action": list(self.actions)}


class RoleStatement(ScopedStatement):
    """A statement of a role or permission set: `notActions` only denies."""

    @model_validator(mode="after")
    def _allows_what_it_lists(self) -> Self:
        if self.not_actions and self.effect == "Allow":
            raise ValueError(
                "'notActions' allows everything else, also what AWS adds later; list the actions"
            )
        return self
