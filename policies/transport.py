"""Encryption in transit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.documents import conditions, principals, statements, texts
from policies.encryption import BUCKETS
from policies.rules import Violation, resource_rule, stack_rule
from policies.values import Resource

POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)

_FIX = (
    "Deny s3:* to every principal on the bucket and its objects where aws:SecureTransport is false."
)


@resource_rule(
    "LF-TLS-001",
    "bucket policies refuse requests without TLS",
    fix=_FIX,
    types=POLICIES,
    controls=["FSBP S3.5", "CIS 2.1.1"],
)
def _bucket_policy(resource: Resource) -> Iterator[Violation]:
    covered: set[str] = set()
    for _, statement in statements(resource, "policy"):
        denied = statement.get("Effect") == "Deny" and "*" in principals(statement, "AWS")
        everything = {"s3:*", "*"} & {action.lower() for action in texts(statement, "Action")}
        demanded = list(conditions(statement))
        insecure = demanded == [("bool", "aws:securetransport", ["false"])]
        if denied and everything and insecure:
            covered |= {_part(arn) for arn in texts(statement, "Resource")}
    if "everything" not in covered and covered < {"bucket", "objects"}:
        yield Violation(resource, "policy", "lets requests without TLS in")


def _part(arn: str) -> str:
    if arn == "*":
        return "everything"
    return "objects" if arn.endswith("/*") else "bucket"


@stack_rule(
    "LF-TLS-002",
    "every bucket has a policy that refuses requests without TLS",
    fix=f"Add a BucketPolicy. {_FIX}",
    types=BUCKETS,
    controls=["FSBP S3.5"],
)
def _every_bucket(resources: Sequence[Resource]) -> Iterator[Violation]:
    policies = [r for r in resources if r.type in POLICIES]
    for bucket in resources:
        if bucket.type in BUCKETS and not any(p.points_at("bucket", bucket) for p in policies):
            yield Violation(bucket, "", "the bucket has no policy")


@resource_rule(
    "LF-TLS-003",
    "caches are encrypted in transit",
    fix="Set transitEncryptionEnabled to true.",
    types=["aws:elasticache/replicationGroup:ReplicationGroup"],
    controls=["FSBP ElastiCache.5"],
)
def _cache(resource: Resource) -> Iterator[Violation]:
    if resource.get("transitEncryptionEnabled") is not True:
        yield Violation(resource, "transitEncryptionEnabled", "is not true")


@resource_rule(
    "LF-TLS-004",
    "listeners speak TLS or redirect to it",
    fix="Use protocol HTTPS or TLS, or a redirect to HTTPS as the only default action.",
    types=["aws:lb/listener:Listener"],
    controls=["FSBP ELB.1"],
)
def _listener(resource: Resource) -> Iterator[Violation]:
    if resource.get("protocol") != "HTTP":
        return
    for path, _ in resource.items("defaultActions"):
        if resource.get(f"{path}.redirect.protocol") != "HTTPS":
            yield Violation(resource, f"{path}.redirect", "does not lead to HTTPS")
