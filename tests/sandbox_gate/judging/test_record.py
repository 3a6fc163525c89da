"""`landfall sandbox access`: what each role used, never used, and was denied."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from landfall.cli.sandbox import app
from landfall.problems import ProblemsError
from landfall.sandbox import access, engine
from landfall.sandbox.server_process import Server
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of
from tests.sandbox_gate.judging.callers import Roles

ORDERS = f"arn:aws:codecommit:eu-west-1:{MANAGEMENT}:orders"


@pytest.fixture
def roles(sandbox: Sandbox) -> Roles:
    roles = Roles(sandbox)
    roles.create(
        "builder",
        {"Sid": "Own", "Action": ["codecommit:*", "codecommit:Delete*"], "Resource": ORDERS},
        {"Sid": "Lists", "Action": ["sns:ListTopics", "kms:ListKeys"]},
    )
    repositories = roles.client("builder", "codecommit")
    repositories.create_repository(repositoryName="orders")
    repositories.get_repository(repositoryName="orders")
    repositories.get_repository(repositoryName="orders")
    roles.client("builder", "kms").list_keys()
    error_of(roles.client("builder", "codepipeline").list_pipelines)
    return roles


def server_of(sandbox: Sandbox) -> Server:
    return Server(sandbox.pid, urlsplit(sandbox.url).port or 0, MANAGEMENT, 0.0)


def _builder(sandbox: Sandbox) -> access.RoleAccess:
    (found,) = access.chosen(access.roles_of(access.read(server_of(sandbox))), "builder")
    return found


def test_record_tells_used_from_never_used_and_denied(roles: Roles) -> None:
    found = _builder(roles.sandbox)
    assert [(use.action, use.resource, use.times) for use in found.used] == [
        ("codecommit:CreateRepository", ORDERS, 1),
        ("codecommit:GetRepository", ORDERS, 2),
        ("kms:ListKeys", "*", 1),
    ]
    assert [(one.statement, one.action) for one in found.unused] == [
        ("Own", "codecommit:Delete*"),
        ("Lists", "sns:ListTopics"),
    ]
    (denial,) = found.denied
    assert denial.action == "codepipeline:ListPipelines"
    assert "no identity-based policy allows" in denial.message


def test_deleted_role_keeps_its_record_until_a_reset(roles: Roles, aws: Clients) -> None:
    aws("iam").delete_role_policy(RoleName="builder", PolicyName="own")
    aws("iam").delete_role(RoleName="builder")
    found = _builder(roles.sandbox)
    assert not found.exists
    assert len(found.used) == 3
    roles.sandbox.reset()
    with pytest.raises(ProblemsError, match="no role 'builder'"):
        _builder(roles.sandbox)


def test_command_shows_all_roles_or_one_in_full(
    roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "attach", lambda *_: server_of(roles.sandbox))
    shown = CliRunner().invoke(app, ["access"]).output
    assert f"{MANAGEMENT}/builder        4     2           2       1" in shown
    assert f"Roles were denied:\n  {MANAGEMENT}/builder: User: arn:aws:sts::" in shown
    assert "because no identity-based policy allows the codepipeline:ListPipelines action" in shown
    shown = CliRunner().invoke(app, ["access", "--role", "builder"]).output
    assert f"codecommit:GetRepository on {ORDERS}, 2 times" in shown
    assert "sns:ListTopics on * (own, Lists)" in shown
    assert "denied: 1" in shown
    shown = CliRunner().invoke(app, ["access", "--role", "builder", "--format", "json"]).output
    (found,) = json.loads(shown)
    assert found["neverUsed"][1]["action"] == "sns:ListTopics"


def test_many_resources_and_actions_of_aws_are_one_line_each(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    managed = "arn:aws:iam::aws:policy/SecurityAudit"
    statements = [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "iam:List*"]}]
    used = [["s3:GetObject", f"arn:aws:s3:::orders/{number}", 2] for number in range(5)]
    record = _record({**statements[0], "Resource": "*"}, *used, ["kms:ListKeys", "*", 1])
    record["roles"][0]["policies"][0]["name"] = managed
    monkeypatch.setattr(engine, "attach", lambda *_: server_of(sandbox))
    monkeypatch.setattr(access, "read", lambda _: record)
    shown = CliRunner().invoke(app, ["access", "--role", "x"]).output
    assert "s3:GetObject on 5 resources such as arn:aws:s3:::orders/0, 10 times" in shown
    assert "kms:ListKeys on *, once" in shown
    assert "never used: 2" in shown
    assert "2 actions of AWS's policy SecurityAudit" in shown


def test_hint_counts_denials_of_roles_and_services(roles: Roles) -> None:
    record = dict(access.read(server_of(roles.sandbox)))
    assert access.hint(record, "dev") == (
        "The sandbox has denied 1 permission so far. To see which: `landfall sandbox access -s dev`"
    )
    record["services"] = [["logs.amazonaws.com", "group", "kms:Decrypt", "key", 1, "denied"]]
    assert "denied 2 permissions" in access.hint(record, "dev")
    assert access.hint({"denied": [], "services": []}, "dev") == ""


def test_command_without_calls_says_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "attach", lambda *_: server_of(sandbox))
    assert "No role has called the sandbox" in CliRunner().invoke(app, ["access"]).output


def _record(document: dict[str, Any], *used: list[Any]) -> dict[str, Any]:
    arn = "arn:aws:iam::111122223333:role/landfall/x"
    policy = {"name": "p", "document": json.dumps({"Version": "2012-10-17", "Statement": document})}
    return {
        "accounts": {"111122223333": "orders"},
        "roles": [{"arn": arn, "policies": [policy]}],
        "used": [[arn, *each] for each in used],
        "denied": [],
        "services": [],
        "full": False,
    }


@pytest.mark.parametrize(
    ("element", "resource", "is_used"),
    [
        ({"Resource": "arn:aws:s3:::a/*"}, "arn:aws:s3:::a/k", True),
        ({"Resource": "arn:aws:s3:::a/*"}, "arn:aws:s3:::b/k", False),
        ({"NotResource": "arn:aws:s3:::a/*"}, "arn:aws:s3:::b/k", True),
        ({"NotResource": "arn:aws:s3:::a/*"}, "arn:aws:s3:::a/k", False),
        ({"Resource": "arn:aws:s3:::${aws:PrincipalTag/t}/*"}, "arn:aws:s3:::b/k", True),
        ({"Resource": "arn:aws:s3:::a/*"}, "", True),
    ],
)
def test_permission_counts_as_used_for_its_resources(
    element: dict[str, str], resource: str, is_used: bool
) -> None:
    statement = {"Effect": "Allow", "Action": "s3:Get*", **element}
    (role,) = access.roles_of(_record(statement, ["s3:GetObject", resource, 1]))
    assert role.account == "orders"
    assert bool(role.grants[0].used) == is_used
