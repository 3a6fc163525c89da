"""The places of one stack, with symbols for values that only AWS knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint import symbols
from landfall.blueprint.places import Place, Store
from landfall.settings import keys, naming
from landfall.settings.delivery import Application
from landfall.settings.source import Path
from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Scope:
    """A stack, and the account of its pipelines."""

    stack: Stack
    hub: str

    def place(self, account: str, region: str | None = None) -> Place:
        """Return a region of an account. Default: the home region."""
        return Place(
            self.stack.partition,
            region or self.stack.region,
            symbols.account(account),
            self.stack.delivery.log_days,
        )

    @property
    def home(self) -> Place:
        """The home region of the pipelines' account."""
        return self.place(self.hub)

    def role_arn(self, account: str, path: str) -> str:
        """Return the ARN of a role, named with its path."""
        return self.place(account).iam_arn(f"role/{path}")

    def own_role_arn(self, account: str, name: str) -> str:
        """Return the ARN of a role that Landfall creates."""
        return self.role_arn(account, f"{naming.ROLE_PATH}{name}")

    def store(self, region: str) -> Store:
        """Return the artifact store of a region."""
        bucket = naming.artifact_bucket(symbols.account(self.store_account), region)
        arn = bucket_arn(self.stack.partition, bucket)
        return Store(arn, symbols.artifact_key(region))

    def packages(self, region: str) -> Store:
        """Return the bucket of packaged code of a region, with its key."""
        bucket = naming.package_bucket(symbols.account(self.store_account), region)
        arn = bucket_arn(self.stack.partition, bucket)
        return Store(arn, symbols.artifact_key(region))

    @property
    def store_account(self) -> str:
        """The account of the artifact stores."""
        return self.stack.artifacts.account or self.hub


def environments(stack: Stack) -> Iterator[tuple[str, Application, str]]:
    """Yield the name of each application, the application, and the name of each environment."""
    for name, application in stack.delivery.applications.items():
        for environment in application.environments:
            yield name, application, environment


def application_path(name: str, environment: str | None = None) -> Path:
    """Return the path of an application or environment in the stack file."""
    path: Path = (keys.DELIVERY, "applications", name)
    return path if environment is None else (*path, "environments", environment)
