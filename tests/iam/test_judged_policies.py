"""Policies that static analysis gets wrong, each with the verdict from AWS's documentation.

A case is a file in `judged`. `found` are findings that must be there, each with its severity, or
with None for any; `absent` are rules that must find nothing. `no_graver` bounds all severities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from landfall.iam.documents import parse
from landfall.iam.policy_checks import Report, Subject, check, levels
from landfall.iam.simulation import Case, answer, read
from landfall.rules import Severity

JUDGED = Path(__file__).parent / "judged"
HIGH, MEDIUM, LOW, NOTE = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.NOTE
POLICY = "escalation-policy"
PUBLIC = "public-resource"
SUBJECT, WIDE = "trust-oidc-any-subject", "trust-oidc-wide-subject"
NEVER = "contradictory-condition"


@dataclass(frozen=True)
class Verdict:
    """The expectations of a case."""

    kind: str
    found: Mapping[str, Severity | None] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    no_graver: Severity | None = None
    resource_type: str = "s3"


def _identity(found: Mapping[str, Severity | None], *absent: str) -> Verdict:
    return Verdict("identity", found, absent)


def _resource(
    found: Mapping[str, Severity | None], *absent: str, of: str = "s3", no_graver: Severity = HIGH
) -> Verdict:
    return Verdict("resource", found, absent, no_graver, of)


def _trust(
    found: Mapping[str, Severity | None], *absent: str, no_graver: Severity = HIGH
) -> Verdict:
    return Verdict("trust", found, absent, no_graver)


DEPUTY = "confused-deputy-resource"
CONFUSED = "trust-confused-deputy"
CASES = {
    "cognito-unauthenticated": _trust({SUBJECT: MEDIUM}),
    "deputy-apigateway": _resource({DEPUTY: None}, of="lambda"),
    "deputy-cloudfront": _resource({DEPUTY: None}),
    "deputy-logs-regional-name": _resource({DEPUTY: None}, of="kms"),
    "deputy-trust-ecs-tasks": _trust({CONFUSED: None}),
    "deputy-trust-rolesanywhere": _trust({CONFUSED: None}),
    "efs-mount-target": _resource({}, PUBLIC, of="efs"),
    "escalation-boundary-administrator": _identity({POLICY: HIGH}),
    "escalation-boundary-any": _identity({POLICY: HIGH}),
    "escalation-new-role-passed": _identity({POLICY: HIGH}),
    "escalation-new-role-trusts-caller": _identity({POLICY: HIGH}),
    "escalation-own-group": _identity({POLICY: HIGH}),
    "fit-list-bucket-on-objects": _identity({"resource-does-not-fit": NOTE}),
    "fit-object-behind-colon": _identity({"resource-does-not-fit": NOTE}),
    "key-misspelt-deny": _identity({"unknown-condition-key": None, POLICY: HIGH}),
    "key-of-another-service": _identity({NEVER: None}, POLICY),
    "key-of-another-service-deny": _identity({"ineffective-deny": None, POLICY: HIGH}),
    "mask-request-tag": _identity({"escalation-pass-role": HIGH}),
    "mask-scp-deny-root": _identity({POLICY: HIGH}),
    "mask-scp-imdsv1": _identity({POLICY: HIGH}),
    "mask-scp-resource-org": _identity({POLICY: HIGH}),
    "oidc-bitbucket-repository": _trust({}, no_graver=NOTE),
    "oidc-circleci-project": _trust({}, no_graver=NOTE),
    "oidc-eks-any-namespace": _trust({WIDE: None}),
    "oidc-github-any-id": _trust({}, no_graver=LOW),
    "oidc-github-any-ref": _trust({WIDE: NOTE}),
    "oidc-github-environment-only": _trust({SUBJECT: HIGH}),
    "oidc-gitlab-self-hosted": _trust({}, no_graver=MEDIUM),
    "oidc-terraform-whole-org": _trust({WIDE: LOW}),
    "owned-sso-role": _identity({}, POLICY),
    "region-iam-allow": _identity({NEVER: None}, POLICY),
    "res-deny-notaction": _resource({}, PUBLIC),
    "res-deny-org-prefix": _resource({PUBLIC: None}),
    "res-deny-userid": _resource({}, PUBLIC),
    "res-principal-account": _resource({}, PUBLIC),
    "res-resource-account-variable": _resource({}, PUBLIC),
    "res-resource-org-variable": _resource({}, PUBLIC),
    "res-two-denies": _resource({}, PUBLIC),
    "service-principal-org-id": _resource({NEVER: None}),
    "time-epoch-number-deny": _identity({}, POLICY),
    "time-epoch-number-past": _identity({NEVER: None}, POLICY),
    "time-revoked-sessions": _identity({POLICY: HIGH}),
    "time-window-reversed": _identity({NEVER: None}, POLICY),
    "trust-account-prefix": _trust({"trust-everybody": None}),
    "trust-external-id-any": _trust({"trust-account": None}),
    "trust-org-prefix": _trust({"trust-everybody": None}),
    "trust-service-denied": _trust({}, CONFUSED),
    "trust-stringequals-star": _trust({NEVER: None}, "trust-everybody", no_graver=LOW),
}


def judged(name: str, verdict: Verdict) -> Report:
    """Check a case's file as `landfall iam check` does."""
    if verdict.kind == "resource":
        policy = ("resource", parse(_text(name), kind="resource"))
        return check(Subject(resource_policy=policy, resource_type=verdict.resource_type))
    if verdict.kind == "trust":
        return check(Subject(trust=("trust", parse(_text(name), kind="trust"))))
    around = (JUDGED / f"{name}.scp.json").exists()
    own = ("own", parse(_text(f"{name}.identity" if around else name), kind="identity"))
    scps = (("scp", parse(_text(f"{name}.scp"), kind="scp")),) if around else ()
    return check(Subject(identity=(own,), service_control=levels(scps)))


def _text(name: str) -> str:
    return (JUDGED / f"{name}.json").read_text()


@pytest.mark.parametrize("name", sorted(CASES))
def test_judged_policy_gets_documented_verdict(name: str) -> None:
    verdict = CASES[name]
    report = judged(name, verdict)
    shown = [f"{one.rule}/{one.severity}: {one.message}" for one in report.findings]
    for rule, severity in verdict.found.items():
        severities = [one.severity for one in report.findings if one.rule == rule]
        assert severities, (f"{rule} is missing", shown)
        assert severity is None or severities[0] is severity, shown
    for rule in verdict.absent:
        assert all(one.rule != rule for one in report.findings), shown
    least = verdict.no_graver or HIGH
    assert all(one.severity.rank >= least.rank for one in report.findings), shown


def test_judged_policies_all_have_a_verdict() -> None:
    names = {path.stem.removesuffix(".identity").removesuffix(".scp") for path in JUDGED.iterdir()}
    assert names - {"simulate-origin-access-identity"} == set(CASES)


def test_origin_access_identity_outside_organization_is_denied() -> None:
    case = read(_text("simulate-origin-access-identity"))
    assert isinstance(case, Case)
    assert answer(case)["decision"] == "explicitDeny"
