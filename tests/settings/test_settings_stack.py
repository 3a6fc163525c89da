"""What a valid stack says: defaults, the tree, what other parts look for."""

from __future__ import annotations

import botocore.session
import pytest
from pydantic import ValidationError

from landfall.settings import naming
from landfall.settings.regions import REGIONS
from tests.settings.stacks import changed, stack


def test_units_are_walked_parents_first_with_their_paths() -> None:
    paths = [path for path, _ in stack().organization.walk()]
    assert paths == ["Security", "Workloads", "Workloads/Dev", "Workloads/Prod"]


def test_guardrails_are_attached_to_the_root_and_to_units() -> None:
    attached = {target: names for target, names in stack().organization.attached() if names}
    assert attached == {
        "Root": ("deny-leaving-organization",),
        "Workloads/Dev": ("restrict-regions",),
    }


def test_the_delivery_account_is_the_one_of_that_purpose_unless_named() -> None:
    assert stack().delivery_account == stack().account_with_purpose("delivery") == "delivery"
    named = changed(("  landfall:delivery:", "  landfall:delivery:\n    account: audit"))
    assert stack(named).delivery_account == "audit"
    assert stack().account_with_purpose("network") is None


def test_accounts_of_a_unit_are_those_below_it_too() -> None:
    assert list(stack().accounts_in("Workloads")) == ["orders-dev", "orders-prod"]
    assert list(stack().accounts_in("Work")) == []


def test_the_name_is_the_stacks_and_stands_in_no_setting() -> None:
    assert stack().name == "test"
    assert "name" not in stack().model_dump()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        stack().organization.mode = "adopt"  # type: ignore[misc]


def test_regions_default_to_the_home_region() -> None:
    text = changed(("    regions: [eu-west-1, us-east-1]\n", ""))
    assert stack(text).regions == ("eu-west-1",)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_the_partition_follows_from_the_home_region(region: str, partition: str) -> None:
    text = changed(
        ("aws:region: eu-west-1", f"aws:region: {region}"),
        ("[eu-west-1, us-east-1]", f"[{region}]"),
    )
    assert stack(text).partition == partition
    assert region in REGIONS[partition]


def test_the_table_of_regions_is_that_of_the_sdk() -> None:
    data = botocore.session.get_session().get_component("data_loader").load_data("partitions")
    known = {
        item["id"]: {name for name in item["regions"] if not name.endswith("-global")}
        for item in data["partitions"]
    }
    # A newer SDK may know more; what the table has must exist, in this partition.
    for partition, regions in REGIONS.items():
        assert set(regions) <= known[partition]


def test_conditions_become_texts_as_iam_compares_them() -> None:
    statement = "{actions: s3:*, conditions: {Bool: {aws:SecureTransport: false}}}"
    text = changed(("managedPolicies: [SecurityAudit]", f"statements: [{statement}]"))
    (written,) = stack(text).access.roles["reader"].statements
    assert written.iam_json() == {
        "Effect": "Allow",
        "Action": ["s3:*"],
        "Resource": ["*"],
        "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
    }


def test_names_of_policies_differ_where_their_targets_do() -> None:
    targets = ["Root", "Workloads/Dev", "Workloads-Dev", "Workloads Dev", "W" * 128, "W" * 127]
    names = [naming.policy("prod", target, "scp", 1) for target in targets]
    assert len(set(names)) == len(targets)
    # https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
    assert all(len(name) <= 128 for name in names)
    assert names[0] == "landfall-prod-root-scp-1"
