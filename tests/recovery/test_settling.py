"""Outcomes of creations that the state does not know, by AWS's answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landfall.problems import ProblemsError
from landfall.recovery import settling
from landfall.recovery.clients import Clients
from landfall.recovery.creations import UNKNOWN, Resource, half_made, planned
from landfall.recovery.settling import Outcome

STACK = "urn:pulumi:dev::landfall::"
COMPONENT = f"{STACK}landfall:account:Account::site"
PROVIDER = f"{STACK}landfall:account:Account$pulumi:providers:aws::site"
HERE: Resource = {
    "urn": PROVIDER,
    "type": "pulumi:providers:aws",
    "custom": True,
    "id": "1-2-3",
    "inputs": {"region": "eu-west-1"},
}


def role(name: str, **more: Any) -> Resource:
    return {
        "urn": f"{STACK}aws:iam/role:Role::{name}",
        "type": "aws:iam/role:Role",
        "custom": True,
        "provider": f"{PROVIDER}::1-2-3",
        "inputs": {"name": name},
        **more,
    }


class Aws:
    """IAM with some roles; `refuses` names what it denies to tell."""

    def __init__(self, *names: str, refuses: tuple[str, ...] = ()) -> None:
        self._names, self._refuses = names, refuses

    def client(self, service: str, **_: Any) -> Any:
        assert service == "iam"
        return SimpleNamespace(get_role=self._get_role)

    def _get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own
        if RoleName in self._refuses:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetRole")
        if RoleName not in self._names:
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, "GetRole")
        return {"Role": {"RoleName": RoleName}}


def outcomes(aws: Aws, creations: list[Resource], *state: Resource) -> list[Outcome]:
    clients = Clients(lambda profile, region: aws)
    return [each.outcome for each in settling.look_up(creations, [HERE, *state], clients)]


def test_creation_that_aws_carried_out_is_found_and_another_is_absent() -> None:
    assert outcomes(Aws("a"), [role("a"), role("b")]) == [Outcome.FOUND, Outcome.ABSENT]


def test_resource_of_the_state_under_another_name_is_never_found() -> None:
    held = role("old", inputs={"name": "a"}, id="a")
    assert outcomes(Aws("a"), [role("a")], held) == [Outcome.HELD]


def test_resource_of_another_account_with_the_same_id_is_no_other_name() -> None:
    elsewhere = role("old", id="a", provider=f"{STACK}pulumi:providers:aws::other::1")
    assert outcomes(Aws("a"), [role("a")], elsewhere) == [Outcome.FOUND]


def test_one_resource_is_found_for_one_creation_only() -> None:
    again = role("second", inputs={"name": "a"})
    assert outcomes(Aws("a"), [role("a"), again]) == [Outcome.FOUND, Outcome.HELD]


def test_creation_whose_identity_or_account_is_unknown_is_undecided() -> None:
    unnamed = role("a", inputs={"name": UNKNOWN})
    somewhere = {**HERE, "urn": f"{PROVIDER}2", "inputs": {"assumeRoles": UNKNOWN}}
    there = role("a", provider=f"{PROVIDER}2::{UNKNOWN}")
    assert outcomes(Aws("a"), [unnamed, there], somewhere) == [Outcome.UNDECIDED] * 2


def test_components_providers_and_repeatable_types_are_not_looked_up() -> None:
    again = role("a", type="aws:iam/rolePolicy:RolePolicy")
    component = {"urn": COMPONENT, "type": "landfall:account:Account"}
    unsearchable = role("a", type="aws:ec2/vpc:Vpc")
    found = outcomes(Aws(), [again, component, HERE, unsearchable])
    assert found == [*[Outcome.REPEATABLE] * 3, Outcome.UNSEARCHABLE]


def test_refused_look_ups_are_reported_together() -> None:
    with pytest.raises(ProblemsError) as caught:
        outcomes(Aws(refuses=("a", "b")), [role("a"), role("b")])
    assert sorted(problem.what.partition(":")[0] for problem in caught.value.problems) == ["a", "b"]
    assert caught.value.exit_status == 2


def test_missing_adds_parents_and_providers_first_with_ids_of_their_own() -> None:
    component = {"urn": COMPONENT, "type": "landfall:account:Account", "inputs": {}}
    provider = {k: v for k, v in HERE.items() if k != "id"} | {"parent": COMPONENT}
    made = role("a", parent=COMPONENT, provider=f"{PROVIDER}::{UNKNOWN}")
    made["inputs"] |= {"tags": {"owner": UNKNOWN}, "path": "/"}
    found = settling.Settled(made, Outcome.FOUND, "a")
    first, second, third = settling.missing([found], [component, provider, made], [])
    assert first == {**component, "custom": False, "outputs": {}}
    assert second["outputs"] == second["inputs"] == {"region": "eu-west-1"}
    assert third["provider"] == f"{PROVIDER}::{second['id']}"
    assert (third["id"], third["inputs"], third["outputs"]) == ("a", {"name": "a", "path": "/"}, {})


def test_missing_leaves_out_what_the_state_has_and_a_parent_that_is_nowhere() -> None:
    made = role("a", parent=COMPONENT)
    (entry,) = settling.missing([settling.Settled(made, Outcome.FOUND, "a")], [made], [HERE])
    assert "parent" not in entry
    assert entry["provider"] == f"{PROVIDER}::1-2-3"


def test_planned_returns_creations_alone_with_components() -> None:
    def step(op: str, name: str) -> dict[str, Any]:
        return {"resourcePreEvent": {"metadata": {"op": op, "urn": name, "new": role(name)}}}

    events = [step("same", "a"), step("create", "b"), step("update", "c"), step("import", "d")]
    assert [each["inputs"]["name"] for each in planned(events)] == ["b"]


def test_half_made_returns_what_the_provider_did_not_read() -> None:
    unread = role("a", initErrors=["context canceled"])
    assert half_made({"resources": [unread, role("b")]}) == [unread["urn"]]
