"""EventBridge events of findings in the delegated administrator account.

Findings of every account arrive there: GuardDuty's in their own region, Security
Hub's of all regions in the aggregation region. AWS Config evaluates rules in the
member accounts; their results arrive as findings of Security Hub. Root use and trail changes are
findings of GuardDuty, of any severity; EventBridge itself only has events of its
own account.
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
"""

import json
from collections.abc import Iterable
from typing import Any

_LABELS = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
_NUMBERS = {"low": 1, "medium": 4, "high": 7, "critical": 9}
_TYPES = {
    "root-use": ["Policy:IAMUser/RootCredentialUsage"],
    "trail-changes": ["Stealth:IAMUser/CloudTrailLoggingDisabled"],
}
_GUARDDUTY = {
    "account": "$.detail.accountId",
    "region": "$.detail.region",
    "severity": "$.detail.severity",
    "title": "$.detail.title",
    "type": "$.detail.type",
}
_HUB = {
    "account": "$.detail.findings[0].AwsAccountId",
    "region": "$.detail.findings[0].Region",
    "resource": "$.detail.findings[0].Resources[0].Id",
    "severity": "$.detail.findings[0].Severity.Label",
    "title": "$.detail.findings[0].Title",
}
_WORDS = {
    "security-hub": "<severity> in account <account>, <region>: <title>. It is about <resource>.",
    "guardduty": "Severity <severity> in account <account>, <region>: <title>. It is a <type>.",
    "non-compliance": "Not compliant in account <account>, <region>: <title>, <resource>.",
    "root-use": "The root user of account <account> was used, <region>: <title>",
    "trail-changes": "A trail was changed in account <account>, <region>: <title>",
}


def pattern(kind: str, severity: str, *, guardduty_tells: bool, highest: str = "critical") -> str:
    """Return the event pattern of a kind, from the lowest to the highest severity.

    With `guardduty_tells`, GuardDuty's findings have their own notification, so that they are not
    repeated as Security Hub findings. Config's findings are also a separate kind.
    """
    if kind in ("security-hub", "non-compliance"):
        return _json(_of_hub(kind, severity, guardduty_tells, highest))
    numbers: list[Any] = [">=", _NUMBERS[severity]]
    if (above := _above(highest)) is not None:
        numbers += ["<", above]
    detail: dict[str, Any] = {"severity": [{"numeric": numbers}]}
    if kind in _TYPES:
        detail = {"type": _TYPES[kind]}
    else:
        told = sorted(each for types in _TYPES.values() for each in types)
        detail["type"] = [{"anything-but": told}]
    return _json(
        {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"], "detail": detail}
    )


def _above(severity: str) -> int | None:
    """Return the number at which the next higher severity begins; None for the highest."""
    numbers = [*_NUMBERS.values(), None]
    return numbers[[*_NUMBERS].index(severity) + 1]


def _of_hub(kind: str, severity: str, guardduty_tells: bool, highest: str) -> dict[str, Any]:
    finding: dict[str, Any] = {
        "RecordState": ["ACTIVE"],
        "Workflow": {"Status": ["NEW"]},
    }
    if kind == "non-compliance":
        finding |= {"ProductName": ["Config"], "Compliance": {"Status": ["FAILED"]}}
    else:
        apart = ["Config", *(["GuardDuty"] if guardduty_tells else [])]
        labels = _LABELS[_LABELS.index(severity.upper()) : _LABELS.index(highest.upper()) + 1]
        finding |= {
            "ProductName": [{"anything-but": apart}],
            "Severity": {"Label": list(labels)},
        }
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "detail": {"findings": finding},
    }


def forwarded() -> str:
    """Return the pattern of events that another region forwards to the home region."""
    return _json({"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]})


def of_guardduty(kinds: Iterable[str]) -> bool:
    """Return whether any kind uses GuardDuty's findings."""
    return any(kind in ("guardduty", *_TYPES) for kind in kinds)


def message(kind: str) -> dict[str, Any]:
    """Return the input transformer that renders an event as a sentence."""
    paths = _HUB if kind in ("security-hub", "non-compliance") else _GUARDDUTY
    words = _WORDS[kind]
    used = {name: path for name, path in paths.items() if f"<{name}>" in words}
    return {"input_paths": used, "input_template": json.dumps(words, ensure_ascii=False)}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
