"""Tests of what was just deployed, through the AWS CLI; they run with the role of the test.

`QUEUE` is the queue's name, an output of the stack.
"""

import json
import os
import subprocess
import sys

QUEUE = os.environ["QUEUE"]


def sqs(operation, *options):
    """Return the answer of SQS."""
    command = ["aws", "sqs", operation, "--output", "json", *options]
    # A rehearsal sets it; version 1 of the CLI does not read it for SQS.
    if "AWS_ENDPOINT_URL" in os.environ:
        command += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def attributes(name):
    """Return the attributes of a queue."""
    url = sqs("get-queue-url", "--queue-name", name)["QueueUrl"]
    found = sqs("get-queue-attributes", "--queue-url", url, "--attribute-names", "All")
    return found["Attributes"]


def integration():
    """A worker that handles an order has half a minute or more, before another one gets it."""
    found = attributes(QUEUE)
    assert int(found["VisibilityTimeout"]) >= 30, found


def e2e():
    """What cannot be handled goes to a queue that keeps it for two weeks."""
    target = json.loads(attributes(QUEUE)["RedrivePolicy"])["deadLetterTargetArn"]
    found = attributes(target.rpartition(":")[2])
    assert int(found["MessageRetentionPeriod"]) == 14 * 24 * 3600, found


if __name__ == "__main__":
    {"integration": integration, "e2e": e2e}[sys.argv[1]]()
    print(f"{sys.argv[1]}: passed")
