"""AI services opt-out policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html
AWS adds services to the list, so that other names in lower case are accepted, too.
"""

from __future__ import annotations

from typing import Final

from landfall.organization_policies.grammar import (
    ALL,
    ASSIGN,
    NONE,
    Group,
    Setting,
    one_of,
    text,
)

_FOR_CHILDREN: Final = (ASSIGN, NONE, ALL)

GRAMMAR: Final = Group(
    {
        "services": Group(
            named=Group(
                {"opt_out_policy": Setting(one_of("optOut", "optIn"), for_children=_FOR_CHILDREN)},
                required=("opt_out_policy",),
                for_children=_FOR_CHILDREN,
            ),
            names=text("'default', or a service in lower case, as in rekognition", r"[a-z0-9_-]+"),
            for_children=_FOR_CHILDREN,
        )
    },
    required=("services",),
    for_children=_FOR_CHILDREN,
)
