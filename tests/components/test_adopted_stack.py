"""Components of a stack that adopts an organization, against mocks: imports and reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.landing_zone import LandingZone
from tests.components.conftest import Registered
from tests.settings.stacks import stack
from tests.validation.test_settings_adoption import ADOPTED

Runner = Callable[[Callable[[], Any]], Registered]


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, pulumi.ResourceOptions]:
    """The options that each resource is registered with, by type and name."""
    seen: dict[str, pulumi.ResourceOptions] = {}
    make = pulumi.CustomResource.__init__

    def remember(
        self: Any, t: str, name: str, props: Any = None, opts: Any = None, *a: Any
    ) -> None:
        seen[f"{t.rpartition(':')[2]} {name}"] = opts
        make(self, t, name, props, opts, *a)

    monkeypatch.setattr(pulumi.CustomResource, "__init__", remember)
    return seen


@pytest.fixture
def registered(run: Runner, options: dict[str, pulumi.ResourceOptions]) -> Registered:
    return run(lambda: LandingZone(stack(ADOPTED)))


def test_resource_with_an_id_is_imported_and_protected(
    registered: Registered, options: dict[str, pulumi.ResourceOptions]
) -> None:
    for name, identity in {
        "Organization organization": "o-a1b2c3d4e5",
        "OrganizationalUnit organization/Team A": "ou-ab12-00000001",
        "Policy organization/leave": "p-00000001",
        "Policy organization/tags": "p-00000002",
        "Account audit": "000000000001",
        "DelegatedAdministrator audit/guardduty.amazonaws.com": (
            "000000000001/guardduty.amazonaws.com"
        ),
        "Role audit-reader": "reader",
    }.items():
        assert (options[name].import_, options[name].protect) == (identity, True), name


def test_existing_attachments_are_imported_and_others_created(
    registered: Registered, options: dict[str, pulumi.ResourceOptions]
) -> None:
    imports = {
        name.removeprefix("PolicyAttachment "): options[name].import_
        for name in options
        if name.startswith("PolicyAttachment ")
    }
    packed = {name: imports.pop(name) for name in list(imports) if "landfall-" in name}
    assert imports == {
        "organization/leave@Root": "r-ab12:p-00000001",
        "organization/leave@Team A": "ou-ab12-00000001:p-00000001",
        "organization/tags@Tower": "ou-ab12-00000002:p-00000002",
        "audit/leave": "000000000001:p-00000001",
    }
    assert len(packed) == 2
    assert set(packed.values()) == {None}


def test_policies_and_units_keep_their_own_names(registered: Registered) -> None:
    named = {n: p["name"] for n, p in registered.of("aws:organizations/policy:Policy").items()}
    assert named["organization/leave"] == "Leave!"
    units = registered.of("aws:organizations/organizationalUnit:OrganizationalUnit")
    assert {name: unit["name"] for name, unit in units.items()} == {"organization/Team A": "Team/A"}


def test_external_unit_and_account_are_referenced_and_not_imported(
    registered: Registered, options: dict[str, pulumi.ResourceOptions]
) -> None:
    attachments = registered.of("aws:organizations/policyAttachment:PolicyAttachment")
    assert attachments["organization/tags@Tower"]["targetId"] == "ou-ab12-00000002"
    other = options["Account other"]
    assert (other.id, other.import_) == ("000000000002", None)


def test_account_without_resources_has_no_provider(run: Runner) -> None:
    text = ADOPTED.replace("principals:", "accounts: [audit], principals:")
    registered = run(lambda: LandingZone(stack(text)))
    assert list(registered.of("pulumi:providers:aws")) == ["audit"]


def test_trusted_access_and_policy_types_of_others_stay_enabled(
    registered: Registered, options: dict[str, pulumi.ResourceOptions]
) -> None:
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert organization["awsServiceAccessPrincipals"] == [
        "guardduty.amazonaws.com",
        "ram.amazonaws.com",
        "sso.amazonaws.com",
    ]
    assert organization["enabledPolicyTypes"] == [
        "CHATBOT_POLICY",
        "SERVICE_CONTROL_POLICY",
        "TAG_POLICY",
    ]
    assert options["Organization organization"].ignore_changes == []


def test_adopted_organization_of_which_the_stack_needs_nothing_stays_unchanged(
    run: Runner, options: dict[str, pulumi.ResourceOptions]
) -> None:
    text = (
        "config:\n  aws:region: eu-west-1\n"
        "  landfall:organization: {mode: adopt, id: o-a1b2c3d4e5}\n"
    )
    made = run(lambda: LandingZone(stack(text)))
    (organization,) = made.of("aws:organizations/organization:Organization").values()
    assert "awsServiceAccessPrincipals" not in organization
    ignored = options["Organization organization"].ignore_changes
    assert ignored == ["awsServiceAccessPrincipals", "enabledPolicyTypes"]
