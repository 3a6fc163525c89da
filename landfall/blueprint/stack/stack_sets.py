"""The roles of stack sets in their target accounts."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import packages, stack_sets, symbols
from landfall.blueprint.roles import CrossAccount
from landfall.blueprint.stack.scope import Scope
from landfall.settings import naming, promotion, stack_set_targets
from landfall.settings.delivery import Application
from landfall.settings.deploy_stack_set import StackSetDeploy


def execution_roles(
    scope: Scope, name: str, application: Application, environment: str
) -> Iterator[tuple[str, CrossAccount]]:
    """Yield the target accounts of an environment's stack set, each with the stack's role there."""
    settings = application.environments[environment]
    deploy = settings.deploy or application.deploy
    if not isinstance(deploy, StackSetDeploy):
        return
    administration = scope.own_role_arn(
        settings.account, naming.pipeline_role(name, environment, "service")
    )
    statements = [statement.iam_json() for statement in deploy.permissions]
    if deploy.packages:
        pipeline = naming.pipeline(name, promotion.builder(application, environment))
        for region in stack_set_targets.regions(scope.stack, settings, deploy):
            suffix = region.title().replace("-", "")
            statements += [
                {**each, "Sid": f"{each['Sid']}{suffix}"}
                for each in packages.read(pipeline, scope.packages(region))
            ]
    for account in stack_set_targets.accounts(scope.stack, settings, deploy):
        yield (
            account,
            stack_sets.execution_role(
                naming.pipeline_role(name, environment, "execution"),
                deploy.stack_set,
                scope.place(account, settings.region),
                symbols.ORGANIZATION,
                administration,
                statements,
            ),
        )
