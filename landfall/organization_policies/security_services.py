"""Policies of security services: Security Hub, Inspector, Network Security Director, GuardDuty.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_security_hub_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inspector_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_network_security_director_syntax.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_guardduty_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies.faults import Fault, Wrong
from landfall.organization_policies.grammar import (
    ASSIGN,
    REGION,
    REGION_OR_ALL,
    SWITCH,
    Form,
    Group,
    Node,
    listed,
)

_LISTS: Final[dict[str, Node]] = {
    "enable_in_regions": listed(REGION_OR_ALL),
    "disable_in_regions": listed(REGION_OR_ALL),
}
_TOGETHER: Final = tuple(_LISTS)
_REGIONS: Final = Group(_LISTS, together=_TOGETHER)

SECURITY_HUB: Final = Group(
    {
        "securityhub": Group(
            {**_LISTS, "features": Group({"network_scanning": _REGIONS})}, together=_TOGETHER
        )
    },
    required=("securityhub",),
)

INSPECTOR: Final = Group(
    {
        "inspector": Group(
            {
                "enablement": Group(
                    {
                        "lambda_standard_scanning": Group(
                            {**_LISTS, "lambda_code_scanning": _REGIONS}, together=_TOGETHER
                        ),
                        "ec2_scanning": _REGIONS,
                        "ecr_scanning": _REGIONS,
                        "code_repository_scanning": _REGIONS,
                    }
                )
            },
            required=("enablement",),
        )
    },
    required=("inspector",),
)

NETWORK_SECURITY_DIRECTOR: Final = Group(
    {
        "network_security_director": Group(
            {"enablement": Group({"network_security_scan": _REGIONS})}, required=("enablement",)
        )
    },
    required=("network_security_director",),
)

_STATUS: Final = Group({"status": SWITCH})
_FEATURES: Final = Group(
    {
        "foundational": _STATUS,
        "s3_data_events": _STATUS,
        "eks_audit_logs": _STATUS,
        "ebs_malware_protection": _STATUS,
        "rds_login_events": _STATUS,
        "lambda_network_logs": _STATUS,
        "runtime_monitoring": Group(
            {
                "status": SWITCH,
                "additional_configuration": Group(
                    {
                        "eks_addon_management": _STATUS,
                        "ec2_agent_management": _STATUS,
                        "ecs_fargate_agent_management": _STATUS,
                    }
                ),
            }
        ),
        "ai_protection": _STATUS,
    }
)
GUARD_DUTY: Final = Group(
    {
        "guardduty": Group(
            {
                "enablement": Group(
                    named=_FEATURES,
                    names=Form(
                        "'default', or a region, as in eu-west-1",
                        REGION.pattern,
                        choices=("default",),
                        is_region=True,
                    ),
                    least=1,
                )
            },
            required=("enablement",),
        )
    },
    required=("guardduty",),
)


def across_guard_duty(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield a mistake for each region with features, but without foundational detection."""
    top = document.get("guardduty")
    blocks = top.get("enablement") if isinstance(top, Mapping) else None
    for name, block in blocks.items() if isinstance(blocks, Mapping) else ():
        if not isinstance(block, Mapping):
            continue
        on = [feature for feature in _FEATURES.keys if _is_enabled(block.get(feature))]
        if on and "foundational" not in on:
            what = f"'{on[0]}' needs foundational detection in the same block"
            fix = f"add foundational: {{status: {{'{ASSIGN}': enabled}}}}"
            yield Wrong(("guardduty", "enablement", name), what, fix, Fault.MISSING_KEY)


def _is_enabled(feature: object) -> bool:
    status = feature.get("status") if isinstance(feature, Mapping) else None
    return isinstance(status, Mapping) and status.get(ASSIGN) == "enabled"
