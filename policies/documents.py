"""Policy documents inside properties, read with the project's own parser.

One rule reports documents that break IAM's grammar; the other rules skip them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from landfall.iam import documents as iam
from landfall.iam.documents import Document, Statement
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource, UndecidedError, is_unknown

IDENTITY = {
    "aws:iam/policy:Policy": ("policy",),
    "aws:iam/role:Role": ("inlinePolicies.*.policy",),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:iam/userPolicy:UserPolicy": ("policy",),
    "aws:iam/groupPolicy:GroupPolicy": ("policy",),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": ("inlinePolicy",),
}
TRUST = {"aws:iam/role:Role": ("assumeRolePolicy",)}
# Resources whose policy is public with the principal `*`. Policies of APIs and VPC endpoints are
# left out: `*` is common there, and other settings decide who has access.
RESOURCE = {
    "aws:backup/vaultPolicy:VaultPolicy": ("policy",),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ("policy",),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument",),
    "aws:codeartifact/domainPermissions:DomainPermissions": ("policyDocument",),
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": ("policyDocument",),
    "aws:codebuild/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:ecr/registryPolicy:RegistryPolicy": ("policy",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy",),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("policy",),
    "aws:elasticsearch/domain:Domain": ("accessPolicies",),
    "aws:elasticsearch/domainPolicy:DomainPolicy": ("accessPolicies",),
    "aws:glue/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:kinesis/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:kms/externalKey:ExternalKey": ("policy",),
    "aws:kms/key:Key": ("policy",),
    "aws:kms/keyPolicy:KeyPolicy": ("policy",),
    "aws:kms/replicaKey:ReplicaKey": ("policy",),
    "aws:opensearch/domain:Domain": ("accessPolicies",),
    "aws:opensearch/domainPolicy:DomainPolicy": ("accessPolicies",),
    "aws:redshift/resourcePolicy:ResourcePolicy": ("policy",),
    "aws:s3/accessPoint:AccessPoint": ("policy",),
    "aws:s3/bucket:Bucket": ("policy",),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:s3/bucketV2:BucketV2": ("policy",),
    "aws:secretsmanager/secret:Secret": ("policy",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "aws:sns/topic:Topic": ("policy",),
    "aws:sns/topicPolicy:TopicPolicy": ("policy",),
    "aws:sqs/queue:Queue": ("policy",),
    "aws:sqs/queuePolicy:QueuePolicy": ("policy",),
}


def read(
    resource: Resource, places: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Document]]:
    """Yield each document of a resource with the path of its property.

    Raises `UndecidedError` at the first document that is not known yet.
    """
    for path, value in _values(resource, places):
        document = _parsed(value)
        if document is not None:
            yield path, document


def statements(
    resource: Resource, places: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Statement, Document]]:
    """Yield each statement of a resource's documents with its path and its document."""
    for path, document in read(resource, places):
        for statement in document.statements:
            yield f"{path}.Statement[{statement.index}]", statement, document


def _values(resource: Resource, places: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    for place in places.get(resource.type, ()):
        head, star, tail = place.partition(".*.")
        paths = [f"{p}.{tail}" for p, _ in resource.items(head)] if star else [place]
        for path in paths:
            value = resource.get(path)
            if value is not None:
                yield path, value


def _parsed(value: Any) -> Document | None:
    if isinstance(value, str):
        return _parse(value)
    try:
        return iam.parse(value) if isinstance(value, Mapping) else None
    except iam.DocumentError:
        return None


@lru_cache(maxsize=256)
def _parse(text: str) -> Document | None:
    """Parse a document once for all rules."""
    try:
        return iam.parse(text)
    except iam.DocumentError:
        return None


def _unknown_inside(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_unknown_inside(each) for each in value.values())
    if isinstance(value, list):
        return any(_unknown_inside(each) for each in value)
    return is_unknown(value)


_ALL = {
    type_: (*IDENTITY.get(type_, ()), *TRUST.get(type_, ()), *RESOURCE.get(type_, ()))
    for type_ in sorted({*IDENTITY, *TRUST, *RESOURCE})
}


@resource_rule(
    "LF-IAM-000",
    "policy documents follow IAM's grammar",
    fix="Correct the document; the other rules cannot check an invalid one.",
    types=list(_ALL),
    controls=controls(nist="AC-6"),
)
def _grammar(resource: Resource) -> Iterator[Violation]:
    for path, value in _values(resource, _ALL):
        if _unknown_inside(value):
            raise UndecidedError(path, resource)
        if _parsed(value) is None:
            yield Violation(resource, path, "is not a policy document")
