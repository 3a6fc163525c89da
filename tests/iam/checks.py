"""Short calls of the analysis for tests, and look-up of findings by rule."""

from __future__ import annotations

from typing import Any

from landfall.iam.documents import Document
from landfall.iam.policy_checks import Finding, Report, Subject, check, levels
from tests.iam.cases import document


def identity(*statements: object, scp: tuple[Document, ...] = (), **more: Any) -> Report:
    """Check one identity policy, under SCPs and other policies of a subject."""
    control = levels(tuple((f"scp{place}", one) for place, one in enumerate(scp)))
    own = (("own", document(*statements, kind="identity")),)
    return check(Subject(identity=own, service_control=control, **more))


def resource(*statements: object, type: str = "s3", **more: Any) -> Report:
    """Check a resource policy."""
    policy = ("resource", document(*statements, kind="resource"))
    return check(Subject(resource_policy=policy, resource_type=type, **more))


def trusting(*statements: object, **more: Any) -> Report:
    """Check a trust policy."""
    return check(Subject(trust=("trust", document(*statements, kind="trust")), **more))


def rules(report: Report) -> set[str]:
    """Return the ids of all rules that found something."""
    return {one.rule for one in report.findings}


def only(report: Report, rule: str) -> Finding:
    """Return the one finding of a rule."""
    found = [one for one in report.findings if one.rule == rule]
    assert len(found) == 1, [one.message for one in found]
    return found[0]
