"""How the tests of the analysis judge documents: short, and findings by their rule."""

from __future__ import annotations

from typing import Any

from landfall.iam.documents import Document
from landfall.iam.policy_checks import Finding, Report, Subject, check, levels
from tests.iam.cases import document


def identity(*statements: object, scp: tuple[Document, ...] = (), **more: Any) -> Report:
    """Judge one identity policy, under SCPs and whatever else a subject has."""
    control = levels(tuple((f"scp{place}", one) for place, one in enumerate(scp)))
    own = (("own", document(*statements, kind="identity")),)
    return check(Subject(identity=own, service_control=control, **more))


def resource(*statements: object, type: str = "s3", **more: Any) -> Report:
    """Judge a resource's policy."""
    policy = ("resource", document(*statements, kind="resource"))
    return check(Subject(resource_policy=policy, resource_type=type, **more))


def trusting(*statements: object, **more: Any) -> Report:
    """Judge a trust policy."""
    return check(Subject(trust=("trust", document(*statements, kind="trust")), **more))


def rules(report: Report) -> set[str]:
    """Return the ids of all rules that found something."""
    return {one.rule for one in report.findings}


def only(report: Report, rule: str) -> Finding:
    """Return the one finding of a rule."""
    found = [one for one in report.findings if one.rule == rule]
    assert len(found) == 1, [one.message for one in found]
    return found[0]
