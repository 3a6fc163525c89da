"""The language host loads the protocol alone, and leaves the SDK as it is."""

import subprocess
import sys

import pytest

SHOW = "import sys; {first}; import toolchain.language_host; {then}"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("pass", "assert not {'pulumi', 'pulumi.runtime', 'opentelemetry.sdk'} & {*sys.modules}"),
        ("pass", "import pulumi.runtime; from pulumi.runtime.proto import engine_pb2"),
        ("import pulumi", "assert pulumi.Output and pulumi is sys.modules['pulumi']"),
    ],
)
def test_protocol_is_loaded_alone_and_the_sdk_can_follow(first: str, then: str) -> None:
    code = SHOW.format(first=first, then=then)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
