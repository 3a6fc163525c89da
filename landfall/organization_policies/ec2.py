"""Declarative policies for EC2.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html
"""

from __future__ import annotations

from typing import Final

from landfall.organization_policies.grammar import (
    SWITCH,
    Group,
    Setting,
    listed,
    number,
    one_of,
    text,
)

_MOST_DAYS: Final = 2_147_483_647
_DAYS: Final = Setting(number(0, _MOST_DAYS))
_OR_NO_PREFERENCE: Final = Setting(one_of("no_preference", "enabled", "disabled"))
_INTERNET: Final = Group(
    {
        "mode": Setting(one_of("off", "block_ingress", "block_bidirectional")),
        "exclusions_allowed": SWITCH,
    }
)
_CRITERION: Final = Group(
    {
        "allowed_image_providers": listed(
            text(
                "an account id, amazon, aws_marketplace, aws_backup_vault or none",
                r"\d{12}|amazon|aws_marketplace|aws_backup_vault|none",
            )
        ),
        "image_names": listed(text("an image's name of at most 128 characters", r"(?s).{1,128}")),
        "marketplace_product_codes": listed(
            text("a product code of at most 25 letters and digits", r"[A-Za-z0-9]{1,25}")
        ),
        "creation_date_condition": Group({"maximum_days_since_created": _DAYS}),
        "deprecation_time_condition": Group({"maximum_days_since_deprecated": _DAYS}),
    }
)
# AWS's page announces these with VPC Encryption Controls, of July 2026.
_ENCRYPTION: Final = Group(
    {
        "mode": Setting(one_of("unmanaged", "attempt_monitor", "attempt_enforce")),
        "exclusions": listed(
            one_of(
                "internet_gateway",
                "nat_gateway",
                "vpc_lattice",
                "vpc_peering",
                "lambda",
                "egress_only_internet_gateway",
                "elastic_file_system",
                "virtual_private_gateway",
            )
        ),
    }
)
GRAMMAR: Final = Group(
    {
        "ec2_attributes": Group(
            {
                "exception_message": Setting(text("a text")),
                # AWS's page uses both names.
                "vpc_block_public_access": Group(
                    {"internet_gateway_block": _INTERNET, "internet_gateway": _INTERNET}
                ),
                "serial_console_access": Group({"status": SWITCH}),
                "image_block_public_access": Group(
                    {"state": Setting(one_of("unblocked", "block_new_sharing"))}
                ),
                "allowed_images_settings": Group(
                    {
                        "state": Setting(one_of("enabled", "disabled", "audit_mode")),
                        "image_criteria": Group(
                            {f"criteria_{index}": _CRITERION for index in range(1, 11)}
                        ),
                    }
                ),
                "instance_metadata_defaults": Group(
                    {
                        "http_tokens": Setting(one_of("no_preference", "required", "optional")),
                        "http_put_response_hop_limit": Setting(number(-1, 64)),
                        "http_endpoint": _OR_NO_PREFERENCE,
                        "instance_metadata_tags": _OR_NO_PREFERENCE,
                        "http_tokens_enforced": _OR_NO_PREFERENCE,
                    }
                ),
                "snapshot_block_public_access": Group(
                    {
                        "state": Setting(
                            one_of("block_all_sharing", "block_new_sharing", "unblocked")
                        )
                    }
                ),
                "vpc_encryption_control": _ENCRYPTION,
            }
        )
    },
    required=("ec2_attributes",),
)
