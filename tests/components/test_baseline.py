"""The baseline of accounts, their contacts and budgets, and the register of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.landing_zone import LandingZone
from components.landing_zone.register import AccountClosureError
from landfall.validation import parse
from tests.components.conftest import ACCOUNTS, Registered

Runner = Callable[[Callable[[], Any]], Registered]

CONTACT = {"name": "A", "title": "B", "email": "a@example.com", "phone": "+1"}
MANAGEMENT = "organization/management"


def config(region: str = "eu-west-1", **settings: Any) -> dict[str, Any]:
    return {
        "aws:region": region,
        "landfall:organization": {
            "regions": [region],
            "units": {
                "Workloads": {},
                "Old": {"suspended": True, "units": {"Older": {}}},
            },
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com"},
            "orders": {"email": "orders@example.com", "unit": "Workloads"},
        },
        **{f"landfall:{key}": value for key, value in settings.items()},
    }


def built(run: Runner, given: dict[str, Any]) -> Registered:
    return run(lambda: LandingZone(parse(given, stack="test")))


def baselines(registered: Registered) -> list[str]:
    return sorted(registered.of("landfall:baseline:Baseline"))


def test_every_account_and_the_management_account_have_all_parts(run: Runner) -> None:
    given = config()
    given["landfall:organization"]["regions"] = ["eu-west-1", "us-east-1"]
    registered = built(run, given)
    whole = ["audit-baseline", "orders-baseline", f"{MANAGEMENT}-baseline"]
    assert baselines(registered) == sorted(whole)
    for token, part in (
        ("AccountPasswordPolicy", "passwords"),
        ("AccountPublicAccessBlock", "buckets"),
    ):
        assert set(registered.of(token)) == {f"{name}-{part}" for name in whole}
    for token, part in (
        ("EncryptionByDefault", "volumes"),
        ("SnapshotBlockPublicAccess", "snapshots"),
        ("ImageBlockPublicAccess", "images"),
        ("InstanceMetadataDefaults", "metadata"),
        ("Analyzer", "analyzer"),
    ):
        made = registered.of(token)
        assert {(name, inputs["region"]) for name, inputs in made.items()} == {
            (f"{name}-{part}-{region}", region)
            for name in whole
            for region in ("eu-west-1", "us-east-1")
        }
    assert {each["type"] for each in registered.of("Analyzer").values()} == {"ACCOUNT"}
    passwords = registered.of("AccountPasswordPolicy")["orders-baseline-passwords"]
    assert passwords == {
        "allowUsersToChangePassword": True,
        "minimumPasswordLength": 14,
        "passwordReusePrevention": 24,
        "requireLowercaseCharacters": True,
        "requireNumbers": True,
        "requireSymbols": True,
        "requireUppercaseCharacters": True,
    }
    assert set(registered.of("AccountPublicAccessBlock")["audit-baseline-buckets"].values()) == {
        True
    }


def test_baseline_resource_uses_the_provider_of_its_account(run: Runner) -> None:
    registered = built(run, config())
    providers = {
        resource.name: resource.provider.split("::")[-2]
        for resource in registered.resources
        if resource.typ == "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
        and resource.provider
    }
    assert providers["orders-baseline-passwords"] == "orders"
    assert providers["audit-baseline-passwords"] == "audit"
    assert f"{MANAGEMENT}-baseline-passwords" not in providers


def test_baseline_layer_overrides_the_outer_layers(run: Runner) -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNTS['orders']}:key/abc"
    given = config(
        baseline={
            "passwordPolicy": {"minimumLength": 20, "remembered": 0},
            "requireImdsv2": False,
            "accessAnalyzer": False,
            "budget": {"amount": 100, "notify": ["a@example.com"]},
            "contacts": {"security": CONTACT},
            "managementAccount": {"enabled": False},
        }
    )
    given["landfall:organization"]["units"]["Workloads"] = {
        "baseline": {"blockPublicBuckets": False, "budget": {"amount": 200.5}}
    }
    given["landfall:accounts"]["orders"]["baseline"] = {
        "passwordPolicy": {"maxAgeDays": 90},
        "volumeKeys": {"eu-west-1": key},
        "accessAnalyzer": True,
        "metadataHops": 2,
        "contacts": {"security": None, "billing": CONTACT},
    }
    registered = built(run, given)
    assert baselines(registered) == ["audit-baseline", "orders-baseline"]
    assert set(registered.of("AccountPublicAccessBlock")) == {"audit-baseline-buckets"}
    passwords = registered.of("AccountPasswordPolicy")["orders-baseline-passwords"]
    assert (passwords["minimumPasswordLength"], passwords["maxPasswordAge"]) == (20, 90)
    assert "passwordReusePrevention" not in passwords
    assert (
        "maxPasswordAge" not in registered.of("AccountPasswordPolicy")["audit-baseline-passwords"]
    )
    assert {n: i["keyArn"] for n, i in registered.of("DefaultKmsKey").items()} == {
        "orders-baseline-volume-key-eu-west-1": key
    }
    (metadata,) = registered.of("InstanceMetadataDefaults").values()
    assert metadata == {
        "httpTokens": "no-preference",
        "httpPutResponseHopLimit": 2,
        "region": "eu-west-1",
    }
    assert list(registered.of("Analyzer")) == ["orders-baseline-analyzer-eu-west-1"]
    budgets = registered.of("Budget")
    assert {name: inputs["limitAmount"] for name, inputs in budgets.items()} == {
        "audit-oversight-budget": "100",
        "orders-oversight-budget": "200.5",
    }
    contacts = registered.of("AlternativeContact")
    assert {name: inputs["accountId"] for name, inputs in contacts.items()} == {
        "audit-oversight-security": ACCOUNTS["audit"],
        "orders-oversight-billing": ACCOUNTS["orders"],
    }


def test_budget_is_in_the_management_account_and_covers_one_account(run: Runner) -> None:
    registered = built(
        run, config(baseline={"budget": {"amount": 100, "notify": ["a@example.com"]}})
    )
    budgets = registered.of("Budget")
    budget = budgets["orders-oversight-budget"]
    assert budget["name"] == "landfall-test-orders"
    assert budget["costFilters"] == [{"name": "LinkedAccount", "values": [ACCOUNTS["orders"]]}]
    assert [(n["notificationType"], n["threshold"]) for n in budget["notifications"]] == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    management = budgets[f"{MANAGEMENT}-oversight-budget"]
    assert management["costFilters"][0]["values"] == ["999999999999"]
    providers = {r.provider for r in registered.resources if r.name.endswith("-budget")}
    assert providers == {""}


def test_contact_of_the_management_account_has_no_account_id(run: Runner) -> None:
    registered = built(run, config(baseline={"contacts": {"operations": CONTACT}}))
    contacts = registered.of("AlternativeContact")
    assert "accountId" not in contacts[f"{MANAGEMENT}-oversight-operations"]
    assert contacts["audit-oversight-operations"]["alternateContactType"] == "OPERATIONS"


@pytest.mark.parametrize(
    ("region", "currency"),
    [("eu-west-1", "USD"), ("cn-north-1", "CNY"), ("us-gov-west-1", None)],
)
def test_baseline_part_missing_in_the_partition_is_omitted(
    run: Runner, region: str, currency: str | None
) -> None:
    given = config(region)
    if currency:
        budget = {"amount": 100, "notify": ["a@example.com"]}
        given["landfall:baseline"] = {"budget": budget, "contacts": {"security": CONTACT}}
    registered = built(run, given)
    assert len(registered.of("EncryptionByDefault")) == 3
    assert {inputs["limitUnit"] for inputs in registered.of("Budget").values()} == (
        {currency} if currency else set()
    )
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    trusted = "account.amazonaws.com" in organization["awsServiceAccessPrincipals"]
    assert trusted == (currency is not None)


def test_baseline_part_set_by_a_declarative_policy_is_omitted(run: Runner) -> None:
    given = config()
    given["landfall:organization"]["units"]["Workloads"] = {"guardrails": ["ec2-defaults"]}
    registered = built(run, given)
    for token in ("SnapshotBlockPublicAccess", "ImageBlockPublicAccess"):
        assert not [name for name in registered.of(token) if name.startswith("orders")]
        assert len(registered.of(token)) == 2
    assert len(registered.of("InstanceMetadataDefaults")) == 2
    assert len(registered.of("EncryptionByDefault")) == 3


def test_organization_analyzers_replace_account_analyzers(run: Runner) -> None:
    given = config(security={})
    given["landfall:accounts"]["audit"]["purpose"] = "audit"
    given["landfall:accounts"]["logs"] = {"email": "l@example.com", "purpose": "log-archive"}
    kinds = {each["type"] for each in built(run, given).of("Analyzer").values()}
    assert kinds == {"ORGANIZATION"}
    given["landfall:security"] = {"accessAnalyzer": {"enabled": False}}
    analyzers = built(run, given).of("Analyzer")
    assert {each["type"] for each in analyzers.values()} == {"ACCOUNT"}
    assert len(analyzers) == 4


def test_external_account_has_a_baseline_only_if_enabled(run: Runner) -> None:
    given = config(baseline={"budget": {"amount": 1, "notify": ["a@example.com"]}})
    given["landfall:organization"] |= {"mode": "adopt", "id": "o-a1b2c3d4e5"}
    given["landfall:accounts"]["orders"] |= {"external": True, "id": "333333333333"}
    registered = built(run, given)
    assert "orders-baseline" not in baselines(registered)
    assert "orders-oversight-budget" not in registered.of("Budget")
    given["landfall:accounts"]["orders"]["baseline"] = {"enabled": True}
    registered = built(run, given)
    assert "orders-baseline" in baselines(registered)
    assert "orders-oversight-budget" in registered.of("Budget")


def test_suspended_account_has_no_resources(run: Runner) -> None:
    given = config(
        access={
            "roles": {
                "reader": {
                    "principals": [{"account": "audit", "role": "landfall/auditor"}],
                    "managedPolicies": ["SecurityAudit"],
                }
            }
        },
        baseline={"budget": {"amount": 1, "notify": ["a@example.com"]}},
    )
    given["landfall:accounts"]["orders"]["unit"] = "Old/Older"
    registered = built(run, given)
    inside = [r.name for r in registered.resources if "::orders::" in (r.provider or "")]
    assert inside == []
    assert "orders" not in registered.of("pulumi:providers:aws")
    assert (
        registered.of("aws:organizations/account:Account")["orders"]["parentId"]
        == "organization/Old/Older-id"
    )
    assert "orders-oversight-budget" in registered.of("Budget")


def changed(run: Runner, given: dict[str, Any], old: dict[str, Any]) -> list[str]:
    """Pass a change of the accounts to the hook, and return the messages that it logged."""
    registered = built(run, given)
    hook = registered.hooks["accounts-change"]
    new = registered.of("pulumi:index:Stash")["accounts"]["input"]
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pulumi.log, "warn", said.append)
        hook.callback(
            pulumi.ResourceHookArgs(
                "urn", "id", "accounts", "type", {"input": new}, {"input": {**new, **old}}
            )
        )
    return said


def account(key: str, **values: Any) -> dict[str, Any]:
    found = {"id": "1", "email": f"{key}@example.com", "closes": False}
    return found | values


def test_changed_account_email_is_logged(run: Runner) -> None:
    assert changed(run, config(), {}) == []
    (said,) = changed(run, config(), {"audit": account("audit", email="old@example.com")})
    assert "account audit: the new e-mail address audit@example.com is recorded" in said


@pytest.mark.parametrize(("count", "refused"), [(250, False), (251, True)])
def test_more_closures_than_aws_allows_are_refused(run: Runner, count: int, refused: bool) -> None:
    old = {f"a{number}": account(f"a{number}", closes=True) for number in range(count)}
    if refused:
        with pytest.raises(AccountClosureError, match=r"251 accounts would be closed .* 250 in 30"):
            changed(run, config(), old)
    else:
        (said,) = changed(run, config(), old)
        assert "closes 3 at a time: run it with --parallel 3" in said


def test_closures_of_a_large_organization_are_limited_by_share(run: Runner) -> None:
    kept = {f"k{number}": account(f"k{number}") for number in range(1300)}
    closed = {f"a{number}": account(f"a{number}", closes=True) for number in range(270)}
    assert changed(run, config(), kept | closed)


def test_accounts_that_are_not_closed_are_not_counted(run: Runner) -> None:
    old = {f"a{number}": account(f"a{number}") for number in range(300)}
    assert changed(run, config(), old) == []
