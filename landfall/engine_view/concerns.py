"""Group resources by concern: an account, an application, a service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from landfall.engine.events import STACK_TYPE, Step, kind_of

MANAGEMENT: Final = "Management account"
DELIVERY: Final = "Delivery"
STACK: Final = "Stack"
ACCOUNTS: Final = "Accounts"

_BY_TYPE: Final = {
    "landfall:organization": "Organization",
    "landfall:security": "Security services",
    "landfall:artifacts": "Artifact stores",
    "landfall:provisioning": "Provisioning",
    "landfall:access:IdentityCenter": "Identity Center",
    "aws:codeconnections": DELIVERY,
}
_PER_ACCOUNT: Final = (
    "landfall:account",
    "landfall:baseline",
    "landfall:backups",
    "landfall:access",
    "aws:",
)
_OF_MANAGEMENT: Final = ("management-", "organization/management-")


class Concerns:
    """Assigns a concern to each resource.

    `accounts` and `applications` are the stack's. More than `most` accounts become one concern.
    """

    def __init__(
        self, accounts: Iterable[str] = (), applications: Iterable[str] = (), *, most: int = 30
    ) -> None:
        self._accounts = sorted(accounts, key=len, reverse=True)
        self._applications = sorted(applications, key=len, reverse=True)
        self._most = most
        self._types: dict[str, tuple[str, str]] = {}

    def of(self, step: Step) -> str:
        """Return the concern of a step's resource. Call it for every step, in order."""
        self._types.setdefault(step.urn, (step.type, step.parent))
        token, name = self._top(step)
        if token in (STACK_TYPE, "pulumi:index:Stash") or token.startswith("pulumi:providers:"):
            return STACK
        for beginning, concern in _BY_TYPE.items():
            if token.startswith(beginning):
                return concern
        if token.startswith("landfall:delivery"):
            found = _longest(self._applications, name)
            return f"Application {found}" if found else DELIVERY
        if token.startswith(_PER_ACCOUNT):
            return self._account(name, step.provider)
        return kind_of(token)

    def _top(self, step: Step) -> tuple[str, str]:
        """Return the type and name of a resource's outermost ancestor below the stack."""
        urn = step.urn
        token, parent = self._types[urn]
        while parent in self._types and self._types[parent][0] != STACK_TYPE:
            urn = parent
            token, parent = self._types[urn]
        outermost = urn.split("::")[2].split("$")[0] if "::" in urn else token
        return outermost, urn.split("::", 3)[-1]

    def _account(self, name: str, provider: str) -> str:
        if name.startswith(_OF_MANAGEMENT):
            return MANAGEMENT
        found = _longest(self._accounts, name) or _longest(self._accounts, provider)
        if not found:
            return MANAGEMENT
        return f"Account {found}" if len(self._accounts) <= self._most else ACCOUNTS


def _longest(names: list[str], name: str) -> str:
    """Return the first of `names`, sorted longest first, that `name` equals or starts with."""
    return next((each for each in names if name == each or name.startswith(f"{each}-")), "")
