"""Rooms import in one direction, and settings import no room that checks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.imports import circles, graph, room, rooms


def test_rooms_of_the_project_have_no_import_circle() -> None:
    assert circles(rooms(graph())) == []


def test_files_of_the_project_have_no_import_circle() -> None:
    assert circles(graph()) == []


def test_settings_import_neither_validation_nor_blueprint_nor_guardrails() -> None:
    above = {"landfall.validation", "landfall.blueprint", "landfall.guardrails"}
    found = {(one, other) for one, other in graph().edges if room(one) == "landfall.settings"}
    assert {edge for edge in found if room(edge[1]) in above} == set()


def test_guardrails_import_no_validation() -> None:
    assert not rooms(graph()).has_edge("landfall.guardrails", "landfall.validation")


@pytest.mark.parametrize(
    "text",
    [
        "from landfall.two.b import B",
        "from landfall.two import b",
        "import landfall.two.b",
        "def late():\n    from landfall.two import b",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from landfall.two.b import B",
    ],
)
def test_circle_of_two_rooms_is_found_however_the_import_is_written(
    text: str, tmp_path: Path
) -> None:
    _write(tmp_path, {"one/a.py": text, "one/c.py": "", "two/b.py": "import landfall.one.c"})
    modules = graph(tmp_path)
    assert circles(rooms(modules)) == [["landfall.one", "landfall.two"]]
    assert circles(modules) == []


def test_circle_of_files_in_one_room_is_found(tmp_path: Path) -> None:
    texts = {"a.py": "from landfall.one import b", "b.py": "def late():\n    import landfall.one.a"}
    _write(tmp_path, {f"one/{name}": text for name, text in texts.items()})
    assert circles(graph(tmp_path)) == [["landfall.one.a", "landfall.one.b"]]


def test_relative_import_is_refused_by_its_line(tmp_path: Path) -> None:
    _write(tmp_path, {"one/a.py": "\nfrom . import b"})
    with pytest.raises(ValueError, match="line 2: a relative import"):
        graph(tmp_path)


def _write(root: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        file = root / "landfall" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
