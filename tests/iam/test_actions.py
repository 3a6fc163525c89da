"""The catalogue of actions that AWS documents: look-up by pattern, details of each action."""

from __future__ import annotations

from datetime import timedelta

import pytest

from landfall.iam import actions


def test_an_action_is_found_in_any_case_with_what_aws_says_of_it() -> None:
    action = actions.find("S3:getobject")
    assert action is not None
    assert action.name == "s3:GetObject"
    assert action.access_level == "Read"
    assert {kind.name: kind.arn for kind in action.resource_types}["object"] == "arn:*:s3:::*/*"
    assert "s3:ExistingObjectTag/<key>" in action.condition_keys


def test_patterns_stand_for_all_they_match() -> None:
    assert actions.expand("iam:*PassRole") == {"iam:PassRole"}
    assert actions.expand("IAM:passrol?") == {"iam:PassRole"}
    assert {"sts:AssumeRole", "sts:AssumeRoleWithSAML"} <= actions.expand("s?s:Assume*")
    assert len(actions.expand("*")) > 20_000
    assert actions.expand("*") == actions.expand("*:*")
    assert [one.name for one in actions.matching("sts:*CallerIdentity")] == [
        "sts:GetCallerIdentity"
    ]


@pytest.mark.parametrize("name", ["s3:Nothing", "nosuch:Action", "../../x:y", "", "s3", "s3:"])
def test_undocumented_action_is_unknown_without_an_error(name: str) -> None:
    assert actions.find(name) is None
    assert actions.expand(name) == frozenset()
    assert actions.has_resource_level(name) is None
    assert actions.unknown([name, "s3:Get*", name]) == (name,)


def test_which_actions_can_be_limited_to_resources() -> None:
    assert actions.has_resource_level("ec2:TerminateInstances") is True
    assert actions.has_resource_level("ec2:DescribeInstances") is False


def test_old_data_is_warned_of_after_45_days() -> None:
    age = actions.data_age()
    assert age.warning(age.updated + timedelta(days=45)) is None
    warning = age.warning(age.updated + timedelta(days=46))
    assert warning is not None
    assert "46 days" in warning
    assert age.version in warning


def test_every_action_has_a_name_and_types_that_have_arns() -> None:
    found = actions.matching("*")
    assert all(kind.arn != "*" for action in found for kind in action.resource_types)
    assert len(found) == len(actions.expand("*"))
