"""Values of the stack file that the sandbox serves, against AWS's answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.sandbox import stack_values
from landfall.sandbox.server_process import Server
from tests.sandbox_gate.conftest import Clients, Sandbox, error_of

INSTANCE, STORE = "ssoins-7223a1b2c3d4e5f6", "d-9067a1b2c3"
OTHER = ("ssoins-6684b7c8d9e0f1a2", "d-9367b7c8d9")


def _file(folder: Path, instance: str = INSTANCE, store: str = STORE, quotas: str = "{}") -> Path:
    file = folder / "Pulumi.real.yaml"
    file.write_text(
        "config:\n"
        "  landfall:access:\n"
        f"    identityCenter: {{instance: {instance}, identityStore: {store}}}\n"
        f"  landfall:quotas: {quotas}\n"
    )
    return file


def _send(sandbox: Sandbox, file: Path) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    stack_values.send(Server(sandbox.pid, port, "111122223333", 0.0), file)


def _instance(aws: Clients) -> tuple[str, str]:
    (found,) = aws("sso-admin").list_instances()["Instances"]
    return found["InstanceArn"], found["IdentityStoreId"]


@pytest.fixture(autouse=True)
def _no_quotas_afterwards(server: Sandbox, tmp_path: Path) -> Iterator[None]:
    yield
    server.reset()
    _send(server, _file(tmp_path))


def test_identity_center_has_the_ids_of_the_stack_file(
    sandbox: Sandbox, organization: Any, aws: Clients, tmp_path: Path
) -> None:
    _send(sandbox, _file(tmp_path, *OTHER))
    assert _instance(aws) == (f"arn:aws:sso:::instance/{OTHER[0]}", OTHER[1])
    _send(sandbox, _file(tmp_path))
    assert _instance(aws) == (f"arn:aws:sso:::instance/{INSTANCE}", STORE)
    group = aws("identitystore").create_group(IdentityStoreId=STORE, DisplayName="developers")
    assert group["IdentityStoreId"] == STORE


def test_home_region_of_the_stack_is_enabled_in_the_management_account(
    sandbox: Sandbox, aws: Clients, tmp_path: Path
) -> None:
    keys = aws("kms", region="eu-central-2").list_keys
    assert error_of(keys)[0] == "UnrecognizedClientException"
    file = tmp_path / "Pulumi.swiss.yaml"
    file.write_text("config: {'aws:region': eu-central-2}\n")
    _send(sandbox, file)
    assert keys()["Keys"] == []
    status = aws("account").get_region_opt_status(RegionName="eu-central-2")
    assert status["RegionOptStatus"] == "ENABLED"


def test_identity_center_in_use_keeps_its_ids(
    sandbox: Sandbox, organization: Any, aws: Clients, tmp_path: Path
) -> None:
    _send(sandbox, _file(tmp_path))
    arn, _ = _instance(aws)
    aws("sso-admin").create_permission_set(InstanceArn=arn, Name="look")
    _send(sandbox, _file(tmp_path))
    with pytest.raises(ProblemsError) as refused:
        _send(sandbox, _file(tmp_path, *OTHER))
    (problem,) = refused.value.problems
    assert problem.what == f"Identity Center is in use in the sandbox as {INSTANCE} with {STORE}"
    assert "reset" in problem.fix
    assert _instance(aws)[0] == arn


def test_raised_quota_of_the_stack_file_holds_until_it_is_removed(
    sandbox: Sandbox, organization: Any, aws: Clients, tmp_path: Path
) -> None:
    def units(first: int, last: int) -> None:
        root = organization.list_roots()["Roots"][0]["Id"]
        for number in range(first, last):
            organization.create_organizational_unit(ParentId=root, Name=f"unit-{number}")

    _send(sandbox, _file(tmp_path, quotas="{units: 2}"))
    units(0, 2)
    with pytest.raises(organization.exceptions.ConstraintViolationException):
        units(2, 3)
    _send(sandbox, _file(tmp_path, quotas="{units: 3}"))
    units(2, 3)
    _send(sandbox, _file(tmp_path))
    units(3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "config: [",
        "config:\n  landfall:quotas: {units: many}\n",
        "config:\n  landfall:access: {identityCenter: {instance: nonsense, identityStore: x}}\n",
        "",
    ],
)
def test_values_with_mistakes_leave_the_sandbox_s_own(
    sandbox: Sandbox, organization: Any, aws: Clients, tmp_path: Path, text: str
) -> None:
    before = _instance(aws)
    file = tmp_path / "Pulumi.real.yaml"
    file.write_text(text)
    _send(sandbox, file)
    assert _instance(aws) == before
