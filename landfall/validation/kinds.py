"""The kinds of mistakes in a stack file. The value of each is its id, which never changes.

`docs/mistakes.md` lists them with an example each; `python -m tests.validation.mistake_docs` writes
that page.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is wrong in general; the mistake's message says what is wrong here."""

    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    MALFORMED_VALUE = "malformed-value"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_CHOICE = "unknown-choice"
    INVALID_VALUE = "invalid-value"
    SECRET_VALUE = "secret-value"  # noqa: S105
    PLAINTEXT_CREDENTIAL = "plaintext-credential"
    UNKNOWN_ACCOUNT = "unknown-account"
    SUSPENDED_ACCOUNT = "suspended-account"
    UNKNOWN_UNIT = "unknown-unit"
    UNKNOWN_GUARDRAIL = "unknown-guardrail"
    UNKNOWN_REGION = "unknown-region"
    UNKNOWN_REFERENCE = "unknown-reference"
    UNUSED_REGION = "unused-region"
    HOME_REGION = "home-region"
    WRONG_REGION = "wrong-region"
    OTHER_PARTITION = "other-partition"
    NAME_TAKEN = "name-taken"
    DUPLICATE_SETTING = "duplicate-setting"
    CONFLICTING_SETTINGS = "conflicting-settings"
    MISSING_SETTING = "missing-setting"
    UNSUPPORTED = "unsupported"
    EXCEEDS_LIMIT = "exceeds-limit"
    TOO_PERMISSIVE = "too-permissive"
    GUARDRAIL_LOCKOUT = "guardrail-lockout"
    INCOMPLETE_RENAME = "incomplete-rename"


MEANINGS: Final = {
    Kind.UNKNOWN_KEY: "The key has no meaning at this place.",
    Kind.MISSING_KEY: "A required key is missing.",
    Kind.WRONG_TYPE: "The value has another type than the setting, such as a number for a text.",
    Kind.MALFORMED_VALUE: "The value does not have the form of the setting, such as an ARN.",
    Kind.OUT_OF_RANGE: "The value is too small, too large, too short or too long.",
    Kind.UNKNOWN_CHOICE: "The value is not one of the setting's choices.",
    Kind.INVALID_VALUE: "The value has the right form, but AWS or Landfall cannot use it.",
    Kind.SECRET_VALUE: "The value is a Pulumi secret, but settings are plaintext.",
    Kind.PLAINTEXT_CREDENTIAL: "The value looks like a credential. It belongs in a secret.",
    Kind.UNKNOWN_ACCOUNT: "The stack has no account of this name or id.",
    Kind.SUSPENDED_ACCOUNT: "The account is suspended, so nothing may be in it.",
    Kind.UNKNOWN_UNIT: "The organization has no unit of this path.",
    Kind.UNKNOWN_GUARDRAIL: "Neither the stack nor the catalogue has this guardrail.",
    Kind.UNKNOWN_REGION: "AWS has no region of this name.",
    Kind.UNKNOWN_REFERENCE: "The value refers to something else that does not exist.",
    Kind.UNUSED_REGION: "The region exists, but the organization does not use it.",
    Kind.HOME_REGION: "The home region is missing from a list of regions, or is not its first.",
    Kind.WRONG_REGION: "A resource is in another region than what uses it.",
    Kind.OTHER_PARTITION: "The value belongs to another partition than the organization.",
    Kind.NAME_TAKEN: "Something else has this name, id or address, or reserves it.",
    Kind.DUPLICATE_SETTING: "The same thing is set twice.",
    Kind.CONFLICTING_SETTINGS: "Two settings exclude each other.",
    Kind.MISSING_SETTING: "Another setting is needed for this one to have an effect.",
    Kind.UNSUPPORTED: "AWS or this kind of source, deployment or partition does not support it.",
    Kind.EXCEEDS_LIMIT: "A quota or a fixed limit of AWS is exceeded.",
    Kind.TOO_PERMISSIVE: "The setting would give access to more than it should.",
    Kind.GUARDRAIL_LOCKOUT: "A guardrail denies what a role of the platform needs.",
    Kind.INCOMPLETE_RENAME: "`formerly` does not agree with the rest of the stack file.",
}
