"""What the state calls the resources of applications and environments before they were renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from landfall.settings import formerly, naming, stack_set_targets
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.stack import Stack
from landfall.settings.waves import destinations

READ_ROLE: Final = "landfall:access:CrossAccountRole"
"""The type of the roles with which tests read, of stack sets' roles and of access roles."""

_DELIVERY: Final = "landfall:delivery:"
_OF_PIPELINES: Final = ("Pipeline", "DeployedTests", "DeploymentTarget", "Observability")
_OF_PLACES: Final = ("Secret", "Tracing", "WorkloadPolicy")


class DeliveryRenames:
    """The names of before, by the type of the outermost component and the beginning of a name.

    `accounts` maps keys of renamed accounts to their former ones.
    """

    def __init__(self, stack: Stack, accounts: Mapping[str, str]) -> None:
        self._stack, self.accounts = stack, accounts
        applications = stack.delivery.applications
        self.applications = {
            name: each.formerly for name, each in applications.items() if each.formerly
        }
        self.pipelines = {
            formerly.Pipeline(name, environment): formerly.pipeline(name, each, environment)
            for name, each in applications.items()
            for environment in each.environments
        }

    def __bool__(self) -> bool:
        """Return whether there is any rename, of accounts that pipelines deploy to included."""
        return bool(self.applications or self.accounts) or any(
            new != old for new, old in self.pipelines.items()
        )

    def former(self, outermost: str, name: str) -> str:
        """Return the name that a resource had; the same where nothing of it was renamed.

        `outermost` is the type of the component around it, or its own.
        """
        heads = self._heads.get(outermost, {})
        parts = name.split("-")
        for length in range(len(parts), 0, -1):
            head = "-".join(parts[:length])
            if head in heads:
                return f"{heads[head]}{name.removeprefix(head)}"
        return name

    @cached_property
    def _heads(self) -> dict[str, dict[str, str]]:
        """How names begin: those that stay too, so that the longest beginning is the right one."""
        pipelines = {new.name: old.name for new, old in self.pipelines.items()}
        found = {f"{_DELIVERY}{kind}": dict(pipelines) for kind in _OF_PIPELINES}
        for kind in _OF_PLACES:
            found[f"{_DELIVERY}{kind}"] = dict(pipelines) | dict(self._places(""))
        found[f"{_DELIVERY}DeploymentTarget"] |= dict(self._places("-target"))
        for kind, end in (
            ("Observability", "observability"),
            ("SourceTests", "tests"),
            ("Validation", naming.VALIDATION),
            ("Review", "review"),
            ("ImageRepository", "images"),
        ):
            found.setdefault(f"{_DELIVERY}{kind}", {}).update(self._of_applications(end))
        for name, application in self._stack.delivery.applications.items():
            for key in application.secrets:
                secrets = found[f"{_DELIVERY}Secret"]
                secrets[f"{name}-{key}"] = f"{application.formerly or name}-{key}"
        found[READ_ROLE] = dict(self._read_roles()) | dict(self._execution_roles())
        return found

    def _of_applications(self, end: str) -> dict[str, str]:
        return {
            f"{name}-{end}": f"{application.formerly or name}-{end}"
            for name, application in self._stack.delivery.applications.items()
        }

    def _places(self, part: str) -> Iterator[tuple[str, str]]:
        """Yield the names of an environment's further destinations, which name their account."""
        for new, old in self.pipelines.items():
            settings = self._stack.delivery.applications[new.application]
            environment = settings.environments[new.environment]
            for wave in destinations(environment, self._stack):
                for there in wave:
                    account = self.accounts.get(there.account, there.account)
                    was = f"{account}{there.name.removeprefix(there.account)}"
                    if there.name:
                        yield f"{new.name}{part}-{there.name}", f"{old.name}{part}-{was}"

    def _execution_roles(self) -> Iterator[tuple[str, str]]:
        """Yield the names of stack sets' roles, which name their target account."""
        for new, old in self.pipelines.items():
            application = self._stack.delivery.applications[new.application]
            environment = application.environments[new.environment]
            deploy = environment.deploy or application.deploy
            if isinstance(deploy, StackSetDeploy):
                for account in stack_set_targets.accounts(self._stack, environment, deploy):
                    was = self.accounts.get(account, account)
                    yield f"{new.name}-execution-{account}", f"{old.name}-execution-{was}"

    def _read_roles(self) -> Iterator[tuple[str, str]]:
        for new, old in self.pipelines.items():
            tests = self._stack.delivery.applications[new.application].tests
            for kind in tests.of_deployment(new.environment):
                yield naming.read_role(new.name, kind), naming.read_role(old.name, kind)
