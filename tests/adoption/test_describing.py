"""The stack file of an adopted organization, and what adoption omits."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landfall.adoption.describing import Left
from landfall.adoption.stack_file import text
from tests.adoption.found import (
    ID,
    MANAGEMENT,
    ROOT,
    account,
    described,
    organization,
    policy,
    role,
    settings,
    unit,
)
from tests.sandbox.messy import trust


def left(found: Any, kind: str) -> list[Left]:
    return [each for each in described(found).left if each.kind == kind]


def test_units_with_similar_names_get_distinct_paths() -> None:
    teams = unit("Teams", 1)
    names = ["Root", "Dev", "dev", "a/b", "a-b", " padded ", "2024"]
    units = [teams, *(unit(name, 10 + i) for i, name in enumerate(names))]
    units += [unit("Dev", 30, teams.id), unit("Root", 31, teams.id)]
    stack = settings(organization(units=tuple(units)))
    walked = list(stack.organization.walk())
    shown = {found.id: found.name or path.rpartition("/")[2] for path, found in walked}
    assert shown == {each.id: each.name for each in units}
    paths = [path for path, _ in walked]
    assert "Teams/Root" in paths
    assert "Root" not in paths


@given(st.lists(st.text(min_size=1, max_size=128), min_size=1, max_size=8, unique=True))
def test_any_names_of_units_stay_what_they_are(names: list[str]) -> None:
    # YAML has no way to write half of a pair of surrogates; neither has AWS.
    names = [name.encode("utf-8", "replace").decode() for name in names]
    names = list(dict.fromkeys(names))
    units = tuple(unit(name, number) for number, name in enumerate(names))
    stack = settings(organization(units=units))
    shown = {each.id: each.name or path for path, each in stack.organization.walk()}
    assert shown == {each.id: each.name for each in units}


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=50)


@given(st.lists(PRINTABLE))
def test_any_names_of_accounts_stay_what_they_are(names: list[str]) -> None:
    accounts = tuple(account(name, number) for number, name in enumerate(names))
    stack = settings(organization(accounts=accounts))
    shown = {each.id: each.name or key for key, each in stack.accounts.items()}
    assert shown == {each.id: each.name for each in accounts}


def test_text_that_yaml_reads_as_a_number_is_quoted() -> None:
    # 012286733434 is no number to Python's reader and one to the engine's.
    found = organization(accounts=(account("y", 12286733434), account("1e3", 2)))
    made = described(found)
    written = text(made.config, made.left, {})
    assert "id: '012286733434'" in written
    for plain in re.findall(r"(?<=[:\[] )[^'\[{\s][^\s,\]}]*|(?<=- )[^'\[{\s]\S*", written):
        assert not re.fullmatch(r"[-+.]?[\d.eE_:+-]+|[yYnN]", plain), plain


@pytest.mark.parametrize("state", ["SUSPENDED", "PENDING_CLOSURE", "PENDING_ACTIVATION"])
def test_accounts_that_are_not_active_are_left(state: str) -> None:
    gone = account("gone", 1, state=state)
    found = organization(
        accounts=(gone,),
        policies=(policy("p", 1, gone.id),),
        delegations={"guardduty.amazonaws.com": (gone.id,)},
    )
    stack = settings(found)
    assert stack.accounts == {}
    assert stack.organization.delegated_administrators == {}
    assert stack.adopted.attachments == {}
    assert [each.kind for each in described(found).left] == ["account", "attachment", "delegation"]
    assert state.lower().replace("_", " ") in left(found, "account")[0].why


def test_an_address_that_settings_refuse_leaves_the_account() -> None:
    found = organization(accounts=(account("odd", 1, email="ä@example.com"),))
    assert settings(found).accounts == {}
    assert "email" in left(found, "account")[0].why


def test_invited_accounts_are_adopted_and_reported() -> None:
    found = organization(accounts=(account("guest", 1, joined="INVITED"),))
    assert list(settings(found).accounts) == ["guest"]
    assert "invited" in left(found, "account role")[0].why


def test_policies_are_attached_where_they_were() -> None:
    teams = unit("Teams", 1)
    orders = account("orders", 2, teams.id)
    found = organization(
        units=(teams,),
        accounts=(orders,),
        policies=(
            policy("FullAWSAccess", 0, ROOT, teams.id, aws_managed=True, content=""),
            policy("deny-root-user", 1, ROOT, orders.id, MANAGEMENT),
            policy("nowhere", 2),
            policy("tags", 3, teams.id, type="TAG_POLICY", content='{"tags": {}}'),
            policy("new", 4, type="GUARDDUTY_POLICY", content='{"a": {}}'),
        ),
        policy_types=("SERVICE_CONTROL_POLICY", "TAG_POLICY"),
    )
    stack = settings(found)
    # A guardrail of the catalogue has this name already.
    assert stack.organization.guardrails == ("deny-root-user-2",)
    assert stack.guardrails["deny-root-user-2"].name == "deny-root-user"
    assert stack.accounts["orders"].guardrails == ("deny-root-user-2",)
    assert stack.organization.units["Teams"].guardrails == ("tags",)
    assert stack.guardrails["nowhere"].id == "p-00000002"
    assert stack.adopted.attachments == {
        "p-00000001": (orders.id, ROOT),
        "p-00000003": (teams.id,),
    }
    assert [each.what for each in left(found, "policy")] == ["'new' (p-00000004)"]
    assert left(found, "attachment")[0].why == "a stack does not manage the management account"


def test_a_number_with_a_fraction_leaves_the_policy() -> None:
    found = organization(policies=(policy("p", 1, ROOT, content='{"a": 1.5}'),))
    assert settings(found).guardrails == {}
    assert "float" in left(found, "policy")[0].why


def test_policy_with_a_document_that_is_not_understood_is_left() -> None:
    content = '{"tags": {"Team": {"new_key": {"@@assign": "x"}}}}'
    found = organization(policies=(policy("p", 1, ROOT, type="TAG_POLICY", content=content),))
    assert settings(found).guardrails == {}
    assert settings(found).organization.other_policies == {"TAG_POLICY": 1}
    assert "'new_key' is not a known key here" in left(found, "policy")[0].why


def test_limits_that_aws_has_raised_are_written() -> None:
    policies = tuple(policy(f"p{n}", n, ROOT) for n in range(12))
    accounts = tuple(account(f"a{n}", n) for n in range(30))
    stack = settings(organization(accounts=accounts, policies=policies))
    assert stack.quotas == {"accounts": 31, "serviceControlPoliciesPerTarget": 12}


def test_policy_types_that_settings_do_not_know_stay_as_they_are() -> None:
    found = organization(policy_types=("GUARDDUTY_POLICY", "SERVICE_CONTROL_POLICY"))
    assert settings(found).organization.policy_types is None
    assert "GUARDDUTY_POLICY" in left(found, "policy types")[0].why


# Control Tower ----------------------------------------------------------------------------------


def governed() -> Any:
    sandbox, own = unit("Sandbox", 1, note="x"), unit("Own", 2)
    below = unit("Below", 3, sandbox.id)
    return organization(
        services=("controltower.amazonaws.com", "sso.amazonaws.com"),
        units=(sandbox, own, below),
        accounts=(
            account("enrolled", 1, below.id, tags={"a": "b"}),
            account("free", 2, own.id),
        ),
        policies=(
            policy("aws-guardrails-NllhqI", 1, sandbox.id),
            policy(
                "renamed",
                2,
                sandbox.id,
                content=json.dumps({"Statement": [{"Sid": "CTS3PV4"}, {"Sid": "GRAUDITTRAIL"}]}),
            ),
            policy("ours", 3, sandbox.id, own.id),
        ),
    )


def test_control_tower_resources_are_listed_and_not_adopted() -> None:
    stack = settings(governed())
    units = dict(stack.organization.walk())
    assert {path for path, each in units.items() if each.external} == {"Sandbox", "Sandbox/Below"}
    assert units["Sandbox"].tags == {}
    assert stack.accounts["enrolled"].external
    assert stack.accounts["enrolled"].tags == {}
    assert not stack.accounts["free"].external
    assert stack.organization.trusted_services is None
    assert list(stack.guardrails) == ["ours"]
    assert units["Sandbox"].guardrails == ("ours",)
    # Its two policies use attachments that the compiler must not count as free.
    assert units["Sandbox"].other_policies == {"SERVICE_CONTROL_POLICY": 2}
    assert units["Own"].other_policies == {}
    told = {each.what for each in described(governed()).left if "Control Tower" in each.why}
    assert len(told) == 6


def test_without_control_tower_nothing_is_external() -> None:
    found = organization(units=(unit("Sandbox", 1),), policies=(policy("guardrails", 1, ROOT),))
    assert not any(each.external for _, each in settings(found).organization.walk())


# Roles ------------------------------------------------------------------------------------------

AUDIT, ORDERS = account("audit", 1), account("orders", 2)
NOT_ACTION = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": "a:b"}]}
TRUST = trust(ID, f"arn:aws:iam::{AUDIT.id}:role/landfall/auditor")


def with_roles(*roles: Any, **more: Any) -> Any:
    return organization(accounts=(AUDIT, ORDERS), roles=roles, **more)


def test_a_role_of_the_settings_form_is_taken_over() -> None:
    inline = {
        "Version": "2012-10-17",
        "Statement": {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    }
    made = role(ORDERS.id, "reader", TRUST, inline={"reader": inline}, session_seconds=7200)
    stack = settings(with_roles(made))
    found = stack.access.roles["reader"]
    assert [(each.account, each.role) for each in found.principals] == [
        ("audit", "landfall/auditor")
    ]
    assert found.accounts == ("orders",)
    assert found.managed_policies == ("SecurityAudit",)
    assert found.statements[0].actions == ("s3:GetObject",)
    assert found.session_hours == 2
    assert stack.adopted.roles == {"reader": (ORDERS.id,)}


def test_a_role_that_all_accounts_have_is_for_every_account() -> None:
    stack = settings(with_roles(*(role(each.id, "reader", TRUST) for each in (AUDIT, ORDERS))))
    assert stack.access.roles["reader"].accounts == ()


def test_of_two_forms_under_one_name_one_is_left() -> None:
    other = role(AUDIT.id, "reader", TRUST, session_seconds=7200)
    third = account("third", 3)
    found = organization(
        accounts=(AUDIT, ORDERS, third),
        roles=(*(role(each.id, "reader", TRUST) for each in (ORDERS, third)), other),
    )
    assert settings(found).adopted.roles == {"reader": (ORDERS.id, third.id)}
    assert "differs" in left(found, "role")[0].why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"boundary": "arn:aws:iam::aws:policy/X"}, "boundary"),
        ({"tags": {"a": "b"}}, "tags"),
        ({"session_seconds": 5400}, "hours"),
        ({"managed": ()}, "no permissions"),
        ({"inline": {"other": {"Version": "2012-10-17", "Statement": []}}}, "inline"),
        ({"inline": {"reader": NOT_ACTION}}, "inline"),
        ({"trust": trust(ID, "arn:aws:iam::777777777777:role/x")}, "777777777777"),
        ({"trust": trust("o-0000000000", f"arn:aws:iam::{AUDIT.id}:role/x")}, "trust"),
        ({"trust": {"Version": "2012-10-17", "Statement": []}}, "trust"),
    ],
)
def test_a_role_of_another_form_is_left(changes: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {"trust": TRUST} | changes
    made = role(ORDERS.id, "reader", **given)
    plain = role(AUDIT.id, "plain", TRUST)  # without tags, so that a stack has none
    found = with_roles(made, plain)
    assert "reader" not in settings(found).access.roles
    assert why in left(found, "role")[0].why


def test_tags_that_everything_has_are_the_stacks() -> None:
    both = {"estate": "legacy"}
    accounts = tuple(account(f"a{n}", n, tags={**both, "n": str(n)}) for n in (1, 2))
    made = role(accounts[1].id, "reader", TRUST, tags=both)
    stack = settings(organization(accounts=accounts, roles=(made,)))
    assert stack.tags == both
    assert [each.tags for each in stack.accounts.values()] == [{"n": "1"}, {"n": "2"}]
    assert stack.adopted.roles == {"reader": (accounts[1].id,)}
