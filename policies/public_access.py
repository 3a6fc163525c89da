"""Rules against public access: buckets, databases, functions, snapshots, builds."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.iam import patterns
from landfall.iam.documents import Statement
from landfall.rules import Severity
from policies import documents
from policies.denials import allows, taken_back
from policies.encryption_s3 import BUCKETS
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.values import Resource, Stack

_BLOCKS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)
_PUBLIC = "AC-3 AC-4(21) AC-6 SC-7 SC-7(3)"


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
    "bucket policies do not hand over control of the bucket",
    fix="Leave out what changes the bucket's policy, ACLs or encryption; its own account's "
    "administrators have that by IAM.",
    types=list(_BUCKET_POLICIES),
    controls=controls(fsbp="S3.6", nist="AC-3 AC-6 CM-5"),
)
def _given_away(resource: Resource) -> Iterator[Violation]:
    for path, statement, document in documents.statements(resource, _BUCKET_POLICIES):
        given = [
            one
            for one in _GIVES_AWAY
            if any(patterns.matches(each, one, case_sensitive=False) for each in statement.actions)
        ]
        if _to_the_owner(statement):
            given = [one for one in given if one != "s3:PutObjectAcl"]
        if given and allows(statement, document) and not taken_back(statement, document, given):
            yield Violation(
                resource, f"{path}.Action", "allows others to change who owns or reads it"
            )


def _to_the_owner(statement: Statement) -> bool:
    """Return whether an ACL may only give everything to the bucket's owner.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
    """
    return any(
        (each.name, each.key.lower(), each.values)
        == ("StringEquals", "s3:x-amz-acl", ("bucket-owner-full-control",))
        for each in statement.conditions
    )


@resource_rule(
    "LF-PUB-004",
    "all four settings block public access",
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


_WITH_ACL = (
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketAclV2:BucketAclV2",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
# The group of all AWS users is public, too (S3 User Guide: 'Access control list overview').
_EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")


@resource_rule(
    "LF-PUB-006",
    "buckets and objects have no public ACL",
    fix="Remove the ACL and set object ownership to BucketOwnerEnforced.",
    types=[*BUCKETS, *_WITH_ACL],
    controls=controls(fsbp="S3.2 S3.3", nist=_PUBLIC),
)
def _acl(resource: Resource) -> Iterator[Violation]:
    if resource.text("acl").startswith(("public-", "authenticated-")):
        yield Violation(resource, "acl", "allows public access")
    for path, _ in resource.items("accessControlPolicy.grants"):
        if resource.text(f"{path}.grantee.uri").endswith(_EVERYBODY):
            yield Violation(resource, f"{path}.grantee", "allows public access")
    for path, _ in resource.items("grants"):
        if resource.text(f"{path}.uri").endswith(_EVERYBODY):
            yield Violation(resource, path, "allows public access")


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
    severity=Severity.CRITICAL,
    controls=controls(fsbp="RDS.2 Redshift.1 DMS.1", cis3="2.3.3", cis5="2.2.3", nist=_PUBLIC),
)
def _reachable(resource: Resource) -> Iterator[Violation]:
    if resource.is_set("publiclyAccessible"):
        yield Violation(resource, "publiclyAccessible", "is true")


@resource_rule(
    "LF-PUB-008",
    "function URLs require authentication",
    fix="Set authorizationType to AWS_IAM.",
    types=["aws:lambda/functionUrl:FunctionUrl"],
    controls=controls(fsbp="Lambda.1", nist=_PUBLIC),
)
def _function_url(resource: Resource) -> Iterator[Violation]:
    if resource.get("authorizationType") == "NONE":
        yield Violation(resource, "authorizationType", "is NONE")


_SHARED = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "group",
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/snapshotCopy:SnapshotCopy": "sharedAccounts",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "sharedAccounts",
}


@resource_rule(
    "LF-PUB-011",
    "images and snapshots are not public",
    fix="Name the accounts.",
    types=list(_SHARED),
    severity=Severity.CRITICAL,
    controls=controls(fsbp="EC2.1 RDS.1", nist=_PUBLIC),
)
def _shared(resource: Resource) -> Iterator[Violation]:
    path = _SHARED[resource.type]
    if any(value == "all" for _, value in resource.items(path)):
        yield Violation(resource, path, "shares it publicly")


@resource_rule(
    "LF-PUB-012",
    "builds are not public",
    fix="Set projectVisibility to PRIVATE.",
    types=["aws:codebuild/project:Project"],
    controls=controls(nist=_PUBLIC),
)
def _visible(resource: Resource) -> Iterator[Violation]:
    if resource.get("projectVisibility") == "PUBLIC_READ":
        yield Violation(resource, "projectVisibility", "is PUBLIC_READ")
