"""The engine's event log, read after a run, after a killed one, and while it grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall.engine import event_log


def test_log_that_is_missing_has_no_events(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    assert list(event_log.read(file)) == event_log.take(file) == []
    assert list(event_log.Growing(file).added()) == []


def test_log_of_a_killed_engine_is_read_without_its_unfinished_line(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"sequence": 1}\n{"sequ', encoding="utf-8")
    assert list(event_log.read(file)) == [{"sequence": 1}]


@pytest.mark.parametrize("rest", ["", '{"sequ'])
def test_log_that_is_taken_is_deleted_even_if_it_cannot_be_read(rest: str, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f'{{"sequence": 1}}\n{rest}', encoding="utf-8")
    if rest:
        with pytest.raises(ValueError, match="Unterminated"):
            event_log.take(file)
    else:
        assert event_log.take(file) == [{"sequence": 1}]
    assert not file.exists()


def test_growing_log_yields_each_event_once_when_its_line_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = event_log.Growing(file)
    written = '{"message": "ä"}\n{"sequence": 2}\n'.encode()
    file.write_bytes(written[:14])
    assert list(log.added()) == []
    file.write_bytes(written[:20])
    assert list(log.added()) == [{"message": "ä"}]
    file.write_bytes(written)
    assert list(log.added()) == [{"sequence": 2}]
    assert list(log.added()) == []
