"""Security Hub's standards: Security Hub User Guide, 'Standards reference'."""

from __future__ import annotations

from typing import Any

from landfall.aws.arns import arn_of
from landfall.sandbox.gate.request import Request

_RULE_SET = "cis-aws-foundations-benchmark/v/1.2.0"
_STANDARDS = {
    _RULE_SET: ("CIS AWS Foundations Benchmark v1.2.0", True),
    "aws-foundational-security-best-practices/v/1.0.0": (
        "AWS Foundational Security Best Practices v1.0.0",
        True,
    ),
    "aws-resource-tagging-standard/v/1.0.0": ("AWS Resource Tagging Standard v1.0.0", False),
    "cis-aws-foundations-benchmark/v/1.4.0": ("CIS AWS Foundations Benchmark v1.4.0", False),
    "cis-aws-foundations-benchmark/v/3.0.0": ("CIS AWS Foundations Benchmark v3.0.0", False),
    "cis-aws-foundations-benchmark/v/5.0.0": ("CIS AWS Foundations Benchmark v5.0.0", False),
    "nist-800-171/v/2.0.0": ("NIST Special Publication 800-171 Revision 2", False),
    "nist-800-53/v/5.0.0": ("NIST Special Publication 800-53 Revision 5", False),
    "pci-dss/v/3.2.1": ("PCI DSS v3.2.1", False),
    "pci-dss/v/4.0.1": ("PCI DSS v4.0.1", False),
}


def of_region(request: Request) -> dict[str, dict[str, Any]]:
    """Return the standards of the request's region, by ARN; the oldest belongs to no region."""
    region = arn_of(request.partition, "securityhub", "standards", region=request.region)
    everywhere = arn_of(request.partition, "securityhub", "ruleset")
    return {
        f"{everywhere if tail == _RULE_SET else region}/{tail}": {
            "Name": name,
            "Description": name,
            "EnabledByDefault": default,
        }
        for tail, (name, default) in _STANDARDS.items()
    }
