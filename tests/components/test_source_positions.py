"""The frame that the engine records for a resource, held against the SDK's own stack."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

from components.source_positions import keep_first_frames

Stacks = list[source_pb2.StackTrace]


class _Resource:
    def __init__(self, found: Stacks, ways: list[Callable[[], source_pb2.StackTrace]]) -> None:
        for way in ways:
            found.append(way())


class _Custom(_Resource):
    def __init__(self, found: Stacks, ways: list[Callable[[], source_pb2.StackTrace]]) -> None:
        super().__init__(found, ways)


class _Role(_Custom):
    def __init__(self, found: Stacks, ways: list[Callable[[], source_pb2.StackTrace]]) -> None:
        self._internal_init(found, ways)

    def _internal_init(
        self, found: Stacks, ways: list[Callable[[], source_pb2.StackTrace]]
    ) -> None:
        super().__init__(found, ways)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], source_pb2.StackTrace]]:
    """Return the SDK's way to a stack, and the program's."""
    of_the_sdk = resource._get_stack_trace
    monkeypatch.setattr(resource, "_get_stack_trace", of_the_sdk)
    keep_first_frames()
    return [of_the_sdk, resource._get_stack_trace]


def test_the_first_frame_is_the_sdks(ways: list[Callable[[], source_pb2.StackTrace]]) -> None:
    found: Stacks = []
    _Role(found, ways)
    whole, first = found
    assert len(whole.frames) > 5
    assert list(first.frames) == list(whole.frames[:1])
    assert first.frames[0].pc.uri.endswith("/tests/components/test_source_positions.py")


def test_sdk_without_stacks_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(resource, "_get_stack_trace")
    keep_first_frames()
    assert not hasattr(resource, "_get_stack_trace")
