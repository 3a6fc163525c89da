"""The names of CodeDeploy's applications and deployment groups, unique in account and region.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateApplication.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from landfall.settings import naming
from landfall.settings.delivery import Application
from landfall.settings.deployments import Deploy, Ec2Deploy, EcsDeploy
from landfall.settings.waves import Accounts, destinations

Pipeline = tuple[str, str]
"""An application and one of its environments."""

Place = tuple[str, str]
"""An account and a region."""


def codedeploy_names(
    applications: Mapping[str, Application], stack: Accounts
) -> Mapping[Pipeline, str]:
    """Return the name that each pipeline has in CodeDeploy, of those that use it.

    It is that of the service or application. Where two pipelines would have one name in
    an account and region, both have their pipeline's name instead: the order of the settings then
    does not count, and neither meets the other while one of them is replaced.
    """
    plain = dict(_plain(applications))
    counted = Counter(
        (place, name)
        for pipeline, name in plain.items()
        for place in places(applications, pipeline, stack)
    )
    return {
        pipeline: naming.pipeline(*pipeline)
        if any(counted[place, name] > 1 for place in places(applications, pipeline, stack))
        else name
        for pipeline, name in plain.items()
    }


def places(
    applications: Mapping[str, Application], pipeline: Pipeline, stack: Accounts
) -> Iterator[Place]:
    """Yield the accounts and regions that a pipeline deploys to."""
    name, environment = pipeline
    for wave in destinations(applications[name].environments[environment], stack):
        for there in wave:
            yield there.account, there.region


def _plain(applications: Mapping[str, Application]) -> Iterator[tuple[Pipeline, str]]:
    for name, application in applications.items():
        for environment, settings in application.environments.items():
            deploy: Deploy = settings.deploy or application.deploy
            if isinstance(deploy, EcsDeploy | Ec2Deploy):
                yield (name, environment), deploy.name
