"""Upgrade rollout policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_upgrade_syntax.html
"""

from __future__ import annotations

from typing import Final

from landfall.organization_policies.grammar import Group, Setting, one_of, text

_ORDER: Final = Group({"patch_order": Setting(one_of("first", "second", "last"))})
_NAME: Final = text("a tag's key or value", r"(?s).{1,256}")

GRAMMAR: Final = Group(
    {
        "upgrade_rollout": Group(
            {
                "default": _ORDER,
                "tags": Group(
                    named=Group(
                        {"tag_values": Group(named=_ORDER, names=_NAME)}, required=("tag_values",)
                    ),
                    names=_NAME,
                ),
            }
        )
    },
    required=("upgrade_rollout",),
)
