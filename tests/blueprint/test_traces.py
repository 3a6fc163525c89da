"""Who looks at traces can decrypt them: the key's policy delegates that to the account."""

from __future__ import annotations

from landfall.blueprint.places import Place
from landfall.blueprint.service_keys import ServiceKey, service_key
from landfall.blueprint.stack import blueprint
from tests.settings.stacks import changed, stack

ACCOUNT = "111122223333"
PLACE = Place("aws", "eu-west-1", ACCOUNT)


def test_key_of_traces_lets_the_account_decrypt_through_xray_alone() -> None:
    (reading,) = [
        each
        for each in service_key(ServiceKey(PLACE, traces=True)).statements
        if each["Sid"] == "ReadTraces"
    ]
    assert reading["Action"] == ["kms:Decrypt"]
    assert reading["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert reading["Condition"]["StringEquals"] == {
        "kms:CallerAccount": ACCOUNT,
        "kms:ViaService": ["xray.eu-west-1.amazonaws.com"],
    }


def test_key_without_traces_gives_xray_nothing() -> None:
    assert "xray" not in str(service_key(ServiceKey(PLACE, secrets=True)).statements)


def test_application_with_tracing_has_a_key_for_traces_in_its_account() -> None:
    deploy = "deploy: {lambda: orders}"
    text = changed((deploy, f"{deploy}\n        observability: {{tracing: {{}}}}"))
    reading = {
        each.account
        for each in blueprint(stack(text)).keys
        if any(statement["Sid"] == "ReadTraces" for statement in each.key.statements)
    }
    assert reading == {"orders-dev", "orders-prod"}
