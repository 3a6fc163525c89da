"""A team's own guardrails, beside those of the catalogue."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from landfall.settings.base import Actions, Settings, Statement


class GuardrailStatement(Statement):
    """One statement of a guardrail. It denies: what is allowed is for identity policies to say.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    effect: Literal["Deny"] = "Deny"
    """`Deny`."""
    actions: Actions = ()
    """The actions that are denied, as in `s3:PutBucketAcl`."""
    not_actions: Actions = ()
    """The only actions that are not denied, in place of `actions`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> GuardrailStatement:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError("needs either actions or notActions; write one of them")
        return self

    def _scope(self) -> dict[str, Any]:
        if self.not_actions:
            return {"NotAction": list(self.not_actions)}
        return {"Action": list(self.actions)}


class Guardrail(Settings):
    """One guardrail, written as IAM statements."""

    description: str = ""
    """What it prevents."""
    type: Literal["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] = "SERVICE_CONTROL_POLICY"
    """AWS's policy type. A resource control policy holds for every principal, and takes no
    `notActions`."""
    statements: tuple[GuardrailStatement, ...] = Field(min_length=1)
    """Its statements."""

    @model_validator(mode="after")
    def _in_the_language_of_its_type(self) -> Guardrail:
        if self.type == "RESOURCE_CONTROL_POLICY":
            for statement in self.statements:
                if statement.not_actions or "*" in statement.actions:
                    raise ValueError(
                        "a resource control policy takes neither '*' nor notActions; "
                        "name the actions by service, as in s3:*"
                    )
        return self
