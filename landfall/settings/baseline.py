"""The baseline of every account in each region, in layers: stack, units from the top, account.

Defaults follow AWS Foundational Security Best Practices and CIS AWS Foundations; each part lists
its control. A layer inherits what it does not set.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import EMAIL, Count, Flag, ListOf, Settings
from landfall.settings.service_quotas import QuotaCode, QuotaRequest
from landfall.settings.sessions import Sessions

# https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
PHONE = r"^[0-9 ()+-]+$"
_CONTACT_EMAIL = r"^[\w+=.#|!&-]+@[\w.-]+\.\w+$"
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
_VAULT = r"^[a-zA-Z0-9_-]{2,50}$"
_ROLE = r"^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$"
TOPIC_ARN = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
_KEY_ARN = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"

Email = Annotated[str, StringConstraints(pattern=EMAIL)]
Amount = Annotated[float, Field(ge=0.01, le=1e12, strict=True)]
Percent = Annotated[Count, Field(ge=1, le=1000)]
ContactType = Literal["security", "billing", "operations"]
CONTACTS: tuple[ContactType, ...] = ("security", "billing", "operations")


class PasswordPolicy(Settings):
    """The password policy of IAM users: IAM.7, IAM.15, IAM.16; CIS 1.8 and 1.9."""

    enabled: Flag = True
    """Whether to set the policy."""
    minimum_length: Annotated[Count, Field(ge=8, le=128)] = 14
    """The minimum number of characters."""
    remembered: Annotated[Count, Field(ge=0, le=24)] = 24
    """The number of earlier passwords that cannot be reused; 0 for none."""
    max_age_days: Annotated[Count, Field(ge=0, le=1095)] = 0
    """Days until a password expires; 0 for never, as NIST SP 800-63B recommends."""
    hard_expiry: Flag = False
    """An administrator must reset an expired password; users cannot change it themselves."""


class Contact(Settings):
    """One alternate contact of an account, in addition to the root user."""

    name: str = Field(min_length=1, max_length=64)
    """The contact's name."""
    title: str = Field(min_length=1, max_length=50)
    """The contact's title, as in `Security Operations`."""
    email: str = Field(pattern=_CONTACT_EMAIL, max_length=254)
    """The contact's e-mail address."""
    phone: str = Field(pattern=PHONE, max_length=25)
    """The contact's phone number, as in `+49 30 1234567`."""


class Contacts(Settings):
    """The alternate contacts: Account.1, CIS 1.2."""

    security: Contact | None = None
    """The contact for security issues."""
    billing: Contact | None = None
    """The contact for bills."""
    operations: Contact | None = None
    """The contact for operations."""

    def given(self) -> dict[ContactType, Contact]:
        """Return the contacts that are set."""
        found = {kind: getattr(self, kind) for kind in CONTACTS}
        return {kind: contact for kind, contact in found.items() if contact is not None}


class Budget(Settings):
    """A monthly budget of an account, with alerts."""

    enabled: Flag = True
    """Create the budget, if there is an amount."""
    amount: Amount | None = None
    """The limit of a calendar month."""
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    """The currency of the bill. Default: USD; CNY in China."""
    actual: ListOf[Percent] = (80, 100)
    """Percentages of the amount at which actual costs trigger an alert."""
    forecast: ListOf[Percent] = (100,)
    """Percentages of the amount at which AWS's forecast triggers an alert."""
    actual_amounts: ListOf[Amount] = ()
    """Amounts at which actual costs trigger an alert."""
    forecast_amounts: ListOf[Amount] = ()
    """Amounts at which AWS's forecast triggers an alert."""
    notify: ListOf[Email] = ()
    """E-mail addresses to notify."""
    topic: Annotated[str, StringConstraints(pattern=TOPIC_ARN)] | None = None
    """The ARN of an SNS topic to notify; its policy must let AWS Budgets publish."""


class Backups(Settings):
    """What backup policies need in an account: a vault, its key, a role, opted-in services."""

    enabled: Flag = True
    """Create them where a backup policy names Landfall's vault."""
    existing_vaults: ListOf[Annotated[str, StringConstraints(pattern=_VAULT)]] = ()
    """Other vaults that backup policies may name: the account has them in the policies' regions."""
    existing_roles: ListOf[Annotated[str, StringConstraints(pattern=_ROLE)]] = ()
    """Other roles that backup policies may name, with their path: the account has them."""


class Baseline(Settings):
    """The baseline of an account; as a layer, only the differences from the outer layer."""

    enabled: Flag = True
    """Whether to create the baseline."""
    password_policy: PasswordPolicy = PasswordPolicy()
    """The password policy of IAM users."""
    block_public_buckets: Flag = True
    """Block public access to all buckets of the account: S3.1, CIS 2.1.4."""
    encrypt_volumes: Flag = True
    """Encrypt new EBS volumes: EC2.7, CIS 2.2.1."""
    volume_keys: dict[str, Annotated[str, StringConstraints(pattern=_KEY_ARN)]] = Field(
        default_factory=dict
    )
    """The ARN of the KMS key for volumes, by region. Default: the AWS managed key."""
    block_public_snapshots: Flag = True
    """Block public sharing of EBS snapshots: EC2.1, EC2.182."""
    block_public_images: Flag = True
    """Block new public sharing of machine images."""
    require_imdsv2: Flag = True
    """Make IMDSv2 the only default for new instances: EC2.8, CIS 5.6."""
    metadata_hops: Annotated[Count, Field(ge=1, le=64)] | None = None
    """The default hop limit of the metadata service. Default: the image's setting."""
    access_analyzer: Flag | None = None
    """An account analyzer in each region: IAM.28, CIS 1.20. Default: created
    unless the organization's analyzer covers every account."""
    contacts: Contacts = Contacts()
    """Alternate contacts."""
    budget: Budget = Budget()
    """A budget with alerts."""
    backups: Backups = Backups()
    """What backup policies need in the account."""
    sessions: Sessions = Sessions()
    """Session Manager in the account."""
    quotas: dict[QuotaCode, QuotaRequest] = Field(default_factory=dict)
    """Quotas to request, by service and code, as in `vpc/L-F678F1CE`."""


class StackBaseline(Baseline):
    """The baseline of a stack's accounts, and of the management account."""

    management_account: Baseline = Field(default_factory=Baseline)
    """Differences for the management account."""


def layered(base: Baseline, over: Baseline) -> Baseline:
    """Return `base` overridden by the values that `over` sets."""
    return Baseline.model_construct(None, **_merged(base, over, Baseline))


def _merged(base: Settings, over: Settings, model: type[Settings]) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(base, name) for name in model.model_fields}
    for name in over.model_fields_set & set(model.model_fields):
        new, old = getattr(over, name), values[name]
        layered_ = Backups | Contacts | Budget | PasswordPolicy | Sessions
        if isinstance(new, layered_) and isinstance(old, Settings):
            kind = type(new)
            new = kind.model_construct(None, **_merged(old, new, kind))
        elif isinstance(new, dict) and isinstance(old, dict):
            new = {**old, **new}
        values[name] = new
    return values
