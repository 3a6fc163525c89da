"""Stacks of many accounts, written as one stack file or as one file for each account.

The accounts vary as in large organizations: most have only an address and a unit, some exist
already and have an id, some have a budget, tags or custom guardrails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "many"
_FOLDER = "accounts"
_TEAMS = 20
_PURPOSES = ("audit", "log-archive", "delivery")
_STAGES = ("Dev", "Staging", "Prod")
_SECURITY = {"name": "Security", "title": "Security", "email": "s@example.com", "phone": "+49 30 1"}


def write(folder: Path, count: int, *, in_files: bool = False, mistakes: int = 0) -> None:
    """Write the stack `many` of `count` accounts into a folder; with `in_files` a file for each.

    `mistakes` of the accounts are wrong: alternately in a unit that does not exist, and without a
    valid address.
    """
    written = dict(accounts(count))
    wrong = list(written.values())[len(_PURPOSES) :][:mistakes]
    for account in wrong[::2]:
        account["unit"] = account["unit"].replace("Team", "Taem")
    for account in wrong[1::2]:
        account["email"] = account["email"].replace("@", " at ")
    config = _config(count)
    if in_files:
        config["landfall:accountsFolder"] = _FOLDER
        (folder / _FOLDER).mkdir(parents=True)
        for name, account in written.items():
            (folder / _FOLDER / f"{name}.yaml").write_text(_block(account), encoding="utf-8")
    lines = ["config:", *(f"  {key}: {json.dumps(value)}" for key, value in config.items())]
    if not in_files:
        lines.append("  landfall:accounts:")
        lines += [f"    {name}: {json.dumps(account)}" for name, account in written.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"Pulumi.{NAME}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def accounts(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the settings of each account; the first three serve the platform."""
    for purpose in _PURPOSES:
        yield purpose, {"email": f"aws+{purpose}@example.com", "unit": "Core", "purpose": purpose}
    for number in range(count - len(_PURPOSES)):
        stage = _STAGES[number % 3]
        account: dict[str, Any] = {
            "email": f"aws+account-{number}@example.com",
            "unit": f"Workloads/Team{number // 3 % _TEAMS}/{stage}",
            "environment": stage.lower(),
        }
        if number % 4 == 0:
            account["id"] = f"{300000000000 + number}"
        if number % 5 == 0:
            account["tags"] = {"team": f"team-{number // 3 % _TEAMS}", "cost-center": str(number)}
        if number % 7 == 0:
            account["baseline"] = {"budget": {"amount": 500 + number % 9}}
        if number % 50 == 0:
            account["guardrails"] = ["deny-public-s3"]
        yield f"account-{number}", account


def _config(count: int) -> dict[str, Any]:
    teams = {f"Team{number}": {"units": _stages()} for number in range(_TEAMS)}
    return {
        "aws:region": "eu-west-1",
        "landfall:quotas": {"accounts": count + 1},
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "guardrails": [
                "deny-leaving-organization",
                "deny-root-user",
                "organization-perimeter",
                "ec2-defaults",
            ],
            "units": {
                "Core": {"guardrails": ["protect-security-services", "protect-platform-roles"]},
                "Workloads": {"guardrails": ["restrict-regions", "require-imdsv2"], "units": teams},
            },
        },
        "landfall:baseline": {
            "contacts": {"security": _SECURITY},
            "budget": {"amount": 100, "notify": ["platform@example.com"]},
        },
        "landfall:access": {
            "roles": {
                "security-audit": {
                    "principals": [{"account": "audit", "role": "landfall/auditor"}],
                    "managedPolicies": ["SecurityAudit"],
                }
            },
            "identityCenter": {
                "instance": "ssoins-7223a1b2c3d4e5f6",
                "identityStore": "d-9067a1b2c3",
                "groups": {"developers": {}, "auditors": {}},
                "permissionSets": {
                    "look": {"managedPolicies": ["job-function/ViewOnlyAccess"]},
                    "audit": {"managedPolicies": ["SecurityAudit"]},
                },
                "assignments": [
                    {"group": "developers", "permissionSets": "look", "units": "Workloads"},
                    {"group": "auditors", "permissionSets": "audit", "units": "Root"},
                ],
            },
        },
        "landfall:security": {"findings": {"notify": ["security@example.com"]}},
    }


def _stages() -> dict[str, Any]:
    return {
        "Dev": {},
        "Staging": {"guardrails": ["deny-unencrypted-storage"]},
        "Prod": {"guardrails": ["deny-unencrypted-storage", "protect-keys"]},
    }


def _block(account: dict[str, Any]) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in account.items())
