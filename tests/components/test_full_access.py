"""The targets without FullAWSAccess are recorded, with the hook that detaches it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from components.landing_zone import LandingZone
from tests.components.conftest import ORGANIZATION, Registered
from tests.settings.stacks import stack

Runner = Callable[[Callable[[], Any]], Registered]


def registered(run: Runner, **settings: Any) -> Registered:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Secure": {"guardrails": ["list"], **settings}}},
        "landfall:accounts": {
            "orders": {"email": "aws+o@example.com", "guardrails": ["list"], **settings}
        },
        "landfall:guardrails": {
            "list": {"document": {"Version": "2012-10-17", "Statement": [everything]}}
        },
    }
    return run(lambda: LandingZone(stack(json.dumps({"config": config}))))


def test_targets_without_full_access_are_recorded_with_their_ids(run: Runner) -> None:
    made = registered(run, fullAccess=False)
    assert made.of("pulumi:index:Stash")["full-access"]["input"] == {
        "organization": ORGANIZATION,
        "targets": {
            "Secure": "organization/Secure-id",
            "account orders": "333333333333",
        },
    }
    assert "full-access-change" in made.hooks


def test_stack_with_full_access_everywhere_records_nothing(run: Runner) -> None:
    made = registered(run)
    assert "full-access" not in made.of("pulumi:index:Stash")
    assert "full-access-change" not in made.hooks
