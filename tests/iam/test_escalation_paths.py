"""The known escalation paths agree with AWS's reference, and are found in policies."""

from __future__ import annotations

import pytest

from landfall.iam import actions, patterns
from landfall.iam.effective_access import Hold, Identity
from landfall.iam.escalation import Escalation, escalations
from landfall.iam.escalation.paths import Path, known, target
from tests.iam.cases import HOME, allow, document

ROLES = "arn:aws:iam::*:role/*"
PATHS = [pytest.param(path, id=path.id) for path in known()]
PASSING = [pytest.param(path, id=path.id) for path in known() if path.kind == "pass-role"]
# Ids of the public catalogue are a service and three digits.
CATALOGUED = [path for path in known() if path.id.rpartition("-")[2].isdigit()]


def found(*statements: object, path: Path) -> Escalation | None:
    boundary = (("edge", document(allow())),) if path.kind == "boundary" else ()
    identity = Identity((("own", document(*statements)),), boundaries=boundary)
    return next((one for one in escalations(identity) if one.path == path.id), None)


def test_all_paths_of_the_catalogue_are_there() -> None:
    assert len(CATALOGUED) == 65
    assert len({path.keys for path in known()}) == len(known())


@pytest.mark.parametrize("path", PATHS)
def test_actions_and_their_targets_are_documented(path: Path) -> None:
    for step in path.steps:
        action = actions.find(step.action)
        assert action is not None
        assert action.name == step.action
        keys = {key for key, _ in step.context}
        assert keys <= action.condition_keys
        for arn in target(step.target, partition="aws", region="r", account=HOME, name="n"):
            types = [kind.arn for kind in action.resource_types]
            fits = [one for one in types if patterns.matches(one, arn, case_sensitive=True)]
            assert fits or not step.target


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_found_with_everything_and_with_its_actions(path: Path) -> None:
    for statement in (allow(), allow(list(path.actions)), allow([*map(str.upper, path.actions)])):
        escalation = found(statement, path=path)
        assert escalation is not None
        assert escalation.hold is Hold.YES
        assert escalation.actions == path.actions
        assert len(escalation.proof) == len(path.actions)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_needs_each_of_its_actions(path: Path) -> None:
    for left_out in path.actions:
        rest = [action for action in path.actions if action != left_out]
        assert found(allow([*rest, "s3:GetObject"]), path=path) is None
        denied = {"Effect": "Deny", "Action": left_out, "Resource": "*"}
        assert found(allow(list(path.actions)), denied, path=path) is None


@pytest.mark.parametrize("path", PASSING)
@pytest.mark.parametrize(
    ("roles", "is_path"),
    [
        (ROLES, True),
        (f"arn:aws:iam::{HOME}:role/*", True),
        ("arn:aws:iam::*", True),
        ("arn:aws:iam::*:role/??????????*", True),
        (f"arn:aws:iam::{HOME}:role/reports", False),
        ([f"arn:aws:iam::{HOME}:role/reports", f"arn:aws:iam::{HOME}:role/logs"], False),
        ("arn:aws:iam::*:role/aws-service-role/*", False),
        ("arn:aws:iam::*:user/*", False),
    ],
)
def test_a_passed_role_counts_where_its_name_is_free(
    path: Path, roles: object, is_path: bool
) -> None:
    rest = [action for action in path.actions if action != "iam:PassRole"]
    escalation = found(allow("iam:PassRole", roles), allow(rest), path=path)
    assert (escalation is not None) is is_path


@pytest.mark.parametrize("path", PASSING)
def test_a_role_passed_to_another_service_is_no_path(path: Path) -> None:
    rest = allow([action for action in path.actions if action != "iam:PassRole"])
    passed = next(step for step in path.steps if step.action == "iam:PassRole")
    service = dict(passed.context)["iam:PassedToService"][0]

    def passing(*services: object) -> dict[str, object]:
        condition = {"StringEquals": {"iam:PassedToService": list(services)}}
        return allow("iam:PassRole", ROLES, Condition=condition)

    assert found(passing("monitoring.rds.amazonaws.com"), rest, path=path) is None
    escalation = found(passing(service, "x.amazonaws.com"), rest, path=path)
    assert escalation is not None
    assert escalation.hold is Hold.YES
