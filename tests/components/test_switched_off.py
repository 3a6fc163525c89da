"""An update that would switch off trusted access or a policy type is refused."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.landing_zone.switched_off import SwitchedOffError, refuse

SERVICES, TYPES = "awsServiceAccessPrincipals", "enabledPolicyTypes"


def hook(old: dict[str, Any], new: dict[str, Any], **more: Any) -> pulumi.ResourceHookArgs:
    return pulumi.ResourceHookArgs("urn", "o-a", "organization", "t", new, old, **more)


def test_update_that_only_adds_is_accepted() -> None:
    refuse(hook({SERVICES: ["a"], TYPES: ["A"]}, {SERVICES: ["a", "b"], TYPES: ["B", "A"]}))
    refuse(hook({}, {SERVICES: ["a"]}))


def test_update_that_switches_off_is_refused_with_the_setting_to_write() -> None:
    with pytest.raises(SwitchedOffError) as caught:
        refuse(
            hook(
                {SERVICES: ["sso.amazonaws.com"], TYPES: ["TAG_POLICY"]},
                {TYPES: ["SERVICE_CONTROL_POLICY"]},
            )
        )
    told = str(caught.value)
    assert "trusted access of sso.amazonaws.com would be switched off" in told
    assert "landfall:organization.trustedServices" in told
    assert "the policy type TAG_POLICY would be switched off" in told


def test_what_others_enabled_counts_after_a_refresh() -> None:
    old = {SERVICES: ["sso.amazonaws.com"]}
    refreshed = {SERVICES: ["ram.amazonaws.com", "sso.amazonaws.com"]}
    with pytest.raises(SwitchedOffError, match=r"ram\.amazonaws\.com would be switched off"):
        refuse(hook(old, old, old_outputs=refreshed))
