"""Levels, waivers and settings of a stack, and the findings for reports."""

from __future__ import annotations

import datetime
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies import catalogue, findings, waivers
from policies.judge import Judge
from policies.pack import build
from policies.rules import Violation, find
from policies.settings import Run, read
from policies.values import Resource
from tests.policies.analyzer import Analyzer, Given, Told, urn
from tests.policies.cases import BAD, bad
from tests.policies.good_resources import GOOD

ROOT = Path(__file__).parents[2]
TOPIC = "aws:sns/topic:Topic"
WAIVER = {
    "rule": "LF-SNS-001",
    "resource": f"{TOPIC}::subject",
    "owner": "orders@example.com",
    "reason": "Holds nothing of worth.",
    "expires": "2099-12-31",
}


def rules(told: list[Told]) -> list[str]:
    return [each.rule for each in told]


def analyzer(**config: Any) -> Analyzer:
    return Analyzer({f"policies:{key}": value for key, value in config.items()})


def topic() -> Given:
    return Given(TOPIC, {})


def test_a_level_makes_a_rule_advice_or_ends_it() -> None:
    assert [each.level for each in analyzer().resource(topic())] == ["mandatory"]
    advised = analyzer(levels={"LF-SNS-001": "advisory"})
    assert [each.level for each in advised.resource(topic())] == ["advisory"]
    assert analyzer(levels={"LF-SNS-001": "disabled"}).resource(topic()) == []


def test_a_level_makes_advice_binding() -> None:
    type_, props = bad("LF-CP-005")
    (told,) = analyzer(levels={"LF-CP-005": "mandatory"}).resource(Given(type_, props))
    assert (told.rule, told.level) == ("LF-CP-005", "mandatory")


def test_level_of_a_stack_rule_applies() -> None:
    bucket = Given("aws:s3/bucket:Bucket", {"bucket": "example"})
    told = analyzer(levels={"LF-S3-002": "advisory"}).both(bucket)
    assert {each.level for each in told if each.rule == "LF-S3-002"} == {"advisory"}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"levels": {"LF-NO-001": "advisory"}}, "LF-NO-001 is not a rule of this pack"),
        ({"levels": {"LF-SNS-001": "of"}}, "the level of LF-SNS-001 is none of mandatory,"),
        ({"levels": {"LF-PACK-002": "disabled"}}, "LF-PACK-002 is about the pack itself and"),
        ({"levels": ["LF-SNS-001"]}, "policies:levels is not an object of rule and level"),
        ({"logRetentionDays": True}, "policies:logRetentionDays is not a number of days"),
        (
            {"requiredTag": ["a"]},
            "policies:requiredTag is not a setting of the pack; the settings are",
        ),
        ({"waivers": ["x"]}, "policies:waivers[0] is not a mapping of rule, resource, owner,"),
    ],
)
def test_a_wrong_setting_is_refused_and_changes_nothing(config: dict[str, Any], said: str) -> None:
    refused = analyzer(**config)
    assert rules(refused.resource(topic())) == ["LF-SNS-001"]
    (told,) = [each for each in refused.stack() if each.level == "mandatory"]
    assert told.message.startswith(f"[LF-PACK-001] {said}")


def test_settings_of_other_namespaces_are_left_alone() -> None:
    assert read({"aws:region": "eu-west-1", "landfall:tags": "{"}).problems == ()


def test_lowered_level_is_reported_to_reviewers() -> None:
    (told,) = analyzer(levels={"LF-SNS-001": "disabled", "LF-CP-005": "mandatory"}).stack()
    assert (told.rule, told.level) == ("LF-PACK-004", "advisory")
    assert "LF-SNS-001 (disabled)" in told.message
    assert "LF-CP-005" not in told.message


def test_retention_is_measured_by_the_stack() -> None:
    group = Given("aws:cloudwatch/logGroup:LogGroup", BAD_GROUP)
    assert rules(analyzer().resource(group)) == ["LF-LOGS-002"]
    assert analyzer(logRetentionDays=30).resource(group) == []


