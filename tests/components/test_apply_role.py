"""The apply role can apply every change that settings can express, by the permission engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest

from components.landing_zone import LandingZone
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse as parse_policy
from landfall.iam.requests import Request
from landfall.settings import Stack
from landfall.settings.base import Settings, Statement
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.everything import EVERYTHING, ONLY_IN_MEMBERS, WITHOUT_RESOURCES
from tests.components.management_calls import CALLS, LEFT_TO_USERS, MANAGEMENT

APPLY = f"arn:aws:iam::{MANAGEMENT}:role/landfall/provision-test-apply"


Runner = Callable[[Callable[[], Any]], Registered]


def landing_zone(run: Runner, config: dict[str, Any]) -> tuple[Stack, Registered]:
    settings = parse(config, stack="test", locations=Locations("Pulumi.test.yaml"))
    return settings, run(lambda: LandingZone(settings))


@pytest.fixture(scope="module")
def everything(run: Runner) -> tuple[Stack, Registered]:
    return landing_zone(run, EVERYTHING)


def documents(registered: Registered) -> list[dict[str, Any]]:
    """Return the policies of the apply role: its inline policy, then the attached ones."""
    attached = registered.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    names = [name for name in attached if name.startswith("provisioning-apply-")]
    return [
        registered.document("aws:iam/rolePolicy:RolePolicy", "provisioning-apply", "policy"),
        *(registered.document("aws:iam/policy:Policy", name, "policy") for name in names),
    ]


def policies(registered: Registered) -> Policies:
    boundary = registered.document("aws:iam/policy:Policy", "provisioning-boundary", "policy")
    return Policies(
        identity=tuple(parse_policy(each, "identity") for each in documents(registered)),
        boundaries=(parse_policy(boundary, "identity"),),
    )


def in_management(registered: Registered) -> set[str]:
    """Return the types of resources that the stack makes in the management account."""
    found = set()
    for each in registered.resources:
        if each.typ.startswith("aws:") and not Registered.account_of(each):
            module, _, kind = each.typ.removeprefix("aws:").partition("/")
            found.add(f"{module}:{kind.partition(':')[2]}")
    return found


def denied(held: Policies, kind: str) -> list[str]:
    """Return the actions of a type that the apply role may not call."""
    return [
        action
        for calls in CALLS[kind]
        for action in calls.actions
        if evaluate(Request(APPLY, action, calls.resource, MANAGEMENT, calls.keys), held).outcome
        is not Outcome.ALLOWED
    ]


def test_apply_role_may_make_every_change(everything: tuple[Stack, Registered]) -> None:
    _, registered = everything
    held, kinds = policies(registered), in_management(registered)
    assert kinds - CALLS.keys() - LEFT_TO_USERS.keys() == set()
    assert {kind: lacking for kind in sorted(CALLS) if (lacking := denied(held, kind))} == {}


def test_apply_role_of_a_small_stack_may_make_every_change(run: Runner) -> None:
    """A change that enables a part cannot first change the role that applies it."""
    jobs = {"provider": "github", "apply": ["repo:a/b:environment:prod"]}
    small = {
        "aws:region": "eu-west-1",
        "landfall:organization": {},
        "landfall:access": {"oidcProviders": {"github": {"issuer": "github"}}},
        "landfall:baseline": {"enabled": False},
        "landfall:provisioning": {"jobs": jobs},
    }
    _, registered = landing_zone(run, small)
    held = policies(registered)
    assert {kind: lacking for kind in sorted(CALLS) if (lacking := denied(held, kind))} == {}


def test_apply_role_may_not_change_what_is_left_to_users(
    everything: tuple[Stack, Registered],
) -> None:
    held = policies(everything[1])
    for action, resource in (
        ("iam:CreateRole", f"arn:aws:iam::{MANAGEMENT}:role/landfall/x"),
        ("iam:PassRole", f"arn:aws:iam::{MANAGEMENT}:role/admin"),
        ("iam:PutRolePolicy", APPLY),
        ("organizations:DeleteOrganization", "*"),
        ("organizations:RemoveAccountFromOrganization", "*"),
    ):
        found = evaluate(Request(APPLY, action, resource, MANAGEMENT), held).outcome
        assert found is not Outcome.ALLOWED, action


def test_policies_of_the_apply_role_fit_into_limits_of_iam(
    everything: tuple[Stack, Registered],
) -> None:
    """Spaces do not count.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    inline, *attached = (
        len(json.dumps(each, separators=(",", ":"))) for each in documents(everything[1])
    )
    boundary = everything[1].document("aws:iam/policy:Policy", "provisioning-boundary", "policy")
    assert inline < 5_000
    assert 3 <= len(attached) <= 10
    assert max([*attached, len(json.dumps(boundary, separators=(",", ":")))]) <= 6_144


def test_walk_covers_every_setting(everything: tuple[Stack, Registered]) -> None:
    used = {*_used(everything[0])}
    known = {*_settings(Stack, set())}
    assert sorted(known - used - WITHOUT_RESOURCES.keys()) == []
    assert sorted(WITHOUT_RESOURCES.keys() & used) == []
    assert sorted(WITHOUT_RESOURCES.keys() - known) == []


def _used(value: Any) -> Iterator[str]:
    """Yield each setting that a value sets, as `Model.field`."""
    if isinstance(value, Settings):
        for name in value.model_fields_set:
            # A setting of a model is one of the models that it extends.
            yield from (f"{model.__name__}.{name}" for model in type(value).__mro__)
            yield from _used(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _used(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _used(each)


def _settings(model: type[Settings], seen: set[type[Settings]]) -> Iterator[str]:
    """Yield each setting below a model, as `Model.field`."""
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield f"{model.__name__}.{name}"
        for below in _models(info.annotation):
            if not issubclass(below, Statement) and below.__name__ not in ONLY_IN_MEMBERS:
                yield from _settings(below, seen)


def _models(annotation: Any) -> Iterator[type[Settings]]:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, Annotated, dict, tuple, list):
        for each in get_args(annotation):
            yield from _models(each)
