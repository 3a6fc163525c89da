"""Systems Manager checks documents of Session Manager, as AWS documents their schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.blueprint.places import Place
from landfall.blueprint.sessions import PREFERENCES, Logs, SessionManager, preferences
from tests.sandbox_gate.conftest import Clients, error_of

OWN = preferences(
    SessionManager(Place("aws", "eu-west-1", "111122223333"), Logs("logs", "key"), max_minutes=60)
)


def document(content: Any) -> dict[str, Any]:
    return {
        "Name": PREFERENCES,
        "DocumentType": "Session",
        "DocumentFormat": "JSON",
        "Content": json.dumps(content),
    }


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": "2.2"},
        {"sessionType": "Shell"},
        {"inputs": {**OWN["inputs"], "idleSessionTimeout": "61"}},
        {"inputs": {**OWN["inputs"], "maxSessionDuration": "1441"}},
        {"inputs": {**OWN["inputs"], "runAsEnabled": "yes"}},
        {"inputs": {**OWN["inputs"], "s3BucketName": ""}},
    ],
)
def test_session_document_outside_the_schema_is_refused(
    aws: Clients, change: dict[str, Any]
) -> None:
    client = aws("ssm")
    code, _ = error_of(client.create_document, **document({**OWN, **change}))
    assert code == "InvalidDocumentContent"


def test_preferences_of_the_baseline_are_accepted_once_and_updated(aws: Clients) -> None:
    client = aws("ssm")
    client.create_document(**document(OWN))
    assert error_of(client.create_document, **document(OWN))[0] == "DocumentAlreadyExists"
    wrong = {**OWN, "inputs": {**OWN["inputs"], "idleSessionTimeout": "0"}}
    update = {"Name": PREFERENCES, "DocumentVersion": "$LATEST", "DocumentFormat": "JSON"}
    assert error_of(client.update_document, Content=json.dumps(wrong), **update)[0] == (
        "InvalidDocumentContent"
    )
    right = {**OWN, "inputs": {**OWN["inputs"], "idleSessionTimeout": "5"}}
    client.update_document(Content=json.dumps(right), **update)
