"""Every list of every model accepts a single value for a list of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter

from landfall.cli.schema import stack_schema
from landfall.settings.base import Settings, _OneOrMore
from landfall.settings.stack import Stack
from landfall.settings.testing import Kinds
from landfall.validation import parse
from tests.settings.stacks import changed, line_of, problems, stack

ROOT = Path(__file__).parents[2]
DEPLOY = "deploy: {lambda: orders}"
ECS = (
    "deploy: {ecs: orders, cluster: main, targetGroups: [orders-a, orders-b], taskRoles: app/task}"
)
LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/"
    "0123456789abcdef/0123456789abcdef"
)


def models(kind: Any, seen: set[type[Settings]]) -> None:
    """Collect the models that an annotation refers to, and those that they refer to."""
    if isinstance(kind, type) and issubclass(kind, Settings) and kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            models(field.annotation, seen)
    for part in get_args(kind):
        models(part, seen)


def bare_lists(kind: Any, *, taken: bool) -> Iterator[Any]:
    """Yield the lists in an annotation that do not take one value for a list of one."""
    if hasattr(kind, "__metadata__"):
        taken = taken or any(isinstance(part, _OneOrMore) for part in kind.__metadata__)
        yield from bare_lists(kind.__origin__, taken=taken)
        return
    if get_origin(kind) is tuple and not taken:
        yield kind
    inner = taken and get_origin(kind) is not tuple
    for part in get_args(kind):
        yield from bare_lists(part, taken=inner)


# IAM reads true and numbers as texts there, so its own validator wraps a single value.
CONDITIONS = {"conditions"}


def test_list_in_any_model_accepts_a_single_value() -> None:
    seen: set[type[Settings]] = {Kinds}
    models(Stack, seen)
    assert len(seen) > 60
    found = {
        f"{model.__name__}.{name}"
        for model in seen
        for name, field in model.model_fields.items()
        if name not in CONDITIONS
        for _ in bare_lists(
            field.annotation, taken=any(isinstance(part, _OneOrMore) for part in field.metadata)
        )
    }
    assert found == set()


def collapsed(value: Any) -> Any:
    """Return a document with each list of one replaced by what it holds."""
    if isinstance(value, dict):
        return {key: collapsed(item) for key, item in value.items()}
    if isinstance(value, list):
        return collapsed(value[0]) if len(value) == 1 else [collapsed(item) for item in value]
    return value


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_stack_file_with_collapsed_lists_has_the_same_settings(name: str) -> None:
    document = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())
    short = collapsed(document)
    assert short != document
    jsonschema.validate(short, stack_schema())
    assert parse(short["config"], stack=name) == parse(document["config"], stack=name)


@pytest.mark.parametrize("values", [("one",), ("one", "two")])
def test_single_text_and_list_of_one_parse_the_same(values: tuple[str, ...]) -> None:
    from landfall.settings.base import Texts

    adapter: TypeAdapter[Any] = TypeAdapter(Texts)
    given: Any = values[0] if len(values) == 1 else list(values)
    assert adapter.validate_python(given) == values


def test_delivery_with_a_single_value_parses_it_as_a_list() -> None:
    text = changed(
        (DEPLOY, f"tests: {{unit: {{commands: make check}}}}\n        {ECS}"),
        ("dev: {account: orders-dev}", f"dev: {{account: orders-dev, listeners: '{LISTENER}'}}"),
        (
            "prod: {account: orders-prod}",
            f"prod: {{account: orders-prod, listeners: '{LISTENER}', rollback: {{alarms: late}}}}\n"
            "        observability: {notify: orders@example.com, events: failed}",
        ),
    )
    application = stack(text).delivery.applications["orders"]
    assert application.environments["prod"].rollback.alarms == ("late",)
    assert application.observability.events == ("failed",)
    unit = application.tests.unit
    assert unit is not None
    assert unit.commands == ("make check",)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{sid: 7, actions: sqs:CreateQueue}", "expected a text, got '7'"),
        ("{sids: A, actions: sqs:CreateQueue}", "'sids' is not a known key here"),
        ("{sid: A}", "'actions' is missing"),
        ("", "expected a list, got nothing"),
        ("sqs:CreateQueue", "expected a mapping, got 'sqs:CreateQueue'"),
    ],
)
def test_mistake_in_a_single_value_has_its_line_and_no_index(written: str, what: str) -> None:
    part = f"          permissions: {written}"
    text = changed(
        (DEPLOY, f"deploy:\n          cloudformation: orders\n{part}"),
        ("unit: Workloads/Prod", "unit: Workloads/Nowhere"),
    )
    first, *others = sorted(problems(text), key=lambda each: "permissions" not in each.path)
    assert first.what == what
    assert "[0]" not in first.path
    assert first.location is not None
    assert first.location.line == line_of(text, part)
    # The checks of the whole document still ran.
    assert any("Workloads/Nowhere" in each.what for each in others)


def test_schema_accepts_a_single_value_and_refuses_another_type() -> None:
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())
    validator = jsonschema.Draft202012Validator(stack_schema())
    config = document["config"]["landfall:organization"]
    for regions, valid in (("eu-west-1", True), (["eu-west-1"], True), (7, False), ([7], False)):
        config["regions"] = regions
        assert validator.is_valid(json.loads(json.dumps(document))) is valid
