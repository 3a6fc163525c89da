"""An update of one property of a role keeps the others."""

from __future__ import annotations

import json

from tests.sandbox_gate.conftest import MANAGEMENT, Clients


def test_role_update_of_one_member_keeps_the_other(aws: Clients) -> None:
    iam = aws("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
            "Action": "sts:AssumeRole",
        },
    }
    iam.create_role(
        RoleName="kept", AssumeRolePolicyDocument=json.dumps(trust), Description="reads"
    )
    iam.update_role(RoleName="kept", MaxSessionDuration=7200)
    role = iam.get_role(RoleName="kept")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("reads", 7200)
    iam.update_role(RoleName="kept", Description="writes")
    role = iam.get_role(RoleName="kept")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("writes", 7200)
