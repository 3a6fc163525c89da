"""Aliases keep the state's names for resources that the stack file renames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
import yaml

from components.landing_zone import LandingZone, register, renames
from landfall.blueprint.stack import blueprint
from landfall.settings import Stack, moves
from landfall.settings.renames import Renames
from landfall.validation import parse
from tests.components.conftest import ROOT, Registered

Runner = Callable[[Callable[[], Any]], Registered]

# A text of Pulumi.dev.yaml, and its replacement everywhere.
RENAMED = (
    ("    orders-dev: {email", "    sales-dev: {formerly: orders-dev, email"),
    ("account: orders-dev", "account: sales-dev"),
    ("    orders-prod: {email", "    sales-prod: {formerly: orders-prod, email"),
    ("account: orders-prod", "account: sales-prod"),
    ("accounts: orders-dev", "accounts: sales-dev"),
    ("accounts: orders-prod", "accounts: sales-prod"),
    ("      Workloads:\n", "      Loads:\n        formerly: Workloads\n"),
    ("          Dev: {}", "          Develop: {formerly: Dev, guardrails: [deny-root-user]}"),
    ("Workloads/Dev", "Loads/Develop"),
    ("Workloads/Prod", "Loads/Prod"),
    ("units: Workloads", "units: Loads"),
    ("developers: {", "engineers: {formerly: developers, "),
    ("group: developers", "group: engineers"),
)
BEFORE = ("          Dev: {}", "          Dev: {guardrails: [deny-root-user]}")


def _stack(*changes: tuple[str, str]) -> Stack:
    text = (ROOT / "Pulumi.dev.yaml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse(yaml.safe_load(text)["config"], stack="test")


def _names(registered: Registered) -> set[tuple[str, str, str]]:
    return set(registered.logical_names)


def _former(stack: Stack, registered: Registered) -> set[tuple[str, str, str]]:
    known = Renames(stack)
    return {
        (typ, known.former(typ, name, top) or name, top)
        for typ, name, top in registered.logical_names
    }


@pytest.fixture
def _no_transform(monkeypatch: pytest.MonkeyPatch) -> None:
    # Mocks take no transforms; the test asks for the names itself.
    monkeypatch.setattr(renames, "follow", lambda stack: None)


DELIVERY = (
    (
        "      orders:\n        source: {connection: github",
        "      sales:\n        formerly: orders\n        source: {connection: github",
    ),
    (
        "          dev: {account: orders-dev}\n          prod: {account: orders-prod, approval",
        "          develop: {formerly: dev, account: orders-dev, branches: develop}\n"
        "          prod: {account: orders-prod, approval",
    ),
    (
        "integration:\n            environments: dev",
        "integration:\n            environments: develop",
    ),
    ("e2e: {environments: dev}", "e2e: {environments: develop}"),
    ("      shop:\n", "      store:\n        formerly: shop\n"),
    ("      platform:\n", "      base:\n        formerly: platform\n"),
)


@pytest.mark.usefixtures("_no_transform")
@pytest.mark.parametrize("also", [(), RENAMED], ids=["alone", "with accounts"])
def test_every_resource_of_renamed_applications_has_the_name_of_before(
    run: Runner, also: tuple[tuple[str, str], ...]
) -> None:
    before, after = _stack(*((BEFORE,) if also else ())), _stack(*DELIVERY, *also)
    names = _names(run(lambda: LandingZone(before).exports()))
    renamed = run(lambda: LandingZone(after).exports())
    former = _former(after, renamed)
    assert sorted(former - names) == []
    assert sorted(names - former) == []
    assert len(_names(renamed) - names) > 100


@pytest.mark.usefixtures("_no_transform")
def test_every_resource_of_a_renamed_stack_has_the_name_of_before(run: Runner) -> None:
    before, after = _stack(BEFORE), _stack(*RENAMED)
    names = _names(run(lambda: LandingZone(before).exports()))
    renamed = run(lambda: LandingZone(after).exports())
    former = _former(after, renamed)
    assert sorted(former - names) == []
    assert sorted(names - former) == []
    assert len(_names(renamed) - names) > 60
    budgets = {each["name"] for each in renamed.of("Budget").values()}
    assert "landfall-test-orders-dev" in budgets


def test_transform_adds_the_former_name_as_an_alias_and_keeps_the_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[Any] = []
    monkeypatch.setattr(pulumi.runtime, "register_resource_transform", taken.append)
    renames.follow(_stack(BEFORE))
    assert taken == []
    renames.follow(_stack(*RENAMED))
    (transform,) = taken

    def transformed(name: str) -> Any:
        token, options = "landfall:account:Account", pulumi.ResourceOptions(protect=True)
        args = pulumi.ResourceTransformArgs(False, token, name, {"a": 1}, options)
        return asyncio.run(transform(args))

    assert transformed("audit") is None
    result = transformed("sales-dev")
    assert [alias.name for alias in result.opts.aliases] == ["orders-dev"]
    assert (result.opts.protect, result.props) == (True, {"a": 1})


def test_application_named_like_an_account_keeps_its_names() -> None:
    known = Renames(_stack(*RENAMED))
    assert known.former("landfall:delivery:DeploymentTarget", "sales-dev-target") is None
    assert known.former("aws:iam/role:Role", "sales-dev-build") is None


def test_account_under_another_key_is_refused_unless_its_settings_say_so() -> None:
    old = {"orders-dev": {"email": "a@example.com"}}
    with pytest.raises(register.AccountRenameError, match="add 'formerly: orders-dev' to"):
        register._renamed(_stack(), old, {"audit": {"email": "A@example.com"}})
    register._renamed(_stack(*RENAMED), old, {"sales-dev": {"email": "a@example.com"}})
    register._renamed(_stack(), old, {"audit": {"email": "b@example.com"}, **old})


def test_name_that_exists_in_aws_is_refused_and_other_renames_are_reported(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    before, renamed = moves.names(_stack()), _stack(*DELIVERY)
    unsaid = _stack(*((old, new.replace("        formerly: shop\n", "")) for old, new in DELIVERY))

    def hook(stack: Stack) -> pulumi.ResourceHook:
        return run(lambda: register.register_names(stack)).hooks["names-change"]

    values = ("urn", "id", "names", "type", {"input": {}}, {"input": before})
    hook(renamed).callback(pulumi.ResourceHookArgs(*values))
    assert any("application orders becomes sales. Kept: " in each for each in said)
    with pytest.raises(register.NameExistsError, match="Write 'formerly: shop' in application"):
        hook(unsaid).callback(pulumi.ResourceHookArgs(*values))


@pytest.mark.usefixtures("_no_transform")
def test_resource_with_data_keeps_its_name_in_aws(run: Runner) -> None:
    stack = _stack(*DELIVERY)
    renamed = run(lambda: LandingZone(stack).exports())
    groups = {each["name"] for each in renamed.of("LogGroup").values()}
    assert {"/landfall/build/orders-dev", "/landfall/build/platform-dev-pulumi"} <= groups
    assert {"/landfall/tests/orders", "/landfall/tests/shop"} <= groups
    secrets = {each["name"] for each in renamed.of("secretsmanager/secret:Secret").values()}
    assert {"orders/registry-token", "orders/dev/database", "orders/prod/database"} <= secrets
    named = blueprint(stack).resources
    assert {each.name for each in named if each.kind == "secret"} == secrets
    assert {each.name for each in named if each.kind == "log-group"} == groups
    assert {"sales-develop", "sales-prod"} <= set(renamed.of("codepipeline/pipeline:Pipeline"))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("audit: {", "audit: {formerly: delivery, ", "landfall:accounts.audit.formerly"),
        ("Prod: {", "Prod: {formerly: Dev, ", "landfall:organization.units.Workloads.units.Prod"),
        ("developers: {", "developers: {formerly: incident-responders, ", "developers.formerly"),
    ],
)
def test_former_key_that_is_still_a_key_is_a_mistake(old: str, new: str, path: str) -> None:
    with pytest.raises(Exception, match="still exists") as caught:
        _stack((old, new))
    assert path in str(caught.value)


def test_former_key_of_two_is_a_mistake() -> None:
    twice = [(f"{key}: {{", f"{key}: {{formerly: gone, ") for key in ("audit", "log-archive")]
    with pytest.raises(Exception, match="'audit' has the same former key 'gone'"):
        _stack(*twice)
