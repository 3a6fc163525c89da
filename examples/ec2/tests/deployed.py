"""Tests of what was just deployed, through the AWS CLI; they run with the role of the test."""

import json
import os
import subprocess
import sys

NAME = os.environ.get("APPLICATION", "fleet")


def deploy(operation, *options):
    """Return the answer of CodeDeploy."""
    command = ["aws", "deploy", operation, "--output", "json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def instances():
    """Return the instances of the newest deployment, as CodeDeploy tells them."""
    group = ["--application-name", NAME, "--deployment-group-name", NAME]
    newest = deploy("list-deployments", *group)["deployments"][0]
    chosen = ["--deployment-id", newest]
    ids = deploy("list-deployment-targets", *chosen)["targetIds"]
    found = deploy("batch-get-deployment-targets", *chosen, "--target-ids", *ids)
    return [each["instanceTarget"] for each in found["deploymentTargets"]]


def integration():
    """Every instance has the release."""
    states = {each["targetId"]: each["status"] for each in instances()}
    assert set(states.values()) == {"Succeeded"}, states


def e2e():
    """Every instance greets: its validation has run."""
    for each in instances():
        events = {one["lifecycleEventName"]: one["status"] for one in each["lifecycleEvents"]}
        assert events["ValidateService"] == "Succeeded", (each["targetId"], events)


if __name__ == "__main__":
    {"integration": integration, "e2e": e2e}[sys.argv[1]]()
    print(f"{sys.argv[1]}: passed")
