"""Tag policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies.faults import Fault, Wrong
from landfall.organization_policies.grammar import ASSIGN, Group, Setting, listed, text

# A key has 128 characters, a value 256 and at most one wildcard.
_KEY: Final = text("a tag's key of at most 128 characters", r"(?s).{1,128}")
_VALUE: Final = text(
    "a tag's value of at most 256 characters with at most one *", r"(?s)(?=.{0,256}\Z)[^*]*\*?[^*]*"
)
_RESOURCE: Final = (
    r"[a-z][a-z0-9-]*:(\*|ALL_SUPPORTED|[A-Za-z][A-Za-z0-9_/:.-]*)"  # as in ec2:instance
)
_ENFORCED: Final = text(
    "service and resource type, as in ec2:instance, or a service's ALL_SUPPORTED", _RESOURCE
)
_REPORTED: Final = text(
    "service and resource type, as in ec2:instance, or a service's ALL_SUPPORTED",
    rf"{_RESOURCE}|\*",
)

GRAMMAR: Final = Group(
    {
        "tags": Group(
            named=Group(
                {
                    "tag_key": Setting(_KEY),
                    "tag_value": listed(_VALUE),
                    "enforced_for": listed(_ENFORCED),
                    "report_required_tag_for": listed(_REPORTED),
                }
            ),
            names=_KEY,
        )
    },
    required=("tags",),
)


def across(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield a mistake for each tag key that differs from its policy key by more than case."""
    tags = document.get("tags")
    for name, rule in tags.items() if isinstance(tags, Mapping) else ():
        key = rule.get("tag_key") if isinstance(rule, Mapping) else None
        written = key.get(ASSIGN) if isinstance(key, Mapping) else None
        if isinstance(written, str) and written.lower() != str(name).lower():
            what = f"the tag key '{written[:60]}' is not the key of its rule, '{str(name)[:60]}'"
            fix = "write the same key in both places; only the case may differ"
            yield Wrong(("tags", name, "tag_key", ASSIGN), what, fix, Fault.INVALID_VALUE)
