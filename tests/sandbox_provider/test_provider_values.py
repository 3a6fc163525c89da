"""Conversions of values: Struct, cty, names and shapes, assets, hidden state."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import msgpack
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.values import cty
from landfall.sandbox.provider.values.assets import AssetFiles
from landfall.sandbox.provider.values.hidden import OUTPUT, Hidden, read_hidden
from landfall.sandbox.provider.values.properties import (
    ARCHIVE,
    ASSET,
    RESOURCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    UNKNOWN_SENTINELS,
    Asset,
    Secret,
    canonical,
    from_struct,
    has_unknown,
    to_struct,
)
from landfall.sandbox.provider.values.properties import (
    OUTPUT as OUTPUT_VALUE,
)

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
    | st.text().filter(lambda text: text not in UNKNOWN_SENTINELS)
    | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text().filter(lambda key: key != SIGNATURE), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text().filter(lambda key: key != SIGNATURE), plain, max_size=5))
def test_properties_survive_the_way_through_a_struct(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


def _wire(value: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({"x": value})
    return struct


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_every_sentinel_is_unknown(sentinel: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"x": [sentinel]})
    assert from_struct(struct) == {"x": [UNKNOWN]}


def test_secrets_outputs_and_references_are_unwrapped() -> None:
    assert from_struct(_wire({SIGNATURE: SECRET, "value": {"a": 1}})) == {"x": {"a": 1}}
    assert from_struct(_wire({SIGNATURE: OUTPUT_VALUE})) == {"x": UNKNOWN}
    assert from_struct(_wire({SIGNATURE: OUTPUT_VALUE, "value": 2})) == {"x": 2}
    assert from_struct(_wire({SIGNATURE: RESOURCE, "urn": "u", "id": "i"})) == {"x": "i"}
    with pytest.raises(ProviderError, match="does not know"):
        from_struct(_wire({SIGNATURE: "invented"}))


def test_secrets_are_marked_and_assets_go_back_as_they_came() -> None:
    asset = Asset({SIGNATURE: ASSET, "hash": "h", "text": "t"})
    struct = to_struct({"secret": Secret(UNKNOWN), "asset": asset})
    marked = struct.fields["secret"].struct_value.fields
    assert marked[SIGNATURE].string_value == SECRET
    assert from_struct(struct) == {"secret": UNKNOWN, "asset": asset}


def test_unknown_is_found_at_any_depth_and_is_one() -> None:
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert has_unknown(Secret([UNKNOWN]))
    assert not has_unknown({"a": [1, "x", None]})
    assert canonical({"b": 1, "a": [UNKNOWN]}) == canonical({"a": [UNKNOWN], "b": 1})
    assert canonical(UNKNOWN) != canonical("unknown")


OBJECT = [
    "object",
    {
        "name": "string",
        "size": "number",
        "on": "bool",
        "tags": ["map", "string"],
        "ports": ["set", "number"],
        "steps": ["list", ["object", {"run": "string"}]],
        "any": "dynamic",
    },
]


def test_cty_round_trip_sorts_sets_and_keeps_lists() -> None:
    value = {
        "name": "n",
        "size": 2,
        "on": True,
        "tags": {"b": "2", "a": UNKNOWN},
        "ports": [443, 80],
        "steps": [{"run": "b"}, {"run": "a"}],
        "any": {"k": [1, "x"]},
    }
    decoded = cty.unpack(cty.pack(value, OBJECT), OBJECT)
    assert decoded == {**value, "ports": [443, 80]}
    again = cty.unpack(cty.pack({**value, "ports": [80, 443]}, OBJECT), OBJECT)
    assert again == decoded
    assert cty.unpack(cty.pack({}, OBJECT), OBJECT) == dict.fromkeys(OBJECT[1])
    assert cty.unpack(cty.pack(None, OBJECT), OBJECT) is None


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, "string", "true"),
        (3, "string", "3"),
        ({"b": 1, "a": [2]}, "string", '{"a":[2],"b":1}'),
        ({"a": UNKNOWN}, "string", UNKNOWN),
        ("3600", "number", 3600),
        (1.5, "number", 1.5),
        ("true", "bool", True),
        (UNKNOWN, ["list", "string"], UNKNOWN),
    ],
)
def test_values_fit_themselves_to_the_type(value: Any, kind: Any, expected: Any) -> None:
    assert cty.unpack(cty.pack(value, kind), kind) == expected


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        ({"size": "big"}, ("size",)),
        ({"on": "perhaps"}, ("on",)),
        ({"ports": 80}, ("ports",)),
        ({"ports": [80, True]}, ("ports", 1)),
        ({"steps": [{}, "x"]}, ("steps", 1)),
        ({"tags": ["a"]}, ("tags",)),
    ],
)
def test_value_of_a_wrong_type_is_reported_with_its_place(
    value: Any, steps: tuple[Any, ...]
) -> None:
    with pytest.raises(cty.CtyError) as error:
        cty.pack(value, OBJECT)
    assert error.value.steps == steps


def test_refined_unknowns_and_big_numbers_are_read() -> None:
    refined = msgpack.packb(msgpack.ExtType(12, b"\x81\x01\xc2"))
    assert cty.unpack(refined, "string") is UNKNOWN
    assert cty.unpack(msgpack.packb("12345678901234567890"), "number") == float(
        "12345678901234567890"
    )


def test_assets_become_files_named_by_their_hash(tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "page.html").write_text("page")
    (tmp_path / "program" / "site" / "css").mkdir(parents=True)
    (tmp_path / "program" / "site" / "css" / "a.css").write_text("a")
    files = AssetFiles(tmp_path / "assets", tmp_path / "program")

    by_path = files.path(Asset({SIGNATURE: ASSET, "hash": "p", "path": "page.html"}))
    assert Path(by_path).read_text() == "page"
    by_text = files.path(Asset({SIGNATURE: ASSET, "hash": "t", "text": ""}))
    assert Path(by_text).read_text() == ""

    inner = {"page": Asset({SIGNATURE: ASSET, "hash": "p", "path": "page.html"})}
    inner["site"] = Asset({SIGNATURE: ARCHIVE, "hash": "s", "path": "site"})
    archive = Asset({SIGNATURE: ARCHIVE, "hash": "z", "assets": inner})
    content = Path(files.path(archive)).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.namelist() == ["page", "site/css/a.css"]
        assert found.read("site/css/a.css") == b"a"
    Path(files.path(archive)).unlink()
    assert Path(files.path(archive)).read_bytes() == content, "bytes depend on content alone"

    elided = files.path(Asset({SIGNATURE: ASSET, "hash": "later"}))
    assert not Path(elided).exists(), "a diff has the hash only"
    with pytest.raises(ProviderError, match=r"missing\.txt"):
        files.path(Asset({SIGNATURE: ASSET, "hash": "m", "path": "missing.txt"}))


def test_hidden_state_is_secret_and_independent_of_the_machine(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    hidden = Hidden({"filename": f"{here}/abc.zip", "x": None}, b"\x00\xff", 3, "fingerprint")
    written = hidden.to_output(here)
    assert isinstance(written, Secret)
    assert str(here) not in written.value
    read = read_hidden({OUTPUT: written.value}, there)
    assert read == Hidden(
        {"filename": f"{there}/abc.zip", "x": None}, b"\x00\xff", 3, "fingerprint"
    )
    assert read_hidden({"name": "n"}, there) is None


def test_hidden_state_is_compressed_and_an_older_one_is_read(tmp_path: Path) -> None:
    state = {f"argument_{number}": None for number in range(200)}
    written = Hidden(state, b"", 1).to_output(tmp_path).value
    document = json.dumps({"state": state, "private": "", "version": 1})
    assert len(written) < len(document) / 5
    assert read_hidden({OUTPUT: document}, tmp_path) == Hidden(state, b"", 1)
