"""Custom guardrails, in addition to the catalogue."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, model_validator

from landfall.settings.base import Actions, ListOf, ScopedStatement, Settings, Texts
from landfall.settings.organization_tree import PolicyType

_OF_STATEMENTS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_OF_DOCUMENTS = ("id", "name", "tags")


class GuardrailStatement(ScopedStatement):
    """One statement of a guardrail. It always denies; identity policies allow.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """

    effect: Literal["Deny"] = "Deny"
    """`Deny`."""
    actions: Actions = ()
    """The denied actions, as in `s3:PutBucketAcl`."""
    not_actions: Actions = ()
    """The only actions that are not denied, instead of `actions`."""


class Guardrail(Settings):
    """One guardrail: IAM statements, packed with others, one policy document as it is, or one of
    the catalogue with values of its own."""

    description: str = Field(default="", max_length=512)
    """What it prevents. For a document: the policy's description."""
    type: PolicyType = "SERVICE_CONTROL_POLICY"
    """AWS's policy type. A resource control policy holds for every principal, and takes no
    `notActions`; other types than these two are written as a `document`."""
    statements: ListOf[GuardrailStatement] = ()
    """The guardrail's statements."""
    document: dict[str, Any] | None = None
    """The whole document of one policy, in place of `statements`: it stays a policy of its own, and
    may be of any type and effect."""
    catalogue: str | None = None
    """The catalogue guardrail to configure with `parameters`."""
    parameters: dict[str, Texts] = Field(default_factory=dict)
    """Values of the catalogue guardrail's parameters: a text or a list of texts."""
    name: str | None = Field(default=None, min_length=1, max_length=128)
    """The name of the document's policy. Default: the key."""
    id: str | None = Field(default=None, pattern=r"^p-[0-9a-zA-Z_]{8,128}$")
    """The id of an existing policy to adopt for the document."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the document's policy."""

    @property
    def content(self) -> str:
        """The document as sent to AWS: minified JSON."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False)

    @model_validator(mode="after")
    def _one_form(self) -> Guardrail:
        forms = (bool(self.statements), self.document is not None, self.catalogue is not None)
        if sum(forms) != 1:
            raise ValueError("needs statements, a document or catalogue; add one of them")
        if self.parameters and self.catalogue is None:
            raise ValueError("'parameters' needs a catalogue guardrail; add catalogue:")
        if self.catalogue is not None and "type" in self.model_fields_set:
            raise ValueError("'type' comes from the catalogue guardrail; remove it")
        if self.document is not None:
            if not self.document:
                raise ValueError("the document is empty; add the policy")
            if what := _foreign(self.document):
                raise ValueError(
                    f"the document has {what}, which JSON does not support; put it in quotes"
                )
            return self
        if self.type not in _OF_STATEMENTS:
            raise ValueError(f"a {self.type} does not support statements; use document:")
        for key in _OF_DOCUMENTS:
            if getattr(self, key):
                raise ValueError(f"'{key}' needs a document; use document:")
        return self

    @model_validator(mode="after")
    def _in_the_language_of_its_type(self) -> Guardrail:
        if self.type == "RESOURCE_CONTROL_POLICY":
            for statement in self.statements:
                if statement.not_actions or "*" in statement.actions:
                    raise ValueError(
                        "a resource control policy allows neither '*' nor notActions; "
                        "list the actions by service, as in s3:*"
                    )
        return self


def _foreign(value: Any) -> str:
    """Return a YAML value in a document that JSON does not support; empty if there is none."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if wrong := next((key for key in item if not isinstance(key, str)), None):
                return f"the key {str(wrong)[:40]}"
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
        elif item is not None and not isinstance(item, str | bool | int):
            # Policies have no fractions, and readers differ in how they read them.
            return f"the {type(item).__name__} {str(item)[:40]}"
    return ""
