"""Findings in each format: whole, harmless, and the same every time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landfall.problems import Location
from landfall.reports import (
    Entry,
    Finding,
    Section,
    codequality,
    json_text,
    markdown,
    sarif,
    text,
)
from landfall.reports.finding import counts, grouped, ordered, verdict
from landfall.rules import Severity
from tests.reports import sarif_schema

BUCKET = "urn:pulumi:dev::landfall::landfall:artifacts:Store$aws:s3/bucket:Bucket::orders"
PUBLIC = Finding(
    rule="LF-S3-002",
    level="mandatory",
    severity=Severity.HIGH,
    message="the bucket takes requests without TLS",
    fix="Add a statement that denies them.",
    title="buckets take requests through TLS only",
    subject=BUCKET,
    path="policy.Statement[0]",
    location=Location("Pulumi.dev.yaml", 12, 5),
    controls=("CIS-5.0 2.1.1", "FSBP S3.5"),
    stack="dev",
)
ADVICE = Finding("LF-LB-001", "advisory", Severity.MEDIUM, "access is not logged", stack="dev")
LATER = replace(PUBLIC, rule="LF-IAM-001", verdict="undecidable", location=None)
WAIVED = replace(PUBLIC, rule="LF-IAM-002", verdict="waived")
ALL = [WAIVED, LATER, ADVICE, PUBLIC]

# Surrogates too: JSON can bring half a pair.
any_character = st.characters(codec=None)
texts = st.text(any_character, max_size=40)
findings = st.builds(
    Finding,
    rule=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12),
    level=st.sampled_from(["mandatory", "advisory"]),
    severity=st.sampled_from(Severity),
    message=st.text(any_character, min_size=1, max_size=40),
    fix=texts,
    title=texts,
    subject=texts,
    path=texts,
    location=st.none()
    | st.builds(
        Location,
        st.text(any_character, min_size=1, max_size=9),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    untraced=texts,
    stack=texts,
    verdict=st.sampled_from(["fail", "undecidable", "waived"]),
)


def results(log: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def test_findings_are_sorted_by_severity_without_duplicates() -> None:
    assert ordered([*ALL, PUBLIC]) == [PUBLIC, ADVICE, LATER, WAIVED]


def test_the_verdict_counts_what_stops_a_change_apart() -> None:
    assert verdict(ALL) == "refused: 1 mandatory, 1 advisory, 1 not decidable yet, 1 waived"
    assert verdict([ADVICE, WAIVED]) == "passed: 1 advisory, 1 waived"
    assert verdict([]) == "passed: no findings"


@pytest.mark.parametrize("severity", [Severity.CRITICAL, Severity.HIGH])
def test_grave_advice_is_never_said_to_have_passed(severity: Severity) -> None:
    grave = replace(ADVICE, severity=severity)
    assert verdict([grave]) == f"to be reviewed (1 {severity}): 1 advisory"
    assert "passed" not in text.render([grave]) + markdown.render([grave])
    assert verdict([replace(grave, verdict="waived")]) == "passed: 1 waived"
    assert verdict([grave], complete=False) == "incomplete: 1 advisory"
    assert counts(ALL) == {"mandatory": 1, "advisory": 1, "undecidable": 1, "waived": 1}


def test_sarif_says_what_where_and_how_grave() -> None:
    log = sarif.log(ALL, version="0.1.0", nowhere="Pulumi.dev.yaml")
    sarif_schema.validate(log)
    first, advice, later, waived = results(log)
    assert first["level"] == "error"
    assert first["message"]["text"] == (
        "policy.Statement[0]: the bucket takes requests without TLS."
        " Add a statement that denies them."
    )
    place = first["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "Pulumi.dev.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 5},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == BUCKET
    assert advice["level"] == "warning"
    assert "region" not in advice["locations"][0]["physicalLocation"]
    assert (later["kind"], later["level"]) == ("open", "none")
    assert waived["suppressions"][0]["status"] == "accepted"
    rule = log["runs"][0]["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["tags"] == ["security", "CIS-5.0 2.1.1", "FSBP S3.5"]


def test_a_fingerprint_outlives_a_moved_line_but_not_another_resource() -> None:
    moved = replace(PUBLIC, location=Location("Pulumi.dev.yaml", 99))
    other = replace(PUBLIC, subject=f"{BUCKET}-2")
    prints = [
        results(sarif.log([each]))[0]["partialFingerprints"] for each in (PUBLIC, moved, other)
    ]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.pop("version"),
        lambda log: results(log)[0].pop("message"),
        lambda log: results(log)[0].update(level="fatal"),
        lambda log: results(log)[0]["locations"][0]["physicalLocation"]["region"].update(
            startLine=0
        ),
        lambda log: results(log)[0].update(surplus=1),
    ],
)
def test_the_schema_refuses_what_is_not_sarif(spoil: Any) -> None:
    log = sarif.log([PUBLIC])
    sarif_schema.validate(log)
    spoil(log)
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate(log)


@given(st.lists(findings, max_size=6))
def test_any_findings_make_valid_sarif_and_json(listed: list[Finding]) -> None:
    log = json.loads(sarif.text(listed, nowhere="a b:c/é.yaml"))
    sarif_schema.validate(log)
    assert len(results(log)) == len(grouped(listed))
    assert results(log) == results(json.loads(sarif.text(listed[::-1], nowhere="a b:c/é.yaml")))
    answer = json.loads(json_text.render(listed))
    assert answer["passed"] == (not any(finding.fails for finding in listed))
    assert sum(answer["counts"].values()) == len(answer["findings"])


@given(st.lists(findings, max_size=6))
def test_text_keeps_control_characters_from_a_terminal(listed: list[Finding]) -> None:
    shown = text.render(listed)
    assert all(character.isprintable() or character == "\n" for character in shown)


@given(st.lists(findings, max_size=6))
def test_no_finding_breaks_the_table_of_the_markdown(listed: list[Finding]) -> None:
    shown = markdown.render(listed)
    for line in shown.splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == 5
    rows = [line for line in shown.splitlines() if line.startswith("| ")]
    headers = sum(line.startswith("| severity ") for line in rows)
    assert len(rows) - headers == sum(
        len(grouped([each for each in listed if (each.verdict, each.level) == kind]))
        for kind in {(each.verdict, each.level) for each in listed}
    )


def test_finding_of_one_line_in_many_resources_is_reported_once() -> None:
    many = [replace(PUBLIC, subject=f"{BUCKET}-{number}") for number in range(5)]
    assert [len(group.subjects) for group in grouped([*many, ADVICE])] == [5, 0]
    apart = [replace(each, location=Location("Pulumi.dev.yaml")) for each in many]
    assert len(grouped(apart)) == 5
    result = results(sarif.log(many))
    assert len(result) == 1
    assert result[0]["message"]["text"].endswith("(5 resources)")
    assert len(result[0]["locations"][0]["logicalLocations"]) == 5
    assert "on aws:s3/bucket:Bucket orders-2\n    and 2 more resources\n" in text.render(many)
    assert "orders-2`<br>and 2 more |" in markdown.render(many)
    assert text.render(many).endswith("refused: 1 mandatory\n")


def test_text_puts_the_place_first_and_the_verdict_last() -> None:
    shown = text.render(ALL, heading="Policies").splitlines()
    assert shown[0] == (
        "Pulumi.dev.yaml:12: error [LF-S3-002] high: policy.Statement[0]:"
        " the bucket takes requests without TLS"
    )
    assert shown[1] == "    on aws:s3/bucket:Bucket orders"
    assert shown[-1].startswith("Policies refused: 1 mandatory, 1 advisory")


def test_markdown_groups_by_what_a_reader_has_to_do() -> None:
    shown = markdown.render(ALL, heading="Policies")
    order = [
        "## Policies refused: 1 mandatory",
        "### Must change before this can be applied (1)",
        "`Pulumi.dev.yaml:12`<br>`aws:s3/bucket:Bucket orders`",
        "### Advice (1)",
        "<summary>Checked during the update, when values are known (1)</summary>",
        "<summary>Waived (1)</summary>",
    ]
    places = [shown.index(each) for each in order]
    assert places == sorted(places)


def test_markdown_shows_markup_and_mentions_as_they_are() -> None:
    nasty = replace(ADVICE, message="<b>@all</b> [x](https://e.example) `a` | www.e.example #1")
    shown = markdown.render([nasty])
    for active in ("<b>", "@all", "[x](", "https://", "www.e", " | www", " #1"):
        assert active not in shown
    assert "&lt;b&gt;&#64;all&lt;/b&gt;" in shown


def test_markdown_that_is_too_long_for_a_comment_says_what_is_missing() -> None:
    entries = tuple(Entry(f"entry {n}", ("x" * 400,), is_folded=True) for n in range(400))
    shown = markdown.render([PUBLIC], [Section("access", "Access", entries=entries)])
    assert len(shown) < 65_536
    assert shown.count("<details>") == shown.count("</details>")
    assert shown.endswith("see the job's report.\n")


def test_incomplete_check_has_not_passed() -> None:
    log = sarif.log([ADVICE], failures=["the program broke"])
    sarif_schema.validate(log)
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    assert json.loads(json_text.render([], complete=False))["passed"] is False
    for render in (text.render, markdown.render):
        assert "incomplete: no findings" in render([], complete=False)
        assert "refused: 1 mandatory" in render([PUBLIC], complete=False)


def test_gitlab_gets_what_fails_with_a_line_and_a_fingerprint() -> None:
    found = codequality.issues([*ALL, replace(PUBLIC, subject=f"{BUCKET}-2")], nowhere="here.yaml")
    assert [(each["check_name"], each["severity"]) for each in found] == [
        ("LF-S3-002", "critical"),
        ("LF-LB-001", "major"),
    ]
    assert found[0]["location"] == {"path": "Pulumi.dev.yaml", "lines": {"begin": 12}}
    assert found[1]["location"] == {"path": "here.yaml", "lines": {"begin": 1}}
    assert found[0]["description"] == (
        "policy.Statement[0]: the bucket takes requests without TLS."
        " Add a statement that denies them."
    )
    assert len({each["fingerprint"] for each in found}) == 2


def test_the_markdown_begins_with_the_mark_by_which_ci_finds_it() -> None:
    assert markdown.render(ALL).splitlines()[0] == markdown.MARKER


def test_section_is_in_every_format_that_supports_it() -> None:
    entry = Entry("role `audit` is new", ("reads S3",))
    section = Section("access", "Access", "One role.", (entry,), {"roles": ["audit"]})
    assert "  role `audit` is new\n    reads S3\n" in text.render([], [section])
    assert "- **role \\`audit\\` is new**\n  - reads S3" in markdown.render([], [section])
    assert json.loads(json_text.render([], [section]))["access"] == {"roles": ["audit"]}
