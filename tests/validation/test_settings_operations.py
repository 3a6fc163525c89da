"""Settings of monitoring and sharing between accounts: mistakes with their fix."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.validation import parse

OWN = "111111111111"


def config(**own: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Workloads": {}}},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com"},
            "network": {"email": "network@example.com", "id": OWN},
        },
        **{f"landfall:{key}": value for key, value in own.items()},
    }


def mistakes(**own: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(ProblemsError) as caught:
        parse(config(**own))
    return {
        each.path.removeprefix("landfall:"): (each.what, each.fix) for each in caught.value.problems
    }


def test_mistakes_of_monitoring_and_sharing_are_reported_together() -> None:
    found = mistakes(
        monitoring={
            "account": "audit",
            "regions": ["us-east-1"],
            "units": {"Workload": {"enabled": False}},
            "accounts": {"audit": {"enabled": True}},
        },
        sharing={
            "shares": {
                "open": {"account": "network"},
                "network": {
                    "account": "network",
                    "accounts": ["network", "nobody"],
                    "resources": [
                        "arn:aws:ec2:eu-west-1:222222222222:subnet/subnet-1",
                        f"arn:aws:ec2:us-east-1:{OWN}:subnet/subnet-1",
                        f"arn:aws:networkmanager::{OWN}:core-network/1",
                    ],
                },
            }
        },
    )
    assert "is not used by the organization" in found["monitoring.regions[0]"][0]
    assert found["monitoring.units.Workload"][1] == "did you mean 'Workloads'?"
    assert found["monitoring.accounts.audit"][1] == "remove it"
    assert found["sharing.shares.open"][1] == "add units: or accounts:"
    assert "owns the resources" in found["sharing.shares.network.accounts[0]"][0]
    assert "there is no account 'nobody'" in found["sharing.shares.network.accounts[1]"][0]
    resources = "sharing.shares.network.resources"
    assert "account 222222222222 owns the resource" in found[f"{resources}[0]"][0]
    assert found[f"{resources}[1]"][1] == "write region: us-east-1"
    assert found[f"{resources}[2]"][1] == "write region: us-east-1"
    assert len(found) == 9


def test_malformed_arn_of_a_resource_is_a_mistake() -> None:
    share = {"account": "network", "units": "Root", "resources": ["subnet-1"]}
    assert [*mistakes(sharing={"shares": {"a": share}})] == ["sharing.shares.a.resources[0]"]


def test_sharing_needs_the_whole_organization() -> None:
    settings = config(sharing={})
    settings["landfall:organization"] |= {
        "mode": "adopt",
        "id": "o-a1b2c3d4e5",
        "parent": "ou-ab12-12345678",
    }
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    assert "whole organization" in str(caught.value)


def test_mistakes_of_costs_and_quotas_are_reported_together() -> None:
    codes = {f"vpc/L-F678F1C{n}": {"value": 9} for n in range(10)}
    settings = config(
        costs={
            "export": {"readers": [{"account": "nobody", "role": "a"}]},
            "anomalies": {},
            "allocationTags": ["team", "team"],
        },
        baseline={
            "quotas": {
                "iam/L-FE177D64": {"value": 2000, "regions": ["eu-west-1"]},
                "vpc/L-F678F1CE": {"value": 10, "regions": ["us-east-2"]},
            }
        },
    )
    settings["landfall:organization"]["quotaTemplate"] = {**codes, "vpc/L-FE5A380F": {"value": 9}}
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    found = {each.path: (each.what, each.fix) for each in caught.value.problems}
    costs = "landfall:costs"
    assert "there is no account 'nobody'" in found[f"{costs}.export.readers[0].account"][0]
    assert found[f"{costs}.anomalies"][1] == "add notify: or topic:"
    assert found[f"{costs}.allocationTags[1]"][1] == "keep one of them"
    quotas = "landfall:baseline.quotas"
    assert found[f"{quotas}.iam/L-FE177D64.regions[0]"][1] == "remove regions:"
    assert "not used by" in found[f"{quotas}.vpc/L-F678F1CE.regions[0]"][0]
    assert found["landfall:organization.quotaTemplate"][1] == "AWS allows 10"
    assert len(found) == 6


def test_other_partitions_have_no_costs_of_their_own() -> None:
    settings = config(costs={"allocationTags": "team"})
    settings["aws:region"] = "us-gov-west-1"
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    (problem,) = caught.value.problems
    assert problem.path == "landfall:costs.allocationTags"
