"""Tests of what was just deployed, through the AWS CLI; they run with the role of the test.

They run the program of the task definition that has the traffic, as its container would.
"""

import json
import os
import subprocess
import sys

SERVICE, CLUSTER = os.environ.get("SERVICE", "web"), os.environ.get("CLUSTER", "apps")


def ecs(operation, *options):
    """Return the answer of ECS."""
    command = ["aws", "ecs", operation, "--output", "json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def says(*names):
    """Return what the deployed program says."""
    found = ecs("describe-services", "--cluster", CLUSTER, "--services", SERVICE)["services"][0]
    (primary,) = [each for each in found["taskSets"] if each["status"] == "PRIMARY"]
    described = ecs("describe-task-definition", "--task-definition", primary["taskDefinition"])
    (container,) = described["taskDefinition"]["containerDefinitions"]
    variables = {each["name"]: each["value"] for each in container["environment"]}
    return subprocess.run(
        [*container["command"], *names],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split(maxsplit=1)[1]


def integration():
    """The program greets."""
    assert says("Ada") == "Hello, Ada!\n", says("Ada")


def e2e():
    """A name of several words is greeted, too."""
    assert says("Ada Lovelace") == "Hello, Ada Lovelace!\n", says("Ada Lovelace")


if __name__ == "__main__":
    {"integration": integration, "e2e": e2e}[sys.argv[1]]()
    print(f"{sys.argv[1]}: passed")
