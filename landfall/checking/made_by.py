"""The setting that creates each resource, by the resource's type and logical name.

The names are those of `components.landing_zone`. A resource that is not listed here comes from its
parent component, or from no setting.
"""

from __future__ import annotations

from collections.abc import Iterator

from landfall.guardrails import of_stack
from landfall.guardrails.of_stack import Policy
from landfall.settings import Stack, naming, promotion, stack_set_targets
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.keys import (
    ACCESS,
    ACCOUNTS,
    ARTIFACTS,
    BASELINE,
    DELIVERY,
    GUARDRAILS,
    ORGANIZATION,
)
from landfall.settings.organization_tree import ROOT
from landfall.settings.source import Path
from landfall.settings.waves import destinations

Made = tuple[str, str]
"""The type and the name of a resource."""


def settings_by_resource(stack: Stack) -> dict[Made, Path]:
    """Return the path, from the config on, of the setting that creates each resource."""
    return {
        **dict(_organization(stack)),
        **dict(_policies(stack)),
        **dict(_access(stack)),
        **dict(_delivery(stack)),
    }


def unit_path(target: str) -> Path:
    """Return the setting's path of a guardrail target: a unit's path or `Root`."""
    path: Path = (ORGANIZATION,)
    if target != ROOT:
        for name in target.split("/"):
            path = (*path, "units", name)
    return path


def _organization(stack: Stack) -> Iterator[tuple[Made, Path]]:
    yield ("landfall:organization:Organization", "organization"), (ORGANIZATION,)
    for path, _ in stack.organization.walk():
        made = ("aws:organizations/organizationalUnit:OrganizationalUnit", f"organization/{path}")
        yield made, unit_path(path)
    for account in stack.accounts:
        yield ("landfall:account:Account", account), (ACCOUNTS, account)
        own: Path = (ACCOUNTS, account, "baseline")
        wrote = stack.accounts[account].baseline.model_fields_set
        yield from _baseline(account, own if wrote else (BASELINE,))
    yield from _baseline(naming.MANAGEMENT, (BASELINE,))


def _baseline(account: str, path: Path) -> Iterator[tuple[Made, Path]]:
    yield ("landfall:baseline:Baseline", f"{account}-baseline"), path
    yield ("landfall:account:Oversight", f"{account}-oversight"), path


def _policies(stack: Stack) -> Iterator[tuple[Made, Path]]:
    for target, policy in of_stack.policies(stack):
        yield _made(policy.name), _of_guardrails(stack, policy, unit_path(target))
    for account in stack.accounts:
        for policy in of_stack.account_policies(stack, account):
            yield _made(policy.name), _of_guardrails(stack, policy, (ACCOUNTS, account))
    for key, _ in of_stack.documents(stack):
        yield _made(key), (GUARDRAILS, key)


def _made(policy: str) -> Made:
    return "aws:organizations/policy:Policy", f"organization/{policy}"


def _of_guardrails(stack: Stack, policy: Policy, target: Path) -> Path:
    """Return the path of a policy's only custom guardrail, otherwise of the guardrail list."""
    own = [name for name in policy.guardrails if name in stack.guardrails]
    if own and len(policy.guardrails) == 1:
        return (GUARDRAILS, own[0])
    return (*target, "guardrails")


def _access(stack: Stack) -> Iterator[tuple[Made, Path]]:
    for account in stack.accounts:
        for role in stack.access.roles:
            made = ("landfall:access:CrossAccountRole", f"{account}-{role}")
            yield made, (ACCESS, "roles", role)
        for boundary in stack.access.boundaries:
            made = ("aws:iam/policy:Policy", f"{account}-{boundary}")
            yield made, (ACCESS, "boundaries", boundary)
        for provider in stack.access.oidc_providers:
            made = ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", f"{account}-{provider}")
            yield made, (ACCESS, "oidcProviders", provider)


def _delivery(stack: Stack) -> Iterator[tuple[Made, Path]]:
    for region in stack.regions:
        yield ("landfall:artifacts:ArtifactStore", f"artifacts-{region}"), (ARTIFACTS,)
    for connection, settings_of in stack.delivery.connections.items():
        if settings_of.id is not None:
            continue
        made = ("aws:codeconnections/connection:Connection", connection)
        yield made, (DELIVERY, "connections", connection)
    for name, application in stack.delivery.applications.items():
        of_application: Path = (DELIVERY, "applications", name)
        repository = getattr(application.source, "codecommit", None)
        if repository:
            made = ("aws:codecommit/repository:Repository", repository)
            yield made, (*of_application, "source", "codecommit")
        for environment, settings in application.environments.items():
            place = (*of_application, "environments", environment)
            pipeline = naming.pipeline(name, environment)
            if promotion.head(application, environment) == environment:
                yield ("landfall:delivery:Pipeline", pipeline), place
            deploy = settings.deploy or application.deploy
            if isinstance(deploy, StackSetDeploy):
                for account in stack_set_targets.accounts(stack, settings, deploy):
                    role = f"{naming.pipeline_role(name, environment, 'execution')}-{account}"
                    yield ("landfall:access:CrossAccountRole", role), place
            for wave in destinations(settings, stack):
                for there in wave:
                    behind = f"-{there.name}" if there.name else ""
                    made = ("landfall:delivery:DeploymentTarget", f"{pipeline}-target{behind}")
                    yield made, place
