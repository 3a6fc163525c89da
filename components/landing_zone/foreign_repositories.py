"""CodeCommit repositories of other accounts: the roles that read them, and their events."""

import pulumi

from components.delivery.source import SourceArgs
from components.delivery.source_events import SourceBus, SourceEvents
from components.landing_zone.ground import Ground
from components.roles import make_role
from landfall.blueprint.foreign_repositories import Reader
from landfall.blueprint.stack import repositories
from landfall.blueprint.stack.scope import Scope
from landfall.settings import naming


class ForeignRepositories:
    """Lets pipelines read repositories of other accounts and start by their events."""

    def __init__(self, scope: Scope, foundation: Ground) -> None:
        self._scope, self._foundation = scope, foundation
        self._readers: dict[str, tuple[str, pulumi.Output[str]]] = {}
        self._bus: SourceBus | None = None
        senders = repositories.senders(scope)
        if not senders:
            return
        self._bus = self._made_bus(list(senders))
        for account, names in senders.items():
            SourceEvents(
                f"{account}-source-events",
                {
                    "account_id": foundation.accounts[account].account_id,
                    "region": scope.stack.region,
                    "partition": scope.stack.partition,
                    "repositories": names,
                    "bus_arn": self._bus.bus_arn,
                },
                opts=foundation.in_account(account),
            )
        for account, _, reader in repositories.readers(scope):
            self._read(account, reader)

    def told(self, source: SourceArgs, pipeline: str) -> None:
        """Tell a pipeline's source where its repository is, if that is another account."""
        if self._bus is None or pipeline not in self._readers:
            return
        account, role_arn = self._readers[pipeline]
        source["account_id"] = self._foundation.accounts[account].account_id
        source["role_arn"] = role_arn
        source["event_bus"] = self._bus.bus_name

    def _made_bus(self, accounts: list[str]) -> SourceBus:
        scope, foundation = self._scope, self._foundation
        senders: list[pulumi.Input[str]] = [
            foundation.values.output(scope.own_role_arn(account, naming.SOURCE_EVENTS))
            for account in accounts
        ]
        return SourceBus(
            "source-events",
            {
                "account_id": foundation.accounts[scope.hub].account_id,
                "region": scope.stack.region,
                "partition": scope.stack.partition,
                "organization_id": foundation.organization_id,
                "sender_role_arns": senders,
            },
            opts=foundation.in_account(scope.hub),
        )

    def _read(self, account: str, reader: Reader) -> None:
        values, role = (
            self._foundation.values,
            repositories.reader_role(self._scope, account, reader),
        )
        alone = pulumi.ResourceOptions(provider=self._foundation.accounts[account].provider)
        made = make_role(reader.name, role, values, alone)
        # The pipeline's first execution needs what the role is granted, too.
        ready = pulumi.Output.all(made.role.arn, *(each.urn for each in made.granted))
        self._readers[reader.pipeline] = (account, ready.apply(lambda found: found[0]))
