"""Check whether a service may deliver to a bucket and encrypt with a key, in any account.

Services test this when a destination is set, and reject one that would not work: CloudTrail User
Guide, 'Amazon S3 bucket policy for CloudTrail'; AWS Config Developer Guide, 'Permissions for the
Amazon S3 bucket'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from landfall.aws.arns import bucket_arn
from landfall.sandbox.across_services.trust import Applicant, decide

ACL = {"s3:x-amz-acl": ["bucket-owner-full-control"]}


def may_use_bucket(
    applicant: Applicant, bucket: str, wanted: Sequence[tuple[str, str]]
) -> bool | None:
    """Return whether a bucket's policy allows actions on its keys; None without a policy.

    `wanted` are actions with keys; the empty key is the bucket itself.
    """
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return None
    partition, account = owner
    policy = s3_backends[account][partition].buckets[bucket].policy
    if policy is None:
        return False
    document, arn = json.loads(policy), bucket_arn(partition, bucket)
    asking = replace(applicant, context={**applicant.context, **ACL})
    return all(
        decide(document, asking, action, f"{arn}/{key}" if key else arn) == "Allow"
        for action, key in wanted
    )


def has_retention(bucket: str) -> bool:
    """Return whether a bucket's Object Lock keeps new objects by default."""
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return False
    partition, account = owner
    found: bool = s3_backends[account][partition].buckets[bucket].has_default_lock
    return found


def may_use_key(
    applicant: Applicant, key_arn: str, actions: Sequence[str], context: Mapping[str, str]
) -> bool | None:
    """Return whether a key's policy allows actions; None for an unknown key.

    `context` is the service's encryption context.
    """
    parts = key_arn.split(":", 5)
    if len(parts) != 6 or parts[4] not in list(kms_backends.keys()):
        return None
    key = kms_backends[parts[4]][parts[3]].keys.get(parts[5].removeprefix("key/"))
    if key is None:
        return None
    given = {f"kms:encryptioncontext:{name}": [value] for name, value in context.items()}
    asking = replace(applicant, context={**applicant.context, **given})
    return all(decide(json.loads(key.policy), asking, each, "*") == "Allow" for each in actions)
