"""Organizations in the form in which they are read, for tests of the stack file."""

from __future__ import annotations

import json
from typing import Any

from landfall.adoption.describing import Described, describe
from landfall.adoption.stack_file import check, text
from landfall.settings import Stack
from landfall.settings.source import read_yaml
from landfall.snapshots.found import Account, Organization, Policy, Role, Unit
from landfall.validation import parse

ROOT, MANAGEMENT, ID = "r-ab12", "999999999999", "o-a1b2c3d4e5"
DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def unit(name: str, number: int, parent: str = ROOT, **tags: str) -> Unit:
    return Unit(f"ou-ab12-{number:08}", name, parent, tags)


def account(name: str, number: int, parent: str = ROOT, **more: Any) -> Account:
    given: dict[str, Any] = {
        "email": f"aws+{number}@example.com",
        "state": "ACTIVE",
        "joined": "CREATED",
        "tags": {},
    } | more
    return Account(id=f"{number:012}", name=name, parent=parent, **given)


def policy(name: str, number: int, *targets: str, **more: Any) -> Policy:
    given: dict[str, Any] = {
        "type": "SERVICE_CONTROL_POLICY",
        "description": "",
        "aws_managed": False,
        "content": json.dumps({"Version": "2012-10-17", "Statement": [DENY]}),
        "tags": {},
    } | more
    return Policy(id=f"p-{number:08}", name=name, targets=targets, **given)


def organization(**more: Any) -> Organization:
    given: dict[str, Any] = {
        "partition": "aws",
        "root_tags": {},
        "policy_types": ("SERVICE_CONTROL_POLICY",),
        "services": (),
        "delegations": {},
        "units": (),
        "accounts": (),
        "policies": (),
    } | more
    manager = account("management", int(MANAGEMENT))
    given["accounts"] = (manager, *given["accounts"])
    return Organization(id=ID, management_account=MANAGEMENT, root=ROOT, **given)


def role(account_id: str, name: str, trust: Any, **more: Any) -> Role:
    given: dict[str, Any] = {
        "path": "/landfall/",
        "description": "",
        "session_seconds": 3600,
        "boundary": "",
        "managed": ("arn:aws:iam::aws:policy/SecurityAudit",),
        "inline": {},
        "tags": {},
    } | more
    return Role(account=account_id, name=name, trust=trust, **given)


def described(found: Organization) -> Described:
    return describe(found, ["eu-west-1"], "OrganizationAccountAccessRole")


def settings(found: Organization) -> Stack:
    """Return the settings of the written stack file, read as `landfall validate` does."""
    made = described(found)
    written = text(made.config, made.left, {})
    check(written, "legacy", "Pulumi.legacy.yaml")
    value, locations = read_yaml(written, "Pulumi.legacy.yaml")
    return parse(value["config"], stack="legacy", locations=locations)
