"""A valid stack: defaults, the tree of units, and look-ups for other rooms."""

from __future__ import annotations

import botocore.session
import pytest
from pydantic import ValidationError

from landfall.settings import naming
from landfall.settings.regions import REGIONS
from tests.settings.stacks import changed, stack


def test_units_are_listed_parents_first_with_paths() -> None:
    paths = [path for path, _ in stack().organization.walk()]
    assert paths == ["Security", "Workloads", "Workloads/Dev", "Workloads/Prod"]


def test_guardrails_attach_to_the_root_and_to_units() -> None:
    attached = {target: names for target, names in stack().organization.attached() if names}
    assert attached == {
        "Root": ("deny-leaving-organization",),
        "Workloads/Dev": ("restrict-regions",),
    }


def test_delivery_account_defaults_to_the_account_with_that_purpose() -> None:
    assert stack().delivery_account == stack().account_with_purpose("delivery") == "delivery"
    named = changed(("  landfall:delivery:", "  landfall:delivery:\n    account: audit"))
    assert stack(named).delivery_account == "audit"
    assert stack().account_with_purpose("network") is None


def test_accounts_of_a_unit_include_nested_units() -> None:
    assert list(stack().accounts_in("Workloads")) == ["orders-dev", "orders-prod"]
    assert list(stack().accounts_in("Work")) == []


def test_stack_name_comes_from_the_stack_and_not_from_a_setting() -> None:
    assert stack().name == "test"
    assert "name" not in stack().model_dump()


def test_settings_are_immutable() -> None:
    with pytest.raises(ValidationError):
        stack().organization.mode = "adopt"  # type: ignore[misc]


def test_regions_default_to_the_home_region() -> None:
    text = changed(("    regions: [eu-west-1, us-east-1]\n", ""))
    assert stack(text).regions == ("eu-west-1",)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_partition_follows_from_the_home_region(region: str, partition: str) -> None:
    text = changed(
        ("aws:region: eu-west-1", f"aws:region: {region}"),
        ("[eu-west-1, us-east-1]", f"[{region}]"),
    )
    assert stack(text).partition == partition
    assert region in REGIONS[partition]


def test_table_of_regions_matches_the_sdk() -> None:
    data = botocore.session.get_session().get_component("data_loader").load_data("partitions")
    known = {
        item["id"]: {name for name in item["regions"] if not name.endswith("-global")}
        for item in data["partitions"]
    }
    # A newer SDK may have more regions; those of the table must exist in this partition.
    for partition, regions in REGIONS.items():
        assert set(regions) <= known[partition]


def test_condition_values_become_texts_as_iam_compares_them() -> None:
    statement = "{actions: s3:*, conditions: {Bool: {aws:SecureTransport: false}}}"
    text = changed(("managedPolicies: [SecurityAudit]", f"statements: [{statement}]"))
    (written,) = stack(text).access.roles["reader"].statements
    assert written.iam_json() == {
        "Effect": "Allow",
        "Action": ["s3:*"],
        "Resource": ["*"],
        "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
    }


def test_policy_names_differ_for_different_targets() -> None:
    targets = ["Root", "Workloads/Dev", "Workloads-Dev", "Workloads Dev", "W" * 128, "W" * 127]
    names = [naming.policy("prod", target, "scp", 1) for target in targets]
    assert len(set(names)) == len(targets)
    # https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
    assert all(len(name) <= 128 for name in names)
    assert names[0] == "landfall-prod-root-scp-1"