BAD_GROUP = {**GOOD["aws:cloudwatch/logGroup:LogGroup"], "retentionInDays": 30}


@pytest.mark.parametrize(
    "given",
    [
        Given(TOPIC, {**GOOD[TOPIC], "tags": {"owner": "a", "cost": "b"}}),
        Given(TOPIC, {**GOOD[TOPIC], "tagsAll": {"owner": "a", "cost": "b"}}),
        Given(
            TOPIC,
            {**GOOD[TOPIC], "tags": {"owner": "a"}},
            provider={"defaultTags": json.dumps({"tags": {"cost": "b"}})},
        ),
    ],
)
def test_tags_count_wherever_they_are_set(given: Given) -> None:
    assert analyzer(requiredTags=["owner", "cost"]).resource(given) == []


def test_a_missing_tag_is_named() -> None:
    given = Given(TOPIC, {**GOOD[TOPIC], "tags": {"owner": "a"}})
    (told,) = analyzer(requiredTags=["owner", "cost"]).resource(given)
    assert (told.rule, told.level) == ("LF-TAG-001", "advisory")
    assert "lacks cost." in told.message


@pytest.mark.parametrize(
    "resource", [f"{TOPIC}::subject", "subject", "sub*", urn(TOPIC), "urn:pulumi:test::*::subject"]
)
def test_a_waiver_excuses_its_resource(resource: str) -> None:
    excusing = analyzer(waivers=[{**WAIVER, "resource": resource}])
    assert excusing.resource(topic()) == []
    assert rules(excusing.resource(Given(TOPIC, {}, "other"))) == ["LF-SNS-001"]
    assert excusing.stack() == []


def test_a_waiver_excuses_inside_a_component() -> None:
    inside = Given(f"my:index:Part${TOPIC}", {}, "subject")
    waiver = waivers.read([WAIVER], "test").valid[0]
    assert waiver.covers("LF-SNS-001", inside.urn)
    assert not waiver.covers("LF-SQS-001", inside.urn)


def test_an_expired_waiver_excuses_nothing_and_fails() -> None:
    expired = analyzer(waivers=[{**WAIVER, "expires": "2026-01-31"}])
    (told,) = expired.resource(topic())
    assert told.message.endswith("Its waiver, owned by orders@example.com, expired on 2026-01-31.")
    (fails,) = expired.stack()
    assert (fails.rule, fails.level) == ("LF-PACK-002", "mandatory")


def test_waiver_applies_until_the_end_of_its_day() -> None:
    entry = {**WAIVER, "expires": "2027-01-31"}
    day = datetime.date(2027, 1, 31)
    assert len(waivers.read([entry], today=day).valid) == 1
    assert len(waivers.read([entry], today=day + datetime.timedelta(days=1)).expired) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": ""}, "has no 'owner'"),
        ({"reason": None}, "has no 'reason'"),
        ({"expires": "soon"}, "has an 'expires' that is not a date such as 2027-01-31"),
        ({"rule": "LF-NO-001"}, "names a rule that the pack does not have"),
        ({"resource": "*"}, "covers every resource; name the one that needs it"),
        ({"ticket": "A-1"}, "has an unknown key 'ticket'"),
    ],
)
def test_a_waiver_that_lacks_something_is_refused(change: dict[str, Any], said: str) -> None:
    refused = analyzer(waivers=[{**WAIVER, **change}])
    assert rules(refused.resource(topic())) == ["LF-SNS-001"]
    (told,) = refused.stack()
    assert told.rule == "LF-PACK-001"
    assert f"policies:waivers[0] {said}" in told.message


def test_unused_waiver_is_reported() -> None:
    told = analyzer(waivers=[WAIVER]).both(Given(TOPIC, GOOD[TOPIC]))
    assert [(each.rule, each.level) for each in told] == [("LF-PACK-003", "advisory")]


