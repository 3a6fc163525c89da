"""Every rule, through the SDK's own server: passing, failing, unknown and secret values."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from policies.findings import VARIABLE
from policies.rules import all_rules, find
from tests.policies.analyzer import UNKNOWN, Analyzer, Given, Told, secret
from tests.policies.cases import BAD, BUCKET_TYPE, GONE, PARTS, PRESENT, PROTECTED, bad, changed
from tests.policies.documents import ACCOUNT
from tests.policies.good_resources import GOOD, PASSWORD

# Rules about the whole stack or an option, each tested on its own.
ELSEWHERE = {"LF-ORG-001", "LF-ORG-005", "LF-ORG-006", "LF-TAG-001", "LF-VPC-001"}
ELSEWHERE |= {"LF-IAM-006", "LF-IAM-010", "LF-IAM-011"}
PACK = {"LF-PACK-001", "LF-PACK-002", "LF-PACK-003", "LF-PACK-004"}


def given(type_: str, props: dict[str, Any]) -> Given:
    return Given(type_, props, protect=type_ in PROTECTED)


def rules(told: list[Told]) -> set[str]:
    return {each.rule for each in told}


@pytest.fixture
def findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "findings.jsonl"
    monkeypatch.setenv(VARIABLE, str(path))
    return path


def read(findings: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in findings.read_text().splitlines()]


def test_every_rule_has_a_case() -> None:
    Analyzer()
    tested = set(BAD) | set(PRESENT) | set(PARTS) | ELSEWHERE | PACK
    assert {rule.id for rule in all_rules()} == tested


@pytest.mark.parametrize("type_", sorted(GOOD))
def test_a_good_resource_passes(type_: str) -> None:
    assert Analyzer().resource(given(type_, GOOD[type_])) == []


@pytest.mark.parametrize("id", sorted({**BAD, **PRESENT}))
def test_bad_resource_is_reported_only_by_its_rule(id: str) -> None:
    type_, props = bad(id)
    told = Analyzer().resource(given(type_, props))
    assert rules(told) == {id}
    rule = find(id)
    assert rule is not None
    assert {each.level for each in told} == {rule.level}
    assert all(each.message.endswith(rule.fix) for each in told)


def _decisive(id: str) -> str:
    """Return the property that a rule names for its bad case, as a path into the inputs."""
    type_, props = bad(id)
    message = Analyzer().resource(given(type_, props))[0].message
    place = message.removeprefix(f"[{id}] ").split(": ")[0]
    return place.split(".Statement")[0]


@pytest.mark.parametrize("id", sorted(BAD))
def test_unknown_value_is_reported(id: str, findings: Path) -> None:
    path = _decisive(id)
    type_ = BAD[id].type
    findings.unlink()
    for depth in range(1, path.count(".") + 2):
        upper = ".".join(path.split(".")[:depth])
        analyzer = Analyzer()
        props = changed(bad(id)[1], {upper: UNKNOWN})
        told = analyzer.resource(given(type_, props))
        if id in rules(told):
            continue  # something else of it is known, and wrong
        (line,) = [each for each in analyzer.stack() if not each.rule]
        verdicts = {f["verdict"] for f in read(findings) if f["rule"] == id}
        findings.unlink()
        assert verdicts == {"undecidable"}, upper
        assert id in line.message
        assert line.level == "advisory"


@pytest.mark.parametrize("id", sorted(BAD))
def test_during_an_update_an_unknown_value_is_refused(id: str) -> None:
    path = _decisive(id)
    props = changed(bad(id)[1], {path: UNKNOWN})
    assert id in rules(Analyzer(preview=False).resource(given(BAD[id].type, props)))


def _secretly(props: dict[str, Any]) -> dict[str, Any]:
    return {key: secret(value) for key, value in props.items()}


@pytest.mark.parametrize("id", sorted({**BAD, **PRESENT}))
def test_secrets_are_checked_and_never_shown(id: str, findings: Path) -> None:
    type_, props = bad(id)
    told = Analyzer().resource(given(type_, _secretly(props)))
    assert rules(told) == {id}
    shown = "".join(each.message for each in told) + findings.read_text()
    for value in (PASSWORD, ACCOUNT, "arn:aws", "example/", "alias/", "aaaa"):
        assert value not in shown


def whole() -> list[Given]:
    """Return a bucket with everything beside it, and the bucket that takes its access logs."""
    parts = [Given(type_, GOOD[type_], f"part-{index}") for index, type_ in
             enumerate(PARTS.values())]  # fmt: skip
    return [Given(BUCKET_TYPE, {"bucket": "example"}, "bucket"), *parts]


def test_a_whole_bucket_passes() -> None:
    assert Analyzer().both(*whole()) == []


@pytest.mark.parametrize("id", sorted(PARTS))
def test_bucket_without_a_required_part_is_reported(id: str) -> None:
    rest = [each for each in whole() if each.type != PARTS[id]]
    (told,) = Analyzer().both(*rest)
    rule = find(id)
    assert rule is not None
    assert (told.rule, told.level, told.urn) == (id, rule.level, rest[0].urn)


def test_a_part_belongs_to_the_bucket_that_its_property_was_made_from() -> None:
    bucket, *parts = whole()
    linked = [
        Given(p.type, {**p.props, "bucket": UNKNOWN}, p.name, links={"bucket": [bucket.urn]})
        for p in parts
    ]
    assert Analyzer().stack(bucket, *linked) == []
    other = Given(BUCKET_TYPE, {"bucket": "other"}, "other")
    told = Analyzer().stack(bucket, other, *linked)
    assert {each.urn for each in told} == {other.urn}
    assert rules(told) == set(PARTS)


def test_bucket_that_is_only_read_is_not_checked() -> None:
    analyzer = Analyzer()
    analyzer.resource(Given("aws:sns/topic:Topic", GOOD["aws:sns/topic:Topic"]))
    assert analyzer.stack(Given(BUCKET_TYPE, {"bucket": "someone-elses"}, "read")) == []


def test_aes256_is_for_buckets_that_receive_access_logs_only() -> None:
    aes = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
    resources = [
        Given(each.type, {**each.props, **aes}, each.name)
        if each.type == PARTS["LF-S3-002"]
        else each
        for each in whole()
    ]
    assert rules(Analyzer().both(*resources)) == {"LF-S3-002"}
    receiver = Given(
        PARTS["LF-S3-008"], {"bucket": "another", "targetBucket": "example"}, "delivery"
    )
    assert Analyzer().both(*resources, receiver) == []


def test_settings_of_old_programs_in_the_bucket_itself_count() -> None:
    type_ = PARTS["LF-S3-002"]
    default = GOOD[type_]["rules"][0]
    inline = {
        "bucket": "example",
        "serverSideEncryptionConfiguration": {"rule": default},
        "versioning": {"enabled": True},
        "policy": GOOD[PARTS["LF-TLS-002"]]["policy"],
        "logging": {"targetBucket": "logs"},
    }
    told = Analyzer().both(Given(BUCKET_TYPE, inline, "bucket"))
    assert rules(told) == {"LF-S3-007", "LF-PUB-005"}


def test_one_undecided_bucket_does_not_hide_another() -> None:
    unsure = Given(BUCKET_TYPE, {"bucket": "a", "versioning": UNKNOWN}, "unsure")
    bare = Given(BUCKET_TYPE, {"bucket": "b"}, "bare")
    told = Analyzer().both(unsure, bare)
    assert ("LF-S3-005", bare.urn) in {(each.rule, each.urn) for each in told}
    assert ("LF-S3-005", unsure.urn) not in {(each.rule, each.urn) for each in told}
    assert any("LF-S3-005" in each.message for each in told if not each.rule)


def test_account_without_protection_or_closing_is_reported() -> None:
    type_ = "aws:organizations/account:Account"
    props = GOOD[type_]
    (told,) = Analyzer().resource(Given(type_, props))
    assert (told.rule, told.level) == ("LF-ORG-001", "mandatory")
    closing = Given(type_, {**props, "closeOnDeletion": True})
    assert rules(Analyzer().resource(closing)) == {"LF-ORG-002"}


def test_an_organization_is_protected() -> None:
    type_ = "aws:organizations/organization:Organization"
    assert rules(Analyzer().resource(Given(type_, GOOD[type_]))) == {"LF-ORG-006"}


@pytest.mark.parametrize(
    ("target", "refused"), [("r-ab12", True), ("ou-ab12-11111111", False), (ACCOUNT, False)]
)
def test_a_guardrail_that_denies_everything_stays_below_the_root(
    target: str, refused: bool
) -> None:
    content = json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    policy = Given(
        "aws:organizations/policy:Policy",
        {"content": content},
        "deny-all",
        outputs={"id": "p-12345678", "content": content},
    )
    attachment = Given(
        "aws:organizations/policyAttachment:PolicyAttachment",
        {"policyId": "p-12345678", "targetId": target},
        "attachment",
    )
    assert ("LF-ORG-005" in rules(Analyzer().both(policy, attachment))) is refused


def test_a_guardrail_on_a_root_that_is_not_known_yet() -> None:
    organization = Given("aws:organizations/organization:Organization", {}, protect=True)
    content = json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    policy = Given("aws:organizations/policy:Policy", {"content": content}, "deny-all")
    links = {"policyId": [policy.urn], "targetId": [organization.urn]}
    attachment = Given(
        "aws:organizations/policyAttachment:PolicyAttachment",
        {"policyId": UNKNOWN, "targetId": UNKNOWN},
        links=links,
    )
    told = Analyzer().both(organization, policy, attachment)
    assert rules(told) == {"LF-ORG-005"}


def test_a_network_has_a_flow_log() -> None:
    vpc = Given("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "vpc")
    assert rules(Analyzer().both(vpc)) == {"LF-VPC-001"}
    log = Given("aws:ec2/flowLog:FlowLog", {"vpcId": UNKNOWN}, links={"vpcId": [vpc.urn]})
    assert Analyzer().both(vpc, log) == []


def _tables() -> list[tuple[str, str]]:
    Analyzer()
    prefixes = ("LF-EBS-001", "LF-RDS-002", "LF-DDB", "LF-FSX", "LF-EC-", "LF-OS-", "LF-CT-001",
                "LF-BAK", "LF-RDS-003", "LF-TLS-005", "LF-PUB-004", "LF-LB")  # fmt: skip
    return [
        (rule.id, type_)
        for rule in all_rules()
        if rule.id.startswith(prefixes)
        for type_ in rule.types
    ]


@pytest.mark.parametrize(("id", "type_"), _tables())
def test_a_rule_holds_for_every_type_it_names(id: str, type_: str) -> None:
    assert id in rules(Analyzer().resource(given(type_, {})))


def test_undecided_values_are_reported_in_one_line_per_property() -> None:
    analyzer = Analyzer()
    type_ = "aws:iam/rolePolicy:RolePolicy"
    for index in range(40):
        analyzer.resource(Given(type_, {"policy": UNKNOWN}, f"role-{index:02}"))
    (told,) = analyzer.stack()
    assert told.level == "advisory"
    assert "policy of iam/rolePolicy (role-00, role-01, role-02 and 37 more)" in told.message
    assert len(told.message.splitlines()) == 2


def test_key_that_the_stack_creates_counts_as_customer_managed(findings: Path) -> None:
    key = Given("aws:kms/key:Key", GOOD["aws:kms/key:Key"], "key")
    bucket = Given("aws:s3/bucket:Bucket", {"bucket": "example"}, "bucket")
    made = Given("aws:sns/topic:Topic", {"kmsMasterKeyId": UNKNOWN}, "made")
    for links, waits in (([key.urn], False), ([key.urn, bucket.urn], True), ([], True)):
        topic = Given(made.type, made.props, made.name, links={"kmsMasterKeyId": links})
        analyzer = Analyzer()
        assert analyzer.resource(topic) == []
        told = analyzer.stack(key, bucket, topic)
        assert any("LF-SNS-001" in each.message for each in told) is waits
        assert ("LF-SNS-001" in findings.read_text() if findings.exists() else False) is waits


def test_a_rule_that_fails_refuses_and_shows_no_value() -> None:
    props = copy.deepcopy(GOOD["aws:lambda/function:Function"])
    props["environment"] = {"variables": PASSWORD}
    told = Analyzer().resource(given("aws:lambda/function:Function", props))
    assert rules(told) == {"LF-LAM-002"}
    assert "could not be checked" in told[0].message
    assert PASSWORD not in told[0].message


def test_the_absent_value_of_a_case_is_no_value() -> None:
    assert "kmsKeyArn" not in changed(GOOD["aws:backup/vault:Vault"], {"kmsKeyArn": GONE})
