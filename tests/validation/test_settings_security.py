"""Settings of the security services: all mistakes are reported together, each with a fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from landfall.problems import ProblemsError
from landfall.settings import conformance
from landfall.settings.config_rules import OwnPack
from landfall.settings.security import KINDS
from landfall.validation import parse


def config(**security: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {"regions": ["eu-west-1", "us-east-1"]},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
        },
        "landfall:security": security,
    }


def mistakes(settings: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the mistakes by path below the key."""
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    return {
        problem.path.removeprefix("landfall:security."): (problem.what, problem.fix)
        for problem in caught.value.problems
    }


def test_security_without_further_settings_has_defaults() -> None:
    security = parse(config()).security
    assert security is not None
    assert security.told == KINDS
    assert security.archives


def test_security_without_a_log_archive_account_is_refused() -> None:
    settings = config()
    settings["landfall:accounts"] = {"audit": {"email": "a@example.com", "purpose": "audit"}}
    found = mistakes(settings)
    assert list(found) == ["landfall:security"]
    assert "purpose: log-archive" in found["landfall:security"][0]


def test_security_mistakes_are_reported_together() -> None:
    found = mistakes(
        config(
            logArchive={"lock": {"days": 30}, "readers": [{"account": "auditt", "role": "r"}]},
            config={
                "regions": ["us-east-1"],
                "packs": ["encrypton"],
                "ownPacks": {
                    "encryption": {"rules": {"S3_BUCKET_VERSIONING_ENABLED": {}}},
                    "own": {
                        "rules": {
                            "s3-bucket-versioning-enabled": {},
                            "ACCESS_KEYS_ROTATD": {},
                            "ACCESS_KEYS_ROTATED": {"maxAge": 90},
                        }
                    },
                },
            },
            securityHub={"enabled": False, "standards": ["fspb"]},
            findings={"kinds": ["guardduty", "non-compliance"]},
        )
    )
    assert set(found) == {
        "logArchive.lock.mode",
        "logArchive.readers[0].account",
        "config.regions",
        "config.packs[0]",
        "config.ownPacks.encryption",
        "config.ownPacks.own.rules.s3-bucket-versioning-enabled",
        "config.ownPacks.own.rules.ACCESS_KEYS_ROTATD",
        "config.ownPacks.own.rules.ACCESS_KEYS_ROTATED",
        "config.ownPacks.own.rules.ACCESS_KEYS_ROTATED.maxAge",
        "securityHub.standards[0]",
        "findings.kinds[1]",
    }
    rules = "config.ownPacks.own.rules."
    assert found[f"{rules}ACCESS_KEYS_ROTATD"][1] == "did you mean 'ACCESS_KEYS_ROTATED'?"
    fix = found[f"{rules}s3-bucket-versioning-enabled"][1]
    assert fix == "did you mean 'S3_BUCKET_VERSIONING_ENABLED'?"
    assert "'maxAccessKeyAge'" in found[f"{rules}ACCESS_KEYS_ROTATED"][0]
    assert found["securityHub.standards[0]"][1].startswith("did you mean 'fsbp'?")
    assert found["config.packs[0]"][1] == "did you mean 'encryption'?"


@pytest.mark.parametrize(
    ("archive", "place"),
    [
        ({"archiveDays": 90, "expireDays": 60}, "archiveDays"),
        ({"expireDays": 100, "lock": {"mode": "governance", "days": 101}}, "lock.days"),
        ({"lock": {"mode": "governance", "days": 1}, "forceDestroy": True}, "forceDestroy"),
    ],
)
def test_log_archive_with_contradicting_settings_is_refused(
    archive: dict[str, Any], place: str
) -> None:
    assert set(mistakes(config(logArchive=archive))) == {f"logArchive.{place}"}


