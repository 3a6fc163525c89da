"""Amazon S3 policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_s3_syntax.html
"""

from __future__ import annotations

from typing import Final

from landfall.organization_policies.grammar import Group, Setting, one_of

GRAMMAR: Final = Group(
    {"s3_attributes": Group({"public_access_block_configuration": Setting(one_of("all", "none"))})},
    required=("s3_attributes",),
)
