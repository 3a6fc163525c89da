"""Resources that an account shares with others of the organization, through AWS RAM."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Distinct, ListOf, Settings

# https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html
ResourceArn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$"),
]
PermissionArn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:ram:[a-z0-9-]*:(aws|[0-9]{12}):permission/.+$"),
]
ShareName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
]


class Share(Settings):
    """A resource share of one account in one region."""

    account: str
    """The account that owns the resources."""
    region: str | None = None
    """Its region. Default: the home region."""
    resources: ListOf[ResourceArn] = ()
    """The ARNs of the resources. Other programs may add theirs to the share."""
    permissions: ListOf[PermissionArn] = ()
    """The ARNs of RAM's permissions, one for each type of resource. Default: AWS's."""
    units: Distinct = ()
    """Units that may use the resources, with all accounts below them; `Root` for all."""
    accounts: Distinct = ()
    """Accounts that may use the resources."""


class Sharing(Settings):
    """Sharing within the organization, without invitations, and the shares of its accounts."""

    shares: dict[ShareName, Share] = Field(default_factory=dict)
    """The shares by name. Nothing is ever shared with others than the organization."""
