"""A target that does not exist yet gets everything except CodeDeploy's deployment group."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_deployments import KINDS, LISTENER
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]


def _environment(kind: str, *, awaited: bool) -> dict[str, Any]:
    listeners = {"listeners": [LISTENER]} if kind == "service" else {}
    return {"account": "orders", "awaited": awaited, **listeners}


def test_awaited_target_has_roles_and_a_pipeline_without_a_deployment_group(run: Runner) -> None:
    config = copy.deepcopy(CONFIG)
    config["landfall:delivery"]["applications"] = {
        kind: {
            "source": {"connection": "github", "repository": f"example/{kind}"},
            "deploy": KINDS[kind],
            "environments": {"prod": _environment(kind, awaited=kind != "instances")},
        }
        for kind in ("service", "instances")
    }
    config["landfall:delivery"]["applications"]["instances"]["environments"]["later"] = {
        **_environment("instances", awaited=True),
        "deploy": {**KINDS["instances"], "ec2": "later"},
    }
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    registered = run(lambda: LandingZone(settings))
    groups = registered.of("aws:codedeploy/deploymentGroup:DeploymentGroup")
    assert list(groups) == ["instances-prod-target"]
    pipelines = registered.of("aws:codepipeline/pipeline:Pipeline")
    assert {"service-prod", "instances-prod", "instances-later"} <= set(pipelines)
    applications = registered.of("aws:codedeploy/application:Application")
    assert {each["name"] for each in applications.values()} == {"shop", "legacy", "later"}
    roles = registered.of("aws:iam/role:Role")
    assert "service-prod-target-codedeploy" in roles
