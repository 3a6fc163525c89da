"""The needs of each role of a blueprint: the permissions that its own policies grant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.aws.arns import arn_of
from landfall.blueprint import symbols
from landfall.blueprint.stack import blueprint
from landfall.blueprint.stack.placed import PlacedRole
from landfall.blueprint.statements import Statement
from landfall.guardrails.platform.need import Need
from landfall.settings import keys, naming
from landfall.settings.stack import Stack

_ACCOUNT = re.compile(r"<account ([^<>]+)>")
_KEY = re.compile(r"<artifact-key ([^<> ]+)>")
_SERVICE_KEY = re.compile(r"<service-key ([^<> ]+) ([^<> ]+)>")
_CONNECTION = re.compile(r"<connection [^<>]+>")
_ID = re.compile(r"\d{12}")
# Users may sign in with MFA before they assume a role.
_OF_PEOPLE = ("aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent")
# Services use keys on behalf of a role, like the role itself.
_OF_SERVICES = ("aws:ViaAWSService",)


def needs(stack: Stack) -> Iterator[Need]:
    """Yield the needs of roles of member accounts; SCPs do not apply to the management account."""
    reader, found = _Reader(stack), blueprint(stack)
    for placed in (*found.roles, *found.reserved_roles):
        if placed.account == naming.MANAGEMENT:
            continue
        for statement in placed.role.statements:
            # What a boundary allows by NotAction is no need of the role.
            if statement["Effect"] == "Allow" and "Action" in statement:
                yield from reader.of_statement(placed, statement)


class _Reader:
    """Read statements of a stack's roles, with ids and regions instead of symbols."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._store_account = stack.artifacts.account or stack.delivery_account or ""
        self._accounts = {each.id: name for name, each in stack.accounts.items() if each.id}
        symbol = symbols.account(self._store_account)
        self._buckets = {
            naming.artifact_bucket(symbol, region): region for region in _regions(stack)
        }

    def of_statement(self, placed: PlacedRole, statement: Statement) -> Iterator[Need]:
        """Yield the permissions of a statement, by resource and region."""
        people = _OF_PEOPLE if placed.setting[:1] == (keys.ACCESS,) else ()
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            arn = self._arn(placed, resource)
            holder = self._holder(placed.account, arn)
            for region, actions in self._by_region(placed, arn, statement["Action"]).items():
                through = _OF_SERVICES if actions[0].startswith("kms:") else ()
                yield Need(
                    placed.account,
                    placed.role.path_and_name,
                    actions,
                    self._text(placed.account, arn),
                    region,
                    holder=holder,
                    holder_id=self._id(holder) if holder is not None else None,
                    setting=placed.setting,
                    unknown=(*people, *through),
                    granted=True,
                )

    def _arn(self, placed: PlacedRole, resource: str) -> str:
        """Return a resource with ARNs instead of symbols of keys and connections."""
        partition = self._stack.partition
        store = symbols.account(self._store_account)
        key = arn_of(partition, "kms", "key/*", region=r"\1", account=store)
        text = _KEY.sub(key, resource)
        key = arn_of(partition, "kms", "key/*", region=r"\2", account=r"<account \1>")
        text = _SERVICE_KEY.sub(key, text)
        hub = symbols.account(placed.account)
        connection = arn_of(
            partition, "codeconnections", "connection/*", region=self._stack.region, account=hub
        )
        return _CONNECTION.sub(connection, text)

    def _holder(self, account: str, arn: str) -> str | None:
        """Return the account of a resource; None for the role's own account or any account."""
        found = _ACCOUNT.search(arn)
        if found is not None:
            return None if found[1] == account else found[1]
        parts = arn.split(":", 5)
        if len(parts) < 6 or not _ID.fullmatch(parts[4]):
            return None
        named = self._accounts.get(parts[4], parts[4])
        return None if named == account else named

    def _id(self, holder: str) -> str | None:
        account = self._stack.accounts.get(holder)
        if account is not None:
            return account.id
        return holder if _ID.fullmatch(holder) else None

    def _text(self, account: str, arn: str) -> str:
        """Return an ARN with `{account}` for the role's account, and other ids if known."""

        def other(match: re.Match[str]) -> str:
            return "{account}" if match[1] == account else self._id(match[1]) or "{holder}"

        return _ACCOUNT.sub(other, arn)

    def _by_region(
        self, placed: PlacedRole, arn: str, actions: str | list[str]
    ) -> dict[str, tuple[str, ...]]:
        """Return actions by their region and kind of service."""
        parts = arn.split(":", 5)
        region = parts[3] if len(parts) == 6 and "*" not in parts[3] else ""
        if len(parts) == 6 and parts[2] == "s3":
            region = self._buckets.get(parts[5].split("/", 1)[0], "")
        found: dict[tuple[str, bool], list[str]] = {}
        for action in [actions] if isinstance(actions, str) else actions:
            own = self._stack.global_region if action.startswith("iam:") else placed.region
            key = (region or own, action.startswith("kms:"))
            found.setdefault(key, []).append(action)
        return {region: tuple(each) for (region, _), each in found.items()}


def _regions(stack: Stack) -> set[str]:
    return {*stack.regions, stack.region, *stack.artifacts.regions}
