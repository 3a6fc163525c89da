"""What every settings model shares: frozen, nothing unknown accepted, camelCase in YAML."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Settings(BaseModel):
    """Base of the settings models."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""A list of texts; one text alone stands for a list of one, as in IAM's own documents."""


class Statement(Settings):
    """One IAM statement."""

    sid: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]*$")
    """An id of letters and digits."""
    effect: str = Field(default="Allow", pattern="^(Allow|Deny)$")
    """`Allow` or `Deny`."""
    actions: Texts = Field(min_length=1)
    """Actions, as in `s3:GetObject`."""
    resources: Texts = ("*",)
    """Resources, as ARNs."""
    conditions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Conditions: operator, then key, then value or list of values."""

    def iam_json(self) -> dict[str, Any]:
        """Return the statement in IAM's JSON form."""
        result: dict[str, Any] = {"Sid": self.sid} if self.sid else {}
        result |= {
            "Effect": self.effect,
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.conditions:
            result["Condition"] = self.conditions
        return result
