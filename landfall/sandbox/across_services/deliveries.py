"""Check whether a service may deliver to a bucket and encrypt with a key, in any account.

Services test this when a destination is set, and reject one that would not work: CloudTrail User
Guide, 'Amazon S3 bucket policy for CloudTrail'; AWS Config Developer Guide, 'Permissions for the
Amazon S3 bucket'. Their errors do not name the action and the policy, so the sandbox's record does:
`landfall sandbox access` shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from landfall.aws.arns import bucket_arn
from landfall.sandbox.across_services.trust import Applicant, decide
from landfall.sandbox.judging import record

ACL = {"s3:x-amz-acl": ["bucket-owner-full-control"]}


def may_use_bucket(
    applicant: Applicant, bucket: str, wanted: Sequence[tuple[str, str]]
) -> bool | None:
    """Return whether a bucket's policy allows actions on its keys; None for an unknown bucket.

    `wanted` are actions with keys; the empty key is the bucket itself. Record the first refusal.
    """
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return None
    partition, account = owner
    policy = s3_backends[account][partition].buckets[bucket].policy
    document, arn = json.loads(policy) if policy is not None else {}, bucket_arn(partition, bucket)
    asking = replace(applicant, context={**applicant.context, **ACL})
    for action, key in wanted:
        resource = f"{arn}/{key}" if key else arn
        effect = decide(document, asking, action, resource) if document else None
        if effect != "Allow":
            _record(applicant, action, resource, effect)
            return False
    return policy is not None


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

    `context` is the service's encryption context. Record the first refusal.
    """
    found = denied_by_key(applicant, key_arn, actions, context)
    if found:
        _record(applicant, found, key_arn, None)
    return None if found is None else not found


def denied_by_key(
    applicant: Applicant, key_arn: str, actions: Sequence[str], context: Mapping[str, str]
) -> str | None:
    """Return the first action that a key's policy does not allow, or ""; None for an unknown key.

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
    policy = json.loads(key.policy)
    return next((each for each in actions if decide(policy, asking, each, "*") != "Allow"), "")


def words(principal: str, action: str, resource: str, effect: str | None) -> str:
    """Return AWS's words for a service that the policy of a resource does not allow an action."""
    reason = (
        "with an explicit deny in a resource-based policy"
        if effect == "Deny"
        else f"because no resource-based policy allows the {action} action"
    )
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource} " + (
        reason
    )


def _record(applicant: Applicant, action: str, resource: str, effect: str | None) -> None:
    said = words(applicant.name, action, resource, effect)
    record.service_denied(applicant.name, applicant.source, action, resource, said)
