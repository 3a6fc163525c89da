"""Where a program made a resource, as the engine records it in the state.

The SDK sends the whole stack of calls with each resource, 20 frames in a program like this one, and
the engine keeps them in the state, where they are three quarters of its size. A backend in files or
a bucket writes the whole state after each step, so they cost most of the time in which resources
are created. Nothing reads more than the first frame.
"""

import sys
from pathlib import Path
from types import FrameType

from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

_OF_RESOURCES = 3
"""The constructors of `Resource`, of its kind, and of the resource's own type."""


def keep_first_frames() -> None:
    """Send only the frame that made a resource, if this SDK sends stacks at all."""
    if hasattr(resource, "_get_stack_trace"):
        resource._get_stack_trace = _first_frame


def _first_frame() -> source_pb2.StackTrace:
    """Return the frame outside the constructors of a resource; empty if there is none.

    For a resource that is read instead of constructed, too, as the SDK does.
    """
    frame: FrameType | None = sys._getframe(1)
    constructors = 0
    while frame is not None and constructors < _OF_RESOURCES:
        constructors += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    if frame is None:
        return source_pb2.StackTrace()
    uri = Path(frame.f_code.co_filename).absolute().as_uri()
    at = source_pb2.SourcePosition(uri=uri, line=frame.f_lineno)
    return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=at)])
