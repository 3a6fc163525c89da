"""The listeners of a load balancer between two target groups.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-load-balancer-for-ecs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.rehearsal.codedeploy.deployments import Deployment, DeploymentError

_WHOLE: Final = 100


class Listeners:
    """The production listener, and the test listener if there is one, of a deployment group."""

    def __init__(self, deployment: Deployment) -> None:
        (pair,) = deployment.group["loadBalancerInfo"]["targetGroupPairInfoList"]
        self._client = deployment.client("elbv2")
        self._prod: list[str] = pair["prodTrafficRoute"]["listenerArns"]
        self._test: list[str] = pair.get("testTrafficRoute", {}).get("listenerArns", [])
        names = [each["name"] for each in pair["targetGroups"]]
        groups = self._client.describe_target_groups(Names=names)["TargetGroups"]
        self._groups: list[str] = [each["TargetGroupArn"] for each in groups]
        described = self._client.describe_listeners(ListenerArns=[*self._prod, *self._test])
        self._before = {
            each["ListenerArn"]: each["DefaultActions"] for each in described["Listeners"]
        }
        self._rules = {
            rule["RuleArn"]: rule["Actions"]
            for listener in self._prod
            for rule in self._client.describe_rules(ListenerArn=listener)["Rules"]
            if not rule["IsDefault"] and set(_forwarded(rule["Actions"])) & set(self._groups)
        }
        self._current = self._forwarding()

    def _forwarding(self) -> str:
        """Return the target group to which the production listener forwards."""
        actions = [*self._rules.values(), *(self._before[each] for each in self._prod)]
        for each in actions:
            found = [arn for arn in _forwarded(each) if arn in self._groups]
            if found:
                return found[0]
        raise DeploymentError(
            "The production listener forwards to neither of the group's target groups.",
            "ELASTIC_LOAD_BALANCING_INVALID",
        )

    @property
    def has_test(self) -> bool:
        """Return whether there is a test listener."""
        return bool(self._test)

    @property
    def other(self) -> str:
        """Return the target group that has no traffic before the deployment."""
        return next(each for each in self._groups if each != self._current)

    def test_to(self, group: str) -> None:
        """Give a target group all test traffic."""
        for arn in self._test:
            self._client.modify_listener(
                ListenerArn=arn, DefaultActions=[_forward({group: _WHOLE})]
            )

    def shift(self, percent: int) -> None:
        """Give the other target group a part of the production traffic, or all of it."""
        weights = {self.other: percent}
        if percent < _WHOLE:
            weights[self._current] = _WHOLE - percent
        forward = [_forward(weights)]
        for arn in self._prod:
            if set(_forwarded(self._before[arn])) & set(self._groups):
                self._client.modify_listener(ListenerArn=arn, DefaultActions=forward)
        for arn in self._rules:
            self._client.modify_rule(RuleArn=arn, Actions=forward)

    def back(self) -> None:
        """Return all traffic to where it went before."""
        for arn, actions in self._before.items():
            if set(_forwarded(actions)) & set(self._groups):
                to = [_forward({self._current: _WHOLE})]
                self._client.modify_listener(ListenerArn=arn, DefaultActions=to)
        for arn in self._rules:
            self._client.modify_rule(RuleArn=arn, Actions=[_forward({self._current: _WHOLE})])


def _forwarded(actions: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the target groups to which actions forward, those with the most weight first."""
    for action in actions:
        if action["Type"] != "forward":
            continue
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        for each in sorted(groups, key=lambda group: -group.get("Weight", 1)):
            if each.get("Weight", 1):
                yield each["TargetGroupArn"]
        if not groups and "TargetGroupArn" in action:
            yield action["TargetGroupArn"]


def _forward(weights: Mapping[str, int]) -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
