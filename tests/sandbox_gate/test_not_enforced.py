"""Model constraints that AWS does not enforce, and requests that must be accepted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session
from moto.core.utils import get_service_model

from landfall.sandbox.model import breaches
from landfall.sandbox.model.breaches import breaches_of
from landfall.sandbox.model.not_enforced import NOT_ENFORCED, NotEnforced

_WRONG_EXAMPLES = {
    ("cloud9", "CreateEnvironmentEC2", "imageId", "required"),  # older than the member
    ("ec2", "ModifySpotFleetRequest", "ExcessCapacityTerminationPolicy", "enum"),  # ends in a space
    ("kms", "CreateCustomKeyStore", "CloudHsmClusterId", "pattern"),  # invented ids
    ("kms", "UpdateCustomKeyStore", "CloudHsmClusterId", "pattern"),
    ("lambda", "UpdateEventSourceMapping", "UUID", "min-length"),
    ("polly", "GetLexicon", "Name", "pattern"),  # empty
    ("pricing", "GetProducts", "ServiceCode", "required"),  # older than the requirement
}
"""Examples of botocore that AWS itself would refuse."""


def _named(entry: NotEnforced) -> str:
    return f"{entry.service}:{entry.shape}"


@pytest.mark.parametrize("entry", NOT_ENFORCED, ids=_named)
def test_entry_without_the_table_would_be_refused(
    entry: NotEnforced, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = get_service_model(entry.service).shape_for(entry.shape)
    assert entry.constraint in shape.metadata
    assert list(breaches._value(shape, entry.accepted, "x", entry.service)) == []
    monkeypatch.setattr(breaches, "is_enforced", lambda *_: True)
    (breach,) = breaches._value(shape, entry.accepted, "x", entry.service)
    assert breach.rule.startswith(entry.constraint)
    assert "https://docs.aws.amazon.com/" in entry.source


def test_examples_of_boto3_are_taken_but_for_wrong_ones() -> None:
    loader = get_session().get_component("data_loader")
    found = {
        (service, *refused)
        for service in loader.list_available_services("examples-1")
        for refused in _refused(
            service, loader.load_service_model(service, "examples-1")["examples"]
        )
    }
    assert found == _WRONG_EXAMPLES


def _refused(service: str, examples: dict[str, Any]) -> set[tuple[str, str, str]]:
    model = get_service_model(service)
    return {
        (operation, breach.path, breach.rule)
        for operation in examples.keys() & set(model.operation_names)
        for example in examples[operation]
        for breach in breaches_of(
            model.operation_model(operation).input_shape, example.get("input") or {}, service
        )
    }
