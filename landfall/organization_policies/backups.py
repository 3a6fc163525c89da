"""Backup policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies.faults import Fault, Path, Wrong
from landfall.organization_policies.grammar import (
    ASSIGN,
    FLAG,
    REGION,
    ROLE,
    SWITCH,
    Group,
    Setting,
    listed,
    number,
    one_of,
    text,
)

_DAYS: Final = Setting(number(1, 36_500))
_VAULT: Final = text("a vault's name: 2 to 50 letters, digits, '-', '_'", r"[A-Za-z0-9_-]{2,50}")
_VAULT_ARN: Final = text(
    "a vault's ARN, as in arn:aws:backup:$region:$account:backup-vault:NAME",
    # Earlier versions of AWS's page wrote `vault`.
    r"arn:aws[a-z-]*:backup:[a-z0-9$-]+:(\$account|\d{12}):(backup-)?vault:[A-Za-z0-9_-]{2,50}",
)
_SCHEDULE: Final = text("a cron expression, as in cron(0 5 ? * * *)", r"cron\(\S+( \S+){5}\)")
_RESOURCES: Final = text(
    "the ARN of a resource type, as in arn:aws:ec2:*:*:volume/*, or *", r"\*|arn:aws[a-z-]*:.+"
)
_MOST_CONDITIONS: Final = 30
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
_COLD_DAYS: Final = 90

_LIFECYCLE: Final = Group(
    {
        "move_to_cold_storage_after_days": _DAYS,
        "delete_after_days": _DAYS,
        "opt_in_to_archive_for_supported_resources": Setting(FLAG),
    }
)
_TAGS: Final = Group(
    named=Group({"tag_key": Setting(text("a tag's key")), "tag_value": Setting(text("a value"))})
)
_RULE: Final = Group(
    {
        "schedule_expression": Setting(_SCHEDULE),
        "target_backup_vault_name": Setting(_VAULT),
        "target_logically_air_gapped_backup_vault_arn": Setting(_VAULT_ARN),
        "start_backup_window_minutes": Setting(number(60, 1_000_000)),
        "complete_backup_window_minutes": Setting(number(1, 1_000_000)),
        "enable_continuous_backup": Setting(FLAG),
        "lifecycle": _LIFECYCLE,
        "copy_actions": Group(
            named=Group({"target_backup_vault_arn": Setting(_VAULT_ARN), "lifecycle": _LIFECYCLE}),
        ),
        "recovery_point_tags": _TAGS,
        "index_actions": Group({"resource_types": listed(one_of("EBS", "S3"))}),
        "scan_actions": Group(
            {"GUARDDUTY": Group({"scan_mode": Setting(one_of("INCREMENTAL_SCAN", "FULL_SCAN"))})}
        ),
    }
)
_CONDITIONS: Final = Group(
    {
        operator: Group(
            named=Group(
                {
                    "condition_key": Setting(
                        text("a tag, as in aws:ResourceTag/backup", r"aws:ResourceTag/.+")
                    ),
                    "condition_value": Setting(text("a value", r"(?s).*")),
                }
            ),
            most=_MOST_CONDITIONS,
        )
        for operator in ("string_equals", "string_not_equals", "string_like", "string_not_like")
    }
)
_SELECTIONS: Final = Group(
    {
        "tags": Group(
            named=Group(
                {
                    "iam_role_arn": Setting(ROLE),
                    "tag_key": Setting(text("a tag's key")),
                    "tag_value": listed(text("a tag's value", r"(?s).*")),
                    "conditions": _CONDITIONS,
                }
            )
        ),
        "resources": Group(
            named=Group(
                {
                    "iam_role_arn": Setting(ROLE),
                    "resource_types": listed(_RESOURCES),
                    "not_resource_types": listed(_RESOURCES),
                    "conditions": _CONDITIONS,
                }
            )
        ),
    }
)
GRAMMAR: Final = Group(
    {
        "plans": Group(
            named=Group(
                {
                    "rules": Group(named=_RULE),
                    "regions": listed(REGION),
                    "selections": _SELECTIONS,
                    "advanced_backup_settings": Group(
                        {
                            "ec2": Group({"windows_vss": SWITCH}),
                            "s3": Group({"backup_acls": SWITCH, "backup_object_tags": SWITCH}),
                        }
                    ),
                    "backup_plan_tags": _TAGS,
                    "scan_settings": Group(
                        {
                            "GUARDDUTY": Group(
                                {
                                    "resource_types": listed(one_of("EBS", "EC2", "S3", "ALL")),
                                    "scanner_role_arn": Setting(ROLE),
                                }
                            )
                        }
                    ),
                }
            )
        )
    },
    required=("plans",),
)


def across(document: Mapping[str, Any]) -> Iterator[Wrong]:
    """Yield the mistakes in lifecycles and selections that single values do not show."""
    for plan, settings in _items(document.get("plans")):
        path: Path = ("plans", plan)
        selections = settings.get("selections")
        if isinstance(selections, Mapping) and {"tags", "resources"} <= set(selections):
            what = "'tags' and 'resources' exclude each other"
            fix = "select tags with the conditions of 'resources'"
            yield Wrong((*path, "selections"), what, fix, Fault.UNSUPPORTED)
        for rule, each in _items(settings.get("rules")):
            here = (*path, "rules", rule)
            yield from _lifecycle(each.get("lifecycle"), (*here, "lifecycle"))
            for copy, action in _items(each.get("copy_actions")):
                place = (*here, "copy_actions", copy, "lifecycle")
                yield from _lifecycle(action.get("lifecycle"), place)


def _lifecycle(lifecycle: object, path: Path) -> Iterator[Wrong]:
    cold = _assigned(lifecycle, "move_to_cold_storage_after_days")
    delete = _assigned(lifecycle, "delete_after_days")
    if cold is not None and delete is not None and delete < cold + _COLD_DAYS:
        what = f"backups in cold storage stay there for {_COLD_DAYS} days at least"
        fix = f"write {cold + _COLD_DAYS} or more, or move them to cold storage earlier"
        yield Wrong((*path, "delete_after_days", ASSIGN), what, fix, Fault.INVALID_VALUE)


def _assigned(settings: object, key: str) -> int | None:
    setting = settings.get(key) if isinstance(settings, Mapping) else None
    value = setting.get(ASSIGN) if isinstance(setting, Mapping) else None
    return int(value) if isinstance(value, str | int) and str(value).isdecimal() else None


def _items(value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, each in value.items() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping):
            yield str(key), each
