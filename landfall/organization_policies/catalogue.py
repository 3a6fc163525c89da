"""The grammar of each policy type, and the check of a document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from landfall.iam.documents import Kind
from landfall.organization_policies import (
    access,
    ai_services,
    backups,
    bedrock,
    chat,
    ec2,
    s3,
    security_services,
    tags,
    upgrades,
)
from landfall.organization_policies.checking import checked
from landfall.organization_policies.faults import Wrong
from landfall.organization_policies.grammar import Group

_MOST: Final = 100

CONTROL: Final[dict[str, Kind]] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}
"""The types in the language of IAM."""

GRAMMARS: Final[dict[str, Group]] = {
    "TAG_POLICY": tags.GRAMMAR,
    "BACKUP_POLICY": backups.GRAMMAR,
    "AISERVICES_OPT_OUT_POLICY": ai_services.GRAMMAR,
    "CHATBOT_POLICY": chat.GRAMMAR,
    "DECLARATIVE_POLICY_EC2": ec2.GRAMMAR,
    "SECURITYHUB_POLICY": security_services.SECURITY_HUB,
    "INSPECTOR_POLICY": security_services.INSPECTOR,
    "UPGRADE_ROLLOUT_POLICY": upgrades.GRAMMAR,
    "BEDROCK_POLICY": bedrock.GRAMMAR,
    "S3_POLICY": s3.GRAMMAR,
    "NETWORK_SECURITY_DIRECTOR_POLICY": security_services.NETWORK_SECURITY_DIRECTOR,
    "GUARDDUTY_POLICY": security_services.GUARD_DUTY,
}
"""The types with inheritance operators. AWS's SECURITYHUB_CSPM_POLICY is not checked."""

_ACROSS: Final[dict[str, Callable[[Mapping[str, Any]], Iterator[Wrong]]]] = {
    "TAG_POLICY": tags.across,
    "BACKUP_POLICY": backups.across,
    "BEDROCK_POLICY": bedrock.across,
    "GUARDDUTY_POLICY": security_services.across_guard_duty,
}


def mistakes(
    kind: str, document: Mapping[str, Any], regions: Collection[str] = ()
) -> Iterator[Wrong]:
    """Yield the first 100 mistakes of a document; none for an unknown type.

    `regions` are all that exist; without them, only the form of a region's name is checked.
    """
    yield from islice(_all(kind, document, regions), _MOST)


def _all(kind: str, document: Mapping[str, Any], regions: Collection[str]) -> Iterator[Wrong]:
    if kind in CONTROL:
        yield from access.mistakes(document, CONTROL[kind])
    elif kind in GRAMMARS:
        yield from checked(document, GRAMMARS[kind], regions)
        if kind in _ACROSS:
            yield from _ACROSS[kind](document)