def test_waivers_are_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "waivers.yaml"
    monkeypatch.setenv(waivers.VARIABLE, str(file))
    entries = [WAIVER, {**WAIVER, "rule": "LF-SQS-001", "stack": "prod"}]
    file.write_text(json.dumps({"waivers": entries}))
    assert analyzer().resource(topic()) == []
    queue = Given("aws:sqs/queue:Queue", {})
    assert rules(analyzer().resource(queue)) == ["LF-SQS-001"]


@pytest.mark.parametrize("text", ["waivers: {", "waivers: none", "- rule: LF-SNS-001", "\0"])
def test_an_unreadable_file_of_waivers_is_refused(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    monkeypatch.setenv(waivers.VARIABLE, str(file))
    told = analyzer().stack()
    assert told
    assert set(rules(told)) == {"LF-PACK-001"}


def test_missing_file_of_waivers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(waivers.VARIABLE, str(tmp_path / "none.yaml"))
    (told,) = analyzer().stack()
    assert "none.yaml, which LANDFALL_WAIVERS names, does not exist" in told.message


def test_the_packs_own_file_is_empty_and_valid() -> None:
    found = waivers.read()
    assert (found.valid, found.expired, found.problems) == ((), (), ())


def test_finding_has_all_fields_that_reports_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "findings.jsonl"
    monkeypatch.setenv(findings.VARIABLE, str(file))
    analyzer(waivers=[{**WAIVER, "resource": "excused"}]).resource(topic())
    analyzer(waivers=[{**WAIVER, "resource": "excused"}]).resource(Given(TOPIC, {}, "excused"))
    found = [json.loads(line) for line in file.read_text().splitlines()]
    assert [each["verdict"] for each in found] == ["fail", "waived"]
    assert found[0] == {
        "rule": "LF-SNS-001",
        "title": "topics are encrypted with a customer-managed key",
        "severity": "high",
        "level": "mandatory",
        "controls": ["FSBP SNS.1", "NIST-800-53r5 SC-12", "NIST-800-53r5 SC-28(1)"],
        "verdict": "fail",
        "urn": urn(TOPIC),
        "property": "kmsMasterKeyId",
        "message": "is not set",
        "fix": "Set kmsMasterKeyId to the ARN of a customer-managed KMS key.",
        "stack": "test",
        "phase": "preview",
    }


def test_findings_of_several_writers_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "findings.jsonl"
    monkeypatch.setenv(findings.VARIABLE, str(file))
    Analyzer()
    rule = find("LF-SNS-001")
    assert rule is not None
    violation = Violation(Resource(TOPIC, urn(TOPIC), {}), "kmsMasterKeyId", "x" * 3000)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(findings.write, Run(), rule, "fail", "mandatory", violation)
    lines = file.read_text().splitlines()
    assert len(lines) == 400
    assert {json.loads(line)["rule"] for line in lines} == {"LF-SNS-001"}


def test_the_page_lists_the_rules_as_they_are() -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert catalogue.renewed(page) == page


def test_no_module_hides_one_of_the_standard_library() -> None:
    # The engine runs the pack's folder as a script, so it comes first on the path.
    own = {path.stem for path in (ROOT / "policies").glob("*.py")} - {"__init__", "__main__"}
    assert own & sys.stdlib_module_names == set()


def test_the_pack_is_four_objects() -> None:
    # The SDK reads every resource again for each of them.
    policies = build(Judge(Run()))
    assert [policy.enforcement_level for policy in policies] == [
        EnforcementLevel.MANDATORY,
        EnforcementLevel.ADVISORY,
    ] * 2


def test_every_rule_says_what_to_change_and_what_it_answers() -> None:
    Analyzer()
    for id in BAD:
        rule = find(id)
        assert rule is not None
        assert rule.fix.endswith("."), id
        assert rule.controls.nist, id
