"""Amazon Bedrock policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies.faults import Fault, Wrong
from landfall.organization_policies.grammar import (
    ASSIGN,
    REGION,
    Group,
    Setting,
    listed,
    one_of,
    text,
)

_GUARDRAIL: Final = re.compile(
    r"arn:aws[a-z-]*:bedrock:([a-z0-9-]+):\d{12}:guardrail/[a-z0-9]+:\d+"
)
_HANDLING: Final = Setting(one_of("comprehensive", "selective"))
_MODELS: Final = listed(text("a model's id, or ALL"))

GRAMMAR: Final = Group(
    {
        "bedrock": Group(
            {
                "guardrail_inference": Group(
                    named=Group(
                        named=Group(
                            {
                                "identifier": Setting(
                                    text(
                                        "a guardrail's ARN with a version, as in "
                                        "arn:aws:bedrock:REGION:ACCOUNT:guardrail/ID:1",
                                        _GUARDRAIL.pattern,
                                    )
                                ),
                                # Required until 2026, when the next key replaced it.
                                "input_tags": Setting(one_of("honor", "ignore")),
                                "selective_content_guarding": Group(
                                    {"system": _HANDLING, "messages": _HANDLING}
                                ),
                                "model_enforcement": Group(
                                    {"included_models": _MODELS, "excluded_models": _MODELS},
                                    together=("included_models", "excluded_models"),
                                ),
                            },
                            required=("identifier",),
                        )
                    ),
                    names=REGION,
                )
            },
            required=("guardrail_inference",),
        )
    },
    required=("bedrock",),
)


def across(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield a mistake for each guardrail in another region than the one it is for."""
    top = document.get("bedrock")
    regions = top.get("guardrail_inference") if isinstance(top, Mapping) else None
    for region, configurations in regions.items() if isinstance(regions, Mapping) else ():
        for name, each in configurations.items() if isinstance(configurations, Mapping) else ():
            found = each.get("identifier") if isinstance(each, Mapping) else None
            arn = found.get(ASSIGN) if isinstance(found, Mapping) else None
            match = _GUARDRAIL.fullmatch(arn) if isinstance(arn, str) else None
            if match and match[1] != region:
                what = f"the guardrail is in {match[1]}, but must be in {region}"
                path = ("bedrock", "guardrail_inference", region, name, "identifier", ASSIGN)
                fix = f"write a guardrail of {region}"
                yield Wrong(path, what, fix, Fault.INVALID_VALUE)
