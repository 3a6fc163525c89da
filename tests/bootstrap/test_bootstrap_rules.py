"""Bootstrap's resources pass the policy pack; its page lists the required permissions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from landfall.bootstrap.clients import ACTIONS
from tests.bootstrap.conftest import Bootstrap
from tests.bootstrap.test_bootstrap import BUCKET, KEYS, key, read
from tests.policies.analyzer import Analyzer, Given
from tests.sandbox_gate.conftest import Sandbox


def test_bootstrap_resources_pass_the_policy_pack(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    bootstrap()
    given = [*_bucket("state", BUCKET, sandbox), *_bucket("logs", f"{BUCKET}-logs", sandbox)]
    logging = read(sandbox, BUCKET)["logging"]
    given.append(
        Given(
            "aws:s3/bucketLogging:BucketLogging",
            {"bucket": BUCKET, "targetBucket": logging["TargetBucket"], "targetPrefix": "state/"},
            "state",
        )
    )
    for alias in KEYS:
        found = key(sandbox, alias)
        props = {"enableKeyRotation": found["rotates"], "policy": json.dumps(found["policy"])}
        given.append(Given("aws:kms/key:Key", props, alias))
    assert Analyzer().both(*given) == []


def _bucket(name: str, bucket: str, sandbox: Sandbox) -> list[Given]:
    """Return a bucket as the Pulumi resources that would describe it."""
    found = read(sandbox, bucket)
    (rule,) = found["encryption"]["Rules"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    encrypted = {"sseAlgorithm": default["SSEAlgorithm"]}
    if "KMSMasterKeyID" in default:
        encrypted["kmsMasterKeyId"] = default["KMSMasterKeyID"]
    parts: dict[str, dict[str, Any]] = {
        "bucketPublicAccessBlock:BucketPublicAccessBlock": {
            k[0].lower() + k[1:]: v for k, v in found["block"].items()
        },
        "bucketOwnershipControls:BucketOwnershipControls": {
            "rule": {"objectOwnership": found["ownership"]["Rules"][0]["ObjectOwnership"]}
        },
        "bucketVersioning:BucketVersioning": {
            "versioningConfiguration": {"status": found["versioning"]}
        },
        "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
            "rules": [{"applyServerSideEncryptionByDefault": encrypted}]
        },
        "bucketPolicy:BucketPolicy": {"policy": json.dumps(found["policy"])},
    }
    return [
        Given("aws:s3/bucket:Bucket", {"bucket": bucket}, name, protect=True),
        *(
            Given(f"aws:s3/{type_}", {"bucket": bucket, **props}, name)
            for type_, props in parts.items()
        ),
    ]


def test_the_page_names_every_permission(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    before = len(sandbox.log.read_text())
    bootstrap()
    changed = key(sandbox, KEYS[0])["policy"]
    del changed["Statement"][1]
    sandbox.client("kms").put_key_policy(
        KeyId=key(sandbox, KEYS[0])["metadata"]["KeyId"],
        PolicyName="default",
        Policy=json.dumps(changed),
    )
    bootstrap(tags=["new=tag"])
    called = re.findall(r" (s3|kms):(\w+) \d{3} ", sandbox.log.read_text()[before:])
    needed = {f"{service}:{ACTIONS.get(api, api)}" for service, api in called}
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "keep-state-in-aws.md").read_text()
    (block,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    named = {action for each in json.loads(block)["Statement"] for action in each["Action"]}
    assert needed <= named
    assert named - needed == {"s3:GetBucketLocation"}  # where S3 does not tell the region itself