def test_delegation_of_a_security_service_in_two_places_is_refused() -> None:
    settings = config()
    settings["landfall:organization"]["delegatedAdministrators"] = {
        "guardduty.amazonaws.com": ["audit"],
        "config.amazonaws.com": ["logs"],
        "access-analyzer.amazonaws.com": ["audit"],
    }
    assert {path.rpartition("delegatedAdministrators.")[2] for path in mistakes(settings)} == {
        "guardduty.amazonaws.com",
        "config.amazonaws.com",
    }


def test_custom_trusted_services_must_include_the_required_ones() -> None:
    settings = config(securityHub={"enabled": False}, trail={"enabled": False})
    settings["landfall:organization"]["trustedServices"] = ["guardduty.amazonaws.com"]
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    told = [problem.what for problem in caught.value.problems]
    assert [what.rpartition(" ")[2] for what in told] == [
        "access-analyzer.amazonaws.com",
        "config-multiaccountsetup.amazonaws.com",
        "config.amazonaws.com",
    ]


def test_pack_quotas_apply_and_can_be_raised() -> None:
    simple = [name for name, rule in conformance.rules().items() if not rule.required]
    rules: dict[str, Any] = {name: {} for name in simple[:4]}
    settings = config(config={"ownPacks": {"own": {"rules": rules}}})
    settings["landfall:quotas"] = {"rulesPerConformancePack": 3, "conformancePacks": 2}
    found = mistakes(settings)
    assert set(found) == {"config.ownPacks", "config.ownPacks.own.rules"}
    del settings["landfall:quotas"]
    assert parse(settings)


@pytest.mark.parametrize("name", conformance.SHIPPED)
def test_packs_of_landfall_are_valid_for_aws(name: str) -> None:
    """Each rule exists, with its parameters; names and logical ids are unique."""
    body = yaml.safe_load(conformance.shipped(name))
    assert set(body) == {"Resources"}
    names = []
    for resource in body["Resources"].values():
        assert resource["Type"] == "AWS::Config::ConfigRule"
        properties = resource["Properties"]
        rule = conformance.rules()[properties["Source"]["SourceIdentifier"]]
        given = set(properties.get("InputParameters", {}))
        assert rule.required <= given <= rule.parameters
        assert all(isinstance(it, str) for it in properties.get("InputParameters", {}).values())
        names.append(properties["ConfigRuleName"])
    assert len(names) == len(set(names)) >= 10
    text = Path(conformance.__file__).parent.joinpath("packs", f"{name}.yaml").read_text()
    assert text.count("ConfigRuleName:") == len(names)


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_packs_name_policies_of_the_partition_and_the_account_role(partition: str) -> None:
    text = conformance.shipped("least-privilege", partition, ["Provisioner", "Own"])
    assert f"arn:{partition}:iam::aws:policy/AdministratorAccess" in text
    assert text.count("arn:") == text.count(f"arn:{partition}:")
    assert "roles:[Provisioner;Own]" in text


def test_custom_pack_becomes_a_template() -> None:
    pack = OwnPack.model_validate(
        {"rules": {"ACCESS_KEYS_ROTATED": {"maxAccessKeyAge": 60}, "ROOT_ACCOUNT_MFA_ENABLED": {}}}
    )
    resources = yaml.safe_load(conformance.template(pack))["Resources"]
    assert list(resources) == ["AccessKeysRotated", "RootAccountMfaEnabled"]
    properties = resources["AccessKeysRotated"]["Properties"]
    assert properties["InputParameters"] == {"maxAccessKeyAge": "60"}


def test_receivers_that_get_nothing_are_refused() -> None:
    receivers = {
        "mixed": {"notify": "a@example.com", "severity": "high", "highest": "low"},
        "none": {"notify": "a@example.com", "kinds": "guardduty"},
    }
    found = mistakes(config(guardDuty={"enabled": False}, findings={"receivers": receivers}))
    assert found["findings.receivers.mixed.highest"][1] == "write high or a higher one"
    assert "guardDuty" in found["findings.receivers.none.kinds[0]"][0]
    assert found["findings.receivers.none"][0] == "there are no findings to notify of"
    assert len(found) == 3
