"""No access for the public: resource policies, buckets, databases, networks, snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam import patterns
from landfall.iam.documents import Effect
from policies import documents
from policies.denials import taken_back
from policies.encryption_s3 import BUCKETS
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.statements import NAMES_SOURCE, demands, is_public
from policies.values import Resource, Stack

_BLOCKS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)
_PUBLIC = "AC-3 AC-4(21) AC-6 SC-7 SC-7(3)"


@resource_rule(
    "LF-PUB-001",
    "no resource policy lets everybody in",
    fix="Name the principals, or demand aws:PrincipalOrgID.",
    types=list(documents.RESOURCE),
    severity="critical",
    controls=controls(fsbp="S3.2 S3.3 KMS.5 SNS.4 SQS.3 OpenSearch.2", nist=_PUBLIC),
)
def _resource_policy(resource: Resource) -> Iterator[Violation]:
    for path, statement, document in documents.statements(resource, documents.RESOURCE):
        if is_public(statement, document):
            yield Violation(resource, path, "lets everybody in")


_BUCKET_POLICIES = {
    "aws:s3/bucketPolicy:BucketPolicy": documents.RESOURCE["aws:s3/bucketPolicy:BucketPolicy"],
    **{type_: documents.RESOURCE[type_] for type_ in BUCKETS},
}
_GIVES_AWAY = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)


@resource_rule(
    "LF-S3-009",
    "bucket policies do not give the bucket away",
    fix="Leave out what changes the bucket's policy, ACLs or encryption; its own account's "
    "administrators have that by IAM.",
    types=list(_BUCKET_POLICIES),
    controls=controls(fsbp="S3.6", nist="AC-3 AC-6 CM-5"),
)
def _given_away(resource: Resource) -> Iterator[Violation]:
    for path, statement, document in documents.statements(resource, _BUCKET_POLICIES):
        if statement.effect is not Effect.ALLOW or taken_back(statement, document, _GIVES_AWAY):
            continue
        if any(
            patterns.matches(action, given, case_sensitive=False)
            for action in statement.actions
            for given in _GIVES_AWAY
        ):
            yield Violation(resource, f"{path}.Action", "lets others change who owns or reads it")


@resource_rule(
    "LF-PUB-004",
    "public access is blocked in all four ways",
    fix="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets.",
    types=_BLOCKS,
    controls=controls(fsbp="S3.1 S3.8", cis3="2.1.4", cis5="2.1.4", nist=_PUBLIC),
)
def _block(resource: Resource) -> Iterator[Violation]:
    for key in (
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ):
        if not resource.is_set(key):
            yield Violation(resource, key, "is not true")


@stack_rule(
    "LF-PUB-005",
    "every bucket blocks public access",
    fix="Add a BucketPublicAccessBlock with all four settings.",
    types=BUCKETS,
    controls=controls(fsbp="S3.8", cis3="2.1.4", cis5="2.1.4", nist=_PUBLIC),
)
def _every_bucket(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    if not stack.pointing(_BLOCKS[:1], "bucket", bucket):
        yield Violation(bucket, "", "the bucket does not block public access")


@resource_rule(
    "LF-PUB-006",
    "buckets have no public ACL",
    fix="Leave the ACL out and enforce the bucket owner's ownership.",
    types=[*BUCKETS, "aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"],
    controls=controls(fsbp="S3.2 S3.3", nist=_PUBLIC),
)
def _acl(resource: Resource) -> Iterator[Violation]:
    if resource.text("acl").startswith(("public-", "authenticated-")):
        yield Violation(resource, "acl", "lets everybody in")


_REACHABLE = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:redshift/cluster:Cluster",
    "aws:redshiftserverless/workgroup:Workgroup",
    "aws:dms/replicationInstance:ReplicationInstance",
    "aws:mq/broker:Broker",
)


@resource_rule(
    "LF-PUB-007",
    "databases are not reachable from the internet",
    fix="Set publiclyAccessible to false.",
    types=_REACHABLE,
    severity="critical",
    controls=controls(fsbp="RDS.2 Redshift.1 DMS.1", cis3="2.3.3", cis5="2.2.3", nist=_PUBLIC),
)
def _reachable(resource: Resource) -> Iterator[Violation]:
    if resource.is_set("publiclyAccessible"):
        yield Violation(resource, "publiclyAccessible", "is true")


@resource_rule(
    "LF-PUB-008",
    "functions are not open to everybody",
    fix="Set authorizationType to AWS_IAM.",
    types=["aws:lambda/functionUrl:FunctionUrl"],
    controls=controls(fsbp="Lambda.1", nist=_PUBLIC),
)
def _function_url(resource: Resource) -> Iterator[Violation]:
    if resource.get("authorizationType") == "NONE":
        yield Violation(resource, "authorizationType", "is NONE")


@resource_rule(
    "LF-PUB-009",
    "functions are invoked by named callers",
    fix="Set principalOrgId for everybody's principal, and sourceArn or sourceAccount for a "
    "service.",
    types=["aws:lambda/permission:Permission"],
    severity="critical",
    controls=controls(fsbp="Lambda.1", nist=_PUBLIC),
)
def _permission(resource: Resource) -> Iterator[Violation]:
    principal = resource.text("principal")
    named = any(resource.has(key) for key in ("sourceArn", "sourceAccount", "eventSourceToken"))
    if principal == "*" and not resource.has("principalOrgId") and not named:
        yield Violation(resource, "principal", "lets everybody invoke the function")
    elif principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) and not named:
        yield Violation(resource, "sourceArn", "is not set, so a service may act for anybody")


_ADMINISTRATION = (22, 3389)
_ANYWHERE = ("0.0.0.0/0", "::/0")
_RULES = ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",)
_OLD_RULES = ("aws:ec2/securityGroupRule:SecurityGroupRule",)
_GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)


@resource_rule(
    "LF-PUB-010",
    "administration ports are closed to the internet",
    fix="Name the networks that need it, or use Session Manager, which needs no open port.",
    types=[*_RULES, *_OLD_RULES, *_GROUPS],
    controls=controls(
        fsbp="EC2.13 EC2.14 EC2.19",
        cis3="5.2 5.3",
        cis5="5.3 5.4",
        nist="AC-4 AC-17 SC-7 SC-7(5)",
    ),
)
def _open_ports(resource: Resource) -> Iterator[Violation]:
    if resource.type in _GROUPS:
        places = [path for path, _ in resource.items("ingress")]
    elif resource.type in _OLD_RULES:
        places = [""] if resource.get("type") == "ingress" else []
    else:
        places = [""]
    for place in places:
        at = f"{place}." if place else ""
        if _from_anywhere(resource, at) and _reaches_administration(resource, at):
            yield Violation(resource, place or "fromPort", "is open to the internet")


def _from_anywhere(resource: Resource, at: str) -> bool:
    blocks = [resource.get(f"{at}cidrIpv4"), resource.get(f"{at}cidrIpv6")]
    for key in ("cidrBlocks", "ipv6CidrBlocks"):
        blocks += [block for _, block in resource.items(f"{at}{key}")]
    return any(block in _ANYWHERE for block in blocks)


def _reaches_administration(resource: Resource, at: str) -> bool:
    protocol = resource.text(f"{at}protocol", resource.text(f"{at}ipProtocol"))
    if protocol in ("-1", "all", "-1.0"):
        return True
    if protocol not in ("tcp", "6", "6.0"):
        return False
    low, high = resource.get(f"{at}fromPort", 0), resource.get(f"{at}toPort", 65535)
    return any(float(low) <= port <= float(high) for port in _ADMINISTRATION)


_SHARED = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "group",
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/snapshotCopy:SnapshotCopy": "sharedAccounts",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "sharedAccounts",
}


@resource_rule(
    "LF-PUB-011",
    "images and snapshots are not shared with everybody",
    fix="Name the accounts.",
    types=list(_SHARED),
    severity="critical",
    controls=controls(fsbp="EC2.1 RDS.1", nist=_PUBLIC),
)
def _shared(resource: Resource) -> Iterator[Violation]:
    path = _SHARED[resource.type]
    if any(value == "all" for _, value in resource.items(path)):
        yield Violation(resource, path, "shares it with everybody")


@resource_rule(
    "LF-PUB-012",
    "builds are not shown to the public",
    fix="Set projectVisibility to PRIVATE.",
    types=["aws:codebuild/project:Project"],
    controls=controls(nist=_PUBLIC),
)
def _visible(resource: Resource) -> Iterator[Violation]:
    if resource.get("projectVisibility") == "PUBLIC_READ":
        yield Violation(resource, "projectVisibility", "is PUBLIC_READ")


_NOTIFIED = {
    type_: documents.RESOURCE[type_]
    for type_ in (
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
        "aws:s3/bucketPolicy:BucketPolicy",
    )
}


@resource_rule(
    "LF-TRU-003",
    "services write only for named resources",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount to the service's statement.",
    types=list(_NOTIFIED),
    severity="medium",
    level="advisory",
    controls=controls(nist="AC-3 AC-4 AC-6"),
)
def _confused_deputy(resource: Resource) -> Iterator[Violation]:
    for path, statement, _ in documents.statements(resource, _NOTIFIED):
        services = [each for each in statement.principals or () if each.kind == "Service"]
        if statement.effect is Effect.ALLOW and services and not demands(statement, NAMES_SOURCE):
            yield Violation(resource, path, "lets a service write for anybody")
