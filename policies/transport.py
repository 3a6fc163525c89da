"""Rules of encryption in transit."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam import patterns
from landfall.iam.documents import Document, Effect, Statement
from landfall.rules import Severity
from policies import documents
from policies.encryption_s3 import BUCKETS
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.values import Resource, Stack

POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)
_PLACES = {POLICIES[0]: ("policy",)}
_TLS = "SC-8 SC-8(1) SC-13 SC-23"
_FIX = (
    "Deny s3:* to every principal on the bucket and its objects where aws:SecureTransport is false."
)


@resource_rule(
    "LF-TLS-001",
    "bucket policies deny requests without TLS",
    fix=_FIX,
    types=POLICIES,
    controls=controls(fsbp="S3.5", cis3="2.1.1", cis5="2.1.1", nist=_TLS),
)
def _bucket_policy(resource: Resource) -> Iterator[Violation]:
    for path, document in documents.read(resource, _PLACES):
        if not refuses_plain_http(document):
            yield Violation(resource, path, "allows requests without TLS")


def refuses_plain_http(document: Document) -> bool:
    """Return whether a policy denies S3 requests without TLS, on the bucket and its objects.

    The bucket's name may be unknown: a Deny on `arn:…:NAME` must also cover `arn:…:NAME/*`.
    """
    denied = {
        resource
        for statement in document.statements
        if _denies_plain_http(statement)
        for resource in statement.resources
    }
    return any(
        any(patterns.covers(other, f"{bucket}/*", case_sensitive=True) for other in denied)
        for bucket in denied
        if "/" not in bucket
    )


def _denies_plain_http(statement: Statement) -> bool:
    if statement.effect is not Effect.DENY or statement.not_resources:
        return False
    everybody = any(
        each.value == "*" and each.kind in ("*", "AWS") for each in statement.principals or ()
    )
    everything = any(
        patterns.covers(action, "s3:*", case_sensitive=False) for action in statement.actions
    )
    if not everybody or not everything or len(statement.conditions) != 1:
        return False
    (condition,) = statement.conditions
    return (
        condition.operator == "Bool"
        and condition.qualifier != "ForAnyValue"
        and condition.key.lower() == "aws:securetransport"
        and "false" in [value.lower() for value in condition.values]
    )


@stack_rule(
    "LF-TLS-002",
    "every bucket has a policy that denies requests without TLS",
    fix=f"Add a BucketPolicy. {_FIX}",
    types=BUCKETS,
    controls=controls(fsbp="S3.5", cis3="2.1.1", cis5="2.1.1", nist=_TLS),
)
def _every_bucket(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    if stack.pointing(POLICIES, "bucket", bucket):
        return  # LF-TLS-001 checks it
    inline = dict.fromkeys(BUCKETS, ("policy",))
    if not any(refuses_plain_http(document) for _, document in documents.read(bucket, inline)):
        yield Violation(bucket, "", "the bucket has no policy that denies requests without TLS")


@resource_rule(
    "LF-TLS-003",
    "caches are encrypted in transit",
    fix="Set transitEncryptionEnabled (MemoryDB: tlsEnabled) to true.",
    types=[
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:memorydb/cluster:Cluster",
    ],
    controls=controls(fsbp="ElastiCache.5", nist=_TLS),
)
def _cache(resource: Resource) -> Iterator[Violation]:
    if resource.type == "aws:memorydb/cluster:Cluster":
        if resource.get("tlsEnabled") is False:
            yield Violation(resource, "tlsEnabled", "is false")
    elif not resource.is_set("transitEncryptionEnabled"):
        yield Violation(resource, "transitEncryptionEnabled", "is not true")


@resource_rule(
    "LF-TLS-004",
    "listeners use TLS or redirect to it",
    fix="Use protocol HTTPS or TLS, or a redirect to HTTPS as the only default action.",
    types=["aws:lb/listener:Listener", "aws:alb/listener:Listener"],
    controls=controls(fsbp="ELB.1", nist=_TLS),
)
def _listener(resource: Resource) -> Iterator[Violation]:
    # An Application Load Balancer's listener is HTTP by default; a Gateway one's has no port.
    default = "HTTP" if resource.get("port") is not None else None
    if resource.get("protocol", default) != "HTTP":
        return
    for path, _ in resource.items("defaultActions"):
        if resource.get(f"{path}.redirect.protocol") != "HTTPS":
            yield Violation(resource, f"{path}.redirect", "does not redirect to HTTPS")


@resource_rule(
    "LF-TLS-005",
    "search domains require TLS, also between their nodes",
    fix="Set domainEndpointOptions.enforceHttps and nodeToNodeEncryption.enabled to true.",
    types=["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"],
    controls=controls(fsbp="OpenSearch.3 OpenSearch.8 ES.3 ES.8", nist=_TLS),
)
def _search(resource: Resource) -> Iterator[Violation]:
    for path in ("domainEndpointOptions.enforceHttps", "nodeToNodeEncryption.enabled"):
        if not resource.is_set(path):
            yield Violation(resource, path, "is not true")


@resource_rule(
    "LF-TLS-006",
    "topics deliver over TLS",
    fix="Use protocol https.",
    types=["aws:sns/topicSubscription:TopicSubscription"],
    severity=Severity.MEDIUM,
    controls=controls(nist=_TLS),
)
def _subscription(resource: Resource) -> Iterator[Violation]:
    if resource.get("protocol") == "http":
        yield Violation(resource, "protocol", "is http")


@resource_rule(
    "LF-TLS-007",
    "Kafka brokers accept TLS only",
    fix="Set encryptionInTransit.clientBroker to TLS and leave inCluster at true.",
    types=["aws:msk/cluster:Cluster"],
    controls=controls(fsbp="MSK.1", nist=_TLS),
)
def _kafka(resource: Resource) -> Iterator[Violation]:
    path = "encryptionInfo.encryptionInTransit"
    if resource.text(f"{path}.clientBroker", "TLS") != "TLS":
        yield Violation(resource, f"{path}.clientBroker", "is not TLS")
    if resource.get(f"{path}.inCluster", True) is False:
        yield Violation(resource, f"{path}.inCluster", "is false")


@resource_rule(
    "LF-TLS-008",
    "distributions serve viewers over TLS",
    fix="Set viewerProtocolPolicy to redirect-to-https or https-only.",
    types=["aws:cloudfront/distribution:Distribution"],
    controls=controls(fsbp="CloudFront.3", nist=_TLS),
)
def _distribution(resource: Resource) -> Iterator[Violation]:
    places = ["defaultCacheBehavior"]
    places += [path for path, _ in resource.items("orderedCacheBehaviors")]
    for place in places:
        if resource.get(f"{place}.viewerProtocolPolicy") == "allow-all":
            yield Violation(resource, f"{place}.viewerProtocolPolicy", "is allow-all")


@resource_rule(
    "LF-TLS-009",
    "builds verify the certificates of their sources",
    fix="Remove insecureSsl.",
    types=["aws:codebuild/project:Project"],
    controls=controls(nist=_TLS),
)
def _build_source(resource: Resource) -> Iterator[Violation]:
    places = ["source", *(path for path, _ in resource.items("secondarySources"))]
    for place in places:
        if resource.is_set(f"{place}.insecureSsl"):
            yield Violation(resource, f"{place}.insecureSsl", "is true")
