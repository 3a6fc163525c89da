"""Resources that the settings list as existing are imported and protected."""

from __future__ import annotations

import pulumi

from components.landing_zone.takeover import imported

DETECTOR, RECORDER = "aws:guardduty/detector:Detector", "aws:cfg/recorder:Recorder"
EXISTING = {
    DETECTOR: {"detectors-us-east-1": "abc@us-east-1"},
    RECORDER: {"audit-config-us-east-1": "default@us-east-1"},
}


def _transformed(kind: str, name: str) -> pulumi.ResourceTransformResult | None:
    inputs = {"name": "landfall", "enable": True}
    options = pulumi.ResourceOptions(ignore_changes=["name"])
    args = pulumi.ResourceTransformArgs(True, kind, name, inputs, options)
    return imported(EXISTING, args)


def test_listed_resource_is_imported_and_protected() -> None:
    result = _transformed(DETECTOR, "detectors-us-east-1")
    assert result is not None
    assert result.opts.import_ == "abc@us-east-1"
    assert result.opts.protect
    assert result.opts.ignore_changes == ["name"]
    assert result.props == {"name": "landfall", "enable": True}


def test_recorder_keeps_the_name_that_it_has_in_aws() -> None:
    result = _transformed(RECORDER, "audit-config-us-east-1")
    assert result is not None
    assert result.props["name"] == "default"


def test_quota_keeps_the_value_that_it_has_in_aws() -> None:
    """AWS refuses a second request while one is open, and a value below the present one."""
    kind, name = "aws:servicequotas/serviceQuota:ServiceQuota", "audit-quotas-vpc-L-F678F1CE"
    args = pulumi.ResourceTransformArgs(True, kind, name, {"value": 20}, pulumi.ResourceOptions())
    result = imported({kind: {name: "vpc/L-F678F1CE@us-east-1"}}, args)
    assert result is not None
    assert result.opts.import_ == "vpc/L-F678F1CE@us-east-1"
    assert result.opts.ignore_changes == ["value"]


def test_other_resources_are_created() -> None:
    assert _transformed(DETECTOR, "detectors-eu-west-1") is None
    assert _transformed("aws:iam/role:Role", "detectors-us-east-1") is None
