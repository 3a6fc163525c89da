"""Tests of the deployed function, through the AWS CLI; they run with the role of the test."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

FUNCTION = os.environ.get("FUNCTION", "greeter")


def invoke(event):
    """Return what the CLI says, and what the alias `live` answers."""
    with tempfile.TemporaryDirectory() as folder:
        payload, answer = pathlib.Path(folder, "event.json"), pathlib.Path(folder, "answer.json")
        payload.write_text(json.dumps(event))
        command = ["aws", "lambda", "invoke", "--function-name", f"{FUNCTION}:live"]
        done = subprocess.run(
            [*command, "--payload", f"fileb://{payload}", str(answer)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout), json.loads(answer.read_text())


def integration():
    """The function answers."""
    said, answer = invoke({"name": "Ada"})
    assert "FunctionError" not in said, answer
    assert answer["message"] == "Hello, Ada!", answer


def e2e():
    """Whoever does not say their name is greeted, too."""
    _, answer = invoke({})
    assert answer["message"] == "Hello, world!", answer


if __name__ == "__main__":
    {"integration": integration, "e2e": e2e}[sys.argv[1]]()
    print(f"{sys.argv[1]}: passed")
