"""What every account gets in each region, by layers: the stack, units from the top, the account.

Defaults follow AWS Foundational Security Best Practices and CIS AWS Foundations; each part names
its control. What a layer leaves out comes from the layer around it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import EMAIL, Count, Flag, Settings

# https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
PHONE = r"^[0-9 ()+-]+$"
_CONTACT_EMAIL = r"^[\w+=.#|!&-]+@[\w.-]+\.\w+$"
_KEY_ARN = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"

Email = Annotated[str, StringConstraints(pattern=EMAIL)]
Percent = Annotated[Count, Field(ge=1, le=1000)]
ContactType = Literal["security", "billing", "operations"]
CONTACTS: tuple[ContactType, ...] = ("security", "billing", "operations")


class PasswordPolicy(Settings):
    """The password policy of IAM users: IAM.7, IAM.15, IAM.16; CIS 1.8 and 1.9."""

    enabled: Flag = True
    """Set the policy."""
    minimum_length: Annotated[Count, Field(ge=8, le=128)] = 14
    """Characters that a password has at least."""
    remembered: Annotated[Count, Field(ge=0, le=24)] = 24
    """Earlier passwords that may not be used again; 0 for none."""
    max_age_days: Annotated[Count, Field(ge=0, le=1095)] = 0
    """Days after which a password expires; 0 for never, as NIST SP 800-63B advises."""


class Contact(Settings):
    """One alternate contact of an account, whom AWS writes to beside the root user."""

    name: str = Field(min_length=1, max_length=64)
    """Who it is."""
    title: str = Field(min_length=1, max_length=50)
    """What they are, as in `Security Operations`."""
    email: str = Field(pattern=_CONTACT_EMAIL, max_length=254)
    """Where AWS writes to."""
    phone: str = Field(pattern=PHONE, max_length=25)
    """Where AWS calls, as in `+49 30 1234567`."""


class Contacts(Settings):
    """The alternate contacts: Account.1, CIS 1.2."""

    security: Contact | None = None
    """Who is told of security issues."""
    billing: Contact | None = None
    """Who is told of bills."""
    operations: Contact | None = None
    """Who is told of the services' operation."""

    def given(self) -> dict[ContactType, Contact]:
        """Return the contacts that there are."""
        found = {kind: getattr(self, kind) for kind in CONTACTS}
        return {kind: contact for kind, contact in found.items() if contact is not None}


class Budget(Settings):
    """What an account may cost a month, and who is told on the way there."""

    enabled: Flag = True
    """Make the budget, where there is an amount."""
    amount: Annotated[float, Field(ge=0.01, le=1e12, strict=True)] | None = None
    """The limit of a calendar month."""
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    """The currency of the bill; USD, and CNY in China, where left out."""
    actual: tuple[Percent, ...] = (80, 100)
    """Percentages of the amount at which somebody is told once they are spent."""
    forecast: tuple[Percent, ...] = (100,)
    """Percentages at which somebody is told once AWS forecasts them."""
    notify: tuple[Email, ...] = ()
    """E-mail addresses that are told."""


class Baseline(Settings):
    """The baseline of an account; as a layer, what it changes of the layer around it."""

    enabled: Flag = True
    """Whether anything of it is made."""
    password_policy: PasswordPolicy = PasswordPolicy()
    """The password policy of IAM users."""
    block_public_buckets: Flag = True
    """Block public access to all of the account's buckets: S3.1, CIS 2.1.4."""
    encrypt_volumes: Flag = True
    """Encrypt new EBS volumes: EC2.7, CIS 2.2.1."""
    volume_keys: dict[str, Annotated[str, StringConstraints(pattern=_KEY_ARN)]] = Field(
        default_factory=dict
    )
    """By region, the ARN of the KMS key for volumes; AWS's own where left out."""
    block_public_snapshots: Flag = True
    """Block public sharing of EBS snapshots: EC2.1, EC2.182."""
    block_public_images: Flag = True
    """Block new public sharing of machine images."""
    require_imdsv2: Flag = True
    """Let new instances answer IMDSv2 alone unless they ask for more: EC2.8, CIS 5.6."""
    metadata_hops: Annotated[Count, Field(ge=1, le=64)] | None = None
    """How far answers of the metadata service travel; as the image has it where left out."""
    access_analyzer: Flag | None = None
    """An analyzer of the account's own in each region: IAM.28, CIS 1.20. Where left out it is made
    unless the organization's analyzer covers every account."""
    contacts: Contacts = Contacts()
    """Alternate contacts."""
    budget: Budget = Budget()
    """A budget with alerts."""


class StackBaseline(Baseline):
    """The baseline of a stack's accounts, and of the management account."""

    management_account: Baseline = Field(default_factory=Baseline)
    """What differs for the management account."""


def layered(base: Baseline, over: Baseline) -> Baseline:
    """Return `base` with what `over` says for itself in its place."""
    return Baseline.model_construct(None, **_merged(base, over, Baseline))


def _merged(base: Settings, over: Settings, model: type[Settings]) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(base, name) for name in model.model_fields}
    for name in over.model_fields_set & set(model.model_fields):
        new, old = getattr(over, name), values[name]
        if isinstance(new, Contacts | Budget | PasswordPolicy) and isinstance(old, Settings):
            kind = type(new)
            new = kind.model_construct(None, **_merged(old, new, kind))
        elif isinstance(new, dict) and isinstance(old, dict):
            new = {**old, **new}
        values[name] = new
    return values
