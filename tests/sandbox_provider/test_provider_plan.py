"""Rules of Terraform's core and of the official provider: proposals, changes, paths, names."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.sandbox.provider.catalog.schema import Block
from landfall.sandbox.provider.catalog.shapes import plural, shape_of, singular
from landfall.sandbox.provider.errors import InputFault, ProviderError
from landfall.sandbox.provider.operations import plan_only
from landfall.sandbox.provider.operations.resources import top_level
from landfall.sandbox.provider.protocol import tfplugin5_pb2 as tf
from landfall.sandbox.provider.rules.changes import (
    Change,
    changed,
    effective_replacements,
    reported,
)
from landfall.sandbox.provider.rules.naming import (
    AutoName,
    Proposal,
    apply_autoname,
    autoname_of,
    was_generated,
)
from landfall.sandbox.provider.rules.plan import complete, proposed_new
from landfall.sandbox.provider.values.convert import (
    mark_sensitive,
    pulumi_path,
    to_pulumi,
    to_terraform,
)
from landfall.sandbox.provider.values.properties import UNKNOWN, Secret


def attribute(name: str, kind: str = '"string"', **flags: bool) -> tf.Schema.Attribute:
    return tf.Schema.Attribute(name=name, type=kind.encode(), **flags)


def nested(name: str, nesting: int, *attributes: tf.Schema.Attribute, most: int = 0) -> Any:
    return tf.Schema.NestedBlock(
        type_name=name,
        nesting=nesting,  # type: ignore[arg-type]
        max_items=most,
        block=tf.Schema.Block(attributes=attributes),
    )


LIST, SET = 2, 3
BLOCK = Block(
    tf.Schema.Block(
        attributes=[
            attribute("id", computed=True),
            attribute("name", required=True),
            attribute("tags", '["map","string"]', optional=True),
            attribute("tags_all", '["map","string"]', optional=True, computed=True),
        ],
        block_types=[
            nested("rule", LIST, attribute("key", required=True), attribute("n", computed=True)),
            nested(
                "entry",
                SET,
                attribute("key", required=True),
                attribute("n", optional=True, computed=True),
            ),
            nested("setting", LIST, attribute("mode", optional=True), most=1),
        ],
    )
)
SHAPE = shape_of(BLOCK, None, "thing")


def test_completed_configuration_has_every_name_and_empty_blocks() -> None:
    assert complete(BLOCK, {"name": "n", "rule": [{"key": "k"}]}) == {
        "id": None,
        "name": "n",
        "tags": None,
        "tags_all": None,
        "rule": [{"key": "k", "n": None}],
        "entry": [],
        "setting": [],
    }
    assert complete(BLOCK, {"entry": UNKNOWN})["entry"] is UNKNOWN


def test_computed_values_are_kept_lists_by_index_and_sets_by_agreement() -> None:
    prior = {
        "id": "i",
        "name": "n",
        "tags": {"a": "1"},
        "tags_all": {"a": "1"},
        "rule": [{"key": "x", "n": "1"}, {"key": "y", "n": "2"}],
        "entry": [{"key": "x", "n": "1"}, {"key": "y", "n": "2"}],
        "setting": [{"mode": "on"}],
    }
    config = complete(
        BLOCK,
        {
            "name": "m",
            "rule": [{"key": "y"}, {"key": "x"}, {"key": "z"}],
            "entry": [{"key": "y"}, {"key": "z"}, {"key": "x", "n": "5"}],
        },
    )
    proposed = proposed_new(BLOCK, prior, config)
    assert proposed is not None
    assert (proposed["id"], proposed["name"], proposed["tags"]) == ("i", "m", None)
    assert proposed["tags_all"] == {"a": "1"}
    assert [r["n"] for r in proposed["rule"]] == ["1", "2", None]
    assert [e["n"] for e in proposed["entry"]] == ["2", None, "5"]
    assert proposed["setting"] == []
    assert proposed_new(BLOCK, prior, None) is None
    assert proposed_new(BLOCK, None, config)["id"] is None  # type: ignore[index]


def state(**values: Any) -> dict[str, Any]:
    return complete(BLOCK, {"id": "i", "name": "n", **values})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, {}),
        ({"tags": {"a": "1"}}, {"tags": {"a": "2", "b.c": "3"}}, {"tags.a", 'tags["b.c"]'}),
        ({"rule": [{"key": "a"}]}, {"rule": [{"key": "a"}, {"key": "b"}]}, {"rules[1]"}),
        ({"rule": [{"key": "a"}]}, {"rule": [{"key": "b"}]}, {"rules[0].key"}),
        ({"entry": [{"key": "a"}]}, {"entry": [{"key": "b"}]}, {"entries"}),
        ({"setting": [{"mode": "on"}]}, {"setting": [{"mode": UNKNOWN}]}, {"setting.mode"}),
        ({"name": "n"}, {"name": UNKNOWN}, {"name"}),
    ],
)
def test_changes_have_pulumi_paths(
    before: dict[str, Any], after: dict[str, Any], expected: set[str]
) -> None:
    changes = changed(state(**before), state(**after), BLOCK)
    assert {pulumi_path(change.steps, SHAPE) for change in changes} == (expected or set())


def test_kinds_of_changes() -> None:
    changes = changed(
        state(tags={"gone": "1", "kept": "1"}, setting=[{"mode": "a"}]),
        state(tags={"new": "1", "kept": "2"}),
        BLOCK,
    )
    assert {c.steps: c.kind for c in changes} == {
        ("tags", "gone"): "delete",
        ("tags", "kept"): "update",
        ("tags", "new"): "add",
        ("setting",): "delete",
    }


def test_computed_change_is_omitted_unless_it_is_the_only_one() -> None:
    follows = Change(("tags_all", "a"), "update")
    asked = Change(("tags", "a"), "update")
    config = complete(BLOCK, {"name": "n", "tags": {"a": "2"}})
    assert reported([asked, follows], BLOCK, config, []) == [asked]
    assert reported([follows], BLOCK, config, []) == [follows]
    assert reported([follows], BLOCK, config, [("tags_all",)])[0].replace


def test_only_replacements_on_changed_paths_count() -> None:
    changes = [Change(("rule", 0, "key"), "update")]
    paths = [("name",), ("rule",), ("rule", 0, "key", "x"), ("rule", 1)]
    assert effective_replacements(paths, changes) == [("rule",), ("rule", 0, "key", "x")]


def test_values_are_renamed_flattened_and_brought_back() -> None:
    properties = {
        "name": "n",
        "tags": {"keep_this_key": "v"},
        "rules": [{"key": "k"}],
        "entries": [{"key": UNKNOWN}],
        "setting": {"mode": "on"},
    }
    faults: list[InputFault] = []
    values = to_terraform(properties, SHAPE, lambda asset: "", faults)
    assert not faults
    assert values == {
        "name": "n",
        "tags": {"keep_this_key": "v"},
        "rule": [{"key": "k"}],
        "entry": [{"key": UNKNOWN}],
        "setting": [{"mode": "on"}],
    }
    assert to_pulumi(complete(BLOCK, values), SHAPE) == properties


def test_misplaced_values_are_faults_with_their_paths() -> None:
    faults: list[InputFault] = []
    to_terraform(
        {"nmae": 1, "rules": {"key": "k"}, "entries": ["x"], "setting": {"mood": 1}, "tags": []},
        SHAPE,
        lambda asset: "",
        faults,
    )
    assert [fault.path for fault in faults] == [
        "nmae",
        "rules",
        "entries[0]",
        "setting.mood",
        "tags",
    ]


@pytest.mark.parametrize(
    ("one", "many"),
    [("policy", "policies"), ("address", "addresses"), ("rule", "rules"), ("key", "keys")],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many
    assert singular(many) == one


def test_generated_names_fit_aws_and_are_remembered() -> None:
    bucket = autoname_of("aws:s3/bucket:Bucket", {})
    assert bucket is not None
    made = apply_autoname(bucket, {}, {}, "Artifacts" * 10, b"seed")
    assert made["bucket"] == made["bucket"].lower()
    assert len(made["bucket"]) == 63
    assert was_generated(bucket, made)
    assert apply_autoname(bucket, {}, made, "Other", b"other") == made
    assert apply_autoname(bucket, {}, {}, "Artifacts" * 10, b"seed") == made

    given = apply_autoname(bucket, {"bucket": "mine"}, made, "Artifacts", b"seed")
    assert given == {"bucket": "mine", "__defaults": []}
    prefixed = apply_autoname(bucket, {"bucketPrefix": "p"}, {}, "Artifacts", b"seed")
    assert "bucket" not in prefixed
    alias = autoname_of("aws:kms/alias:Alias", {})
    assert apply_autoname(alias, {}, {}, "key", b"s")["name"].startswith("alias/key-")
    assert autoname_of("aws:x/y:Y", {"name": True}) is None
    assert autoname_of("aws:x/y:Y", {"name": False}) == AutoName("name", 255)


@pytest.mark.parametrize(
    ("proposal", "name"),
    [
        (Proposal("n" * 70, "propose"), "n" * 64),
        (Proposal("n" * 70, "enforce"), "n" * 70),
        (Proposal("", "disable"), None),
    ],
)
def test_the_engines_autonaming_settings_are_followed(proposal: Proposal, name: Any) -> None:
    rule = AutoName("name", 64)
    assert apply_autoname(rule, {}, {}, "role", b"s", proposal).get("name") == name


@pytest.mark.parametrize(
    ("path", "top"), [("rules[0].x", "rules"), ('tags["a.b"]', "tags"), ("name", "name")]
)
def test_top_level_of_a_path(path: str, top: str) -> None:
    assert top_level(path) == top


def test_plan_only_outputs_are_inputs_and_unknowns() -> None:
    token = "aws:iam/role:Role"
    inputs, faults = plan_only.check(
        token, "role", {}, {"assumeRolePolicy": "{}", "surprise": 1}, b"s", Proposal()
    )
    assert [fault.path for fault in faults] == ["surprise"]
    outputs = plan_only.preview(token, inputs, "eu-west-1")
    assert outputs["assumeRolePolicy"] == "{}"
    assert outputs["name"] == inputs["name"]
    assert outputs["arn"] is UNKNOWN
    assert "__defaults" not in outputs
    assert plan_only.preview("aws:sns/topic:Topic", {}, "eu-west-1")["region"] == "eu-west-1"


def test_plan_only_diff_compares_inputs() -> None:
    old = {"a": 1, "b": {"c": 1}, "__defaults": []}
    assert not plan_only.diff(old, {**old, "__defaults": ["x"]}).some
    difference = plan_only.diff(old, {"a": 2, "d": UNKNOWN})
    assert {path: change.kind for path, change in difference.changes.items()} == {
        "a": "update",
        "b": "delete",
        "d": "add",
    }
    assert not difference.replaces


def test_plan_only_look_ups_are_known_and_others_say_what_to_install() -> None:
    caller = plan_only.invoke("aws:index/getCallerIdentity:getCallerIdentity", "")
    assert caller["accountId"].isdigit()
    with pytest.raises(ProviderError, match="pulumi plugin install resource aws"):
        plan_only.invoke("aws:ec2/getAmi:getAmi", "")


def test_sensitive_values_are_marked_where_they_stand() -> None:
    block = Block(
        tf.Schema.Block(
            attributes=[attribute("name", optional=True)],
            block_types=[
                nested(
                    "stage",
                    LIST,
                    attribute("label", optional=True),
                    attribute("token", optional=True, sensitive=True),
                )
            ],
        )
    )
    shape = shape_of(block, None, "thing")
    outputs = {"name": "n", "stages": [{"label": "l", "token": "t"}, {"label": "m"}]}
    assert mark_sensitive(outputs, shape, block) == {
        "name": "n",
        "stages": [{"label": "l", "token": Secret("t")}, {"label": "m"}],
    }
    assert mark_sensitive({"stages": UNKNOWN}, shape, block) == {"stages": UNKNOWN}
