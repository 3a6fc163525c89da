"""Targets of waves by unit or tag: what they mean, and mistakes in them."""

from __future__ import annotations

import pytest

from landfall.cli.shortening import Lists
from landfall.cli.stack_summary import lines
from landfall.settings.waves import destinations
from tests.settings.stacks import changed, line_of, problems, stack

_ACCOUNTS = (
    "    orders-prod: {email: aws+orders-prod@example.com, unit: Workloads/Prod}\n",
    "    orders-prod: {email: aws+orders-prod@example.com, unit: Workloads/Prod}\n"
    "    b: {email: aws+b@example.com, unit: Workloads/Prod, tags: {Ring: '2'}}\n"
    "    a: {email: aws+a@example.com, unit: Workloads/Prod, tags: {Ring: '2', Team: x}}\n"
    "    old: {email: aws+old@example.com, unit: Suspended, tags: {Ring: '2'}}\n",
)
_SUSPENDED = (
    "          Prod: {}\n",
    "          Prod: {}\n      Suspended: {suspended: true, guardrails: [deny-all]}\n",
)


def _text(waves: str) -> str:
    environment = f"prod: {{account: orders-prod, waves: {waves}}}"
    return changed(_ACCOUNTS, _SUSPENDED, ("prod: {account: orders-prod}", environment))


def _waves(waves: str) -> list[list[str]]:
    settings = stack(_text(waves))
    prod = settings.delivery.applications["orders"].environments["prod"]
    return [
        [f"{each.account}{each.suffix}" for each in wave] for wave in destinations(prod, settings)
    ]


@pytest.mark.parametrize(
    ("waves", "found"),
    [
        ("[{units: Workloads/Prod}]", [["a", "b"]]),
        ("[{units: Workloads}]", [["a", "b", "orders-dev"]]),
        ("[{units: Workloads, exceptUnits: Workloads/Dev, exceptAccounts: a}]", [["b"]]),
        ("[{tags: {Ring: '2'}}]", [["a", "b"]]),
        ("[{tags: {Ring: '2', Team: x}}]", [["a"]]),
        ("[{units: Workloads/Dev, tags: {}}]", [["orders-dev"]]),
        ("[{units: Workloads, atOnce: 2}]", [["a", "b"], ["orders-dev"]]),
        ("[{account: b}, {units: Workloads/Prod}]", [["b"], ["a"]]),
        (
            "[{units: Workloads/Prod, regions: [eu-west-1, us-east-1]}]",
            [["a", "a-us-east-1", "b", "b-us-east-1", "orders-prod-us-east-1"]],
        ),
        ("[[{account: orders-dev}, {tags: {Ring: '2'}, atOnce: 2}]]", [["orders-dev", "a"], ["b"]]),
    ],
)
def test_targets_mean_the_accounts_that_fit_now(waves: str, found: list[list[str]]) -> None:
    assert _waves(waves) == [["orders-prod"], *found]


def test_targets_that_earlier_waves_have_make_no_stage() -> None:
    assert _waves("[{units: Workloads/Prod}, {tags: {Ring: '2'}}]") == [["orders-prod"], ["a", "b"]]


def test_account_that_comes_later_is_included() -> None:
    text = _text("[{units: Workloads/Prod}]").replace(
        "    old: {", "    c: {email: aws+c@example.com, unit: Workloads/Prod}\n    old: {"
    )
    settings = stack(text)
    prod = settings.delivery.applications["orders"].environments["prod"]
    assert [each.account for each in destinations(prod, settings)[1]] == ["a", "b", "c"]


def test_validate_shows_the_accounts_of_each_wave() -> None:
    settings = stack(_text("[{units: Workloads, atOnce: 2}]"))
    shown = [each.strip() for each in lines(settings, Lists(everything=True))]
    assert "wave 2: a, b" in shown
    assert "wave 3: orders-dev" in shown


@pytest.mark.parametrize(
    ("waves", "what"),
    [
        ("[{units: Workloads/Prd}]", "there is no organizational unit 'Workloads/Prd'"),
        ("[{units: Workloads, exceptUnits: Dev}]", "there is no organizational unit 'Dev'"),
        ("[{units: Workloads, exceptAccounts: aa}]", "there is no account 'aa'"),
        ("[{units: Workloads, regions: us-west-2}]", "us-west-2"),
        ("[{tags: {Ring: '3'}}]", "no account is in these units, with these tags"),
        ("[{units: Workloads, atOnce: 0}]", "atOnce"),
        ("[{region: us-east-1}]", "needs one of 'account', 'units', 'tags'"),
        ("[{units: Workloads/Prod}, {account: a}]", "is already a destination"),
    ],
)
def test_mistake_in_targets_is_reported_at_its_line(waves: str, what: str) -> None:
    text = _text(waves)
    found = problems(text)
    assert [each.location and each.location.line for each in found] == [line_of(text, "waves:")]
    assert what in found[0].what or what in str(found[0])


def test_unit_with_more_accounts_than_a_stage_takes_is_split() -> None:
    more = "".join(
        f"    n{number}: {{email: aws+n{number}@example.com, unit: Workloads/Prod}}\n"
        for number in range(30)
    )
    text = _text("[{units: Workloads/Prod}]").replace("    old: {", f"{more}    old: {{")
    text = text.replace(
        "  landfall:access:", "  landfall:quotas: {accounts: 50}\n  landfall:access:"
    )
    alarms, actions = problems(text)
    assert "would have 32 rules: one for each alarm and destination" in alarms.what
    assert "32 destinations are in one wave" in actions.what
    assert "atOnce" in actions.fix
    assert problems(text.replace("Workloads/Prod}]", "Workloads/Prod, atOnce: 5}]")) == []
