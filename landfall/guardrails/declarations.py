"""Guardrails of declarative policy types, instead of deny statements.

Each stays a separate policy. AWS merges those of all levels for an account, by the operators
in them:
https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html
"""

from __future__ import annotations

from typing import Any

from landfall.aws.arns import iam_arn
from landfall.guardrails.statements import Context, Guardrail, Parameter
from landfall.settings import naming
from landfall.settings.backup_plans import DAILY, OWN_ACCOUNT, POLICY

TAG_KEYS = Parameter(
    "keys",
    "the tags' keys, in the case they are to have",
    r"[\w .:/=+@-]{1,128}",
    "CostCenter",
    needed=True,
)


def _assign(value: Any) -> dict[str, Any]:
    return {"@@assign": value}


def _ec2_defaults(_: Context) -> dict[str, Any]:
    """Enforce EC2 settings in every region, whatever the account sets.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html
    """
    return {
        "ec2_attributes": {
            "image_block_public_access": {"state": _assign("block_new_sharing")},
            "instance_metadata_defaults": {"http_tokens": _assign("required")},
            "serial_console_access": {"status": _assign("disabled")},
            "snapshot_block_public_access": {"state": _assign("block_all_sharing")},
        }
    }


def _ai_opt_out(_: Context) -> dict[str, Any]:
    """Opt out of AWS storing and using content to improve its AI services.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out_syntax.html
    """
    return {"services": {"default": {"opt_out_policy": _assign("optOut")}}}


def _tag_keys(context: Context) -> dict[str, Any]:
    """Define the case of tag keys; AWS reports compliance and rejects nothing.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_example-tag-policies.html
    """
    keys = context.value(TAG_KEYS)
    return {"tags": {key: {"tag_key": _assign(key)} for key in keys}}


BACKUP_TAG = Parameter(
    "tag", "the tag of what is backed up, with the value true", r"[\w .:/=+@-]{1,128}", "backup"
)
KEEP_DAYS = Parameter("keepDays", "days to keep backups; default: 35", r"[1-9]\d{0,4}", "'90'")


def _daily_backups(context: Context) -> dict[str, Any]:
    """Back up tagged resources every night, to the vault that each account has in each region.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
    """
    name = f"role/{naming.ROLE_PATH}{naming.BACKUP_ROLE}"
    role = iam_arn(context.partition, OWN_ACCOUNT, name)
    return {
        "plans": {
            "daily": {
                "regions": _assign(list(context.regions)),
                "rules": {
                    "nightly": {
                        "schedule_expression": _assign("cron(0 3 ? * * *)"),
                        "target_backup_vault_name": _assign(naming.BACKUP_VAULT),
                        "lifecycle": {
                            "delete_after_days": _assign(context.value(KEEP_DAYS, ["35"])[0])
                        },
                    }
                },
                "selections": {
                    "tags": {
                        "tagged": {
                            "iam_role_arn": _assign(role),
                            "tag_key": _assign(context.value(BACKUP_TAG, ["backup"])[0]),
                            "tag_value": _assign(["true"]),
                        }
                    }
                },
            }
        }
    }


GUARDRAILS = (
    Guardrail(
        "ec2-defaults",
        "DECLARATIVE_POLICY_EC2",
        "public images and snapshots, IMDSv1 by default, the serial console",
        document=_ec2_defaults,
    ),
    Guardrail(
        "ai-opt-out",
        "AISERVICES_OPT_OUT_POLICY",
        "AWS's AI services keeping content to learn from",
        document=_ai_opt_out,
    ),
    Guardrail(
        "tag-keys",
        "TAG_POLICY",
        "keys of tags in several spellings",
        parameters=(TAG_KEYS,),
        document=_tag_keys,
    ),
    Guardrail(
        DAILY,
        POLICY,
        "tagged data without a backup of last night",
        parameters=(BACKUP_TAG, KEEP_DAYS),
        document=_daily_backups,
    ),
)
