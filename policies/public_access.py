"""No access for the public: trust, resource policies, buckets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.documents import Statement, conditions, principals, statements
from policies.encryption import BUCKETS
from policies.rules import Violation, resource_rule, stack_rule
from policies.values import Resource

RESOURCE_POLICIES = {
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
}
_BLOCKS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)
# Conditions that name who calls; one of them, with values that are not bare wildcards, is enough.
_NAMES_CALLER = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "kms:calleraccount",
    }
)
_COMPARES = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")


def _is_public(statement: Statement) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    if "NotPrincipal" in statement:
        return True
    if "*" not in principals(statement, "AWS"):
        return False
    for operator, key, values in conditions(statement):
        compares = operator.removeprefix("foranyvalue:") in _COMPARES
        if compares and key in _NAMES_CALLER and not any(set(v) <= set("*?") for v in values):
            return False
    return True


@resource_rule(
    "LF-PUB-001",
    "no resource policy lets everybody in",
    fix="Name the principals, or demand aws:PrincipalOrgID.",
    types=list(RESOURCE_POLICIES),
    severity="critical",
    controls=["FSBP S3.2", "FSBP KMS.5", "NIST AC-3"],
)
def _resource_policy(resource: Resource) -> Iterator[Violation]:
    path = RESOURCE_POLICIES[resource.type]
    for index, statement in statements(resource, path):
        if _is_public(statement):
            yield Violation(resource, f"{path}.Statement[{index}]", "lets everybody in")


@resource_rule(
    "LF-PUB-002",
    "nobody outside can assume a role",
    fix="Name the roles that may assume it, and demand aws:PrincipalOrgID.",
    types=["aws:iam/role:Role"],
    severity="critical",
    controls=["NIST AC-3"],
)
def _trust(resource: Resource) -> Iterator[Violation]:
    for index, statement in statements(resource, "assumeRolePolicy"):
        if _is_public(statement):
            yield Violation(
                resource, f"assumeRolePolicy.Statement[{index}]", "lets everybody assume the role"
            )


@resource_rule(
    "LF-PUB-003",
    "web identities are named",
    fix="Demand the audience, and a subject without a bare wildcard.",
    types=["aws:iam/role:Role"],
    severity="critical",
    controls=["NIST AC-3"],
)
def _web_identity(resource: Resource) -> Iterator[Violation]:
    for index, statement in statements(resource, "assumeRolePolicy"):
        if statement.get("Effect") != "Allow" or not principals(statement, "Federated"):
            continue
        if any(":saml-provider/" in name for name in principals(statement, "Federated")):
            continue
        named: set[str] = set()
        for operator, key, values in conditions(statement):
            exact = operator in _COMPARES and not any(_is_open(value) for value in values)
            if exact:
                named.add(key.rsplit(":", 1)[-1])
        for missing in sorted({"aud", "sub"} - named):
            yield Violation(
                resource,
                f"assumeRolePolicy.Statement[{index}]",
                f"does not demand the token's '{missing}'",
            )


def _is_open(subject: str) -> bool:
    """A subject such as `repo:*` names nobody; `repo:owner/*` names one owner."""
    parts = [part for part in subject.split(":") if part]
    return not parts or set(parts[min(1, len(parts) - 1)]) <= set("*?/")


@resource_rule(
    "LF-PUB-004",
    "public access is blocked in all four ways",
    fix="Set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets.",
    types=_BLOCKS,
    controls=["FSBP S3.1", "FSBP S3.8", "CIS 2.1.4"],
)
def _block(resource: Resource) -> Iterator[Violation]:
    for key in (
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ):
        if resource.get(key) is not True:
            yield Violation(resource, key, "is not true")


@stack_rule(
    "LF-PUB-005",
    "every bucket blocks public access",
    fix="Add a BucketPublicAccessBlock with all four settings.",
    types=BUCKETS,
    controls=["FSBP S3.8", "CIS 2.1.4"],
)
def _every_bucket(resources: Sequence[Resource]) -> Iterator[Violation]:
    blocks = [r for r in resources if r.type == _BLOCKS[0]]
    for bucket in resources:
        if bucket.type in BUCKETS and not any(b.points_at("bucket", bucket) for b in blocks):
            yield Violation(bucket, "", "the bucket does not block public access")


@resource_rule(
    "LF-PUB-006",
    "buckets have no public ACL",
    fix="Leave the ACL out and enforce the bucket owner's ownership.",
    types=[*BUCKETS, "aws:s3/bucketAcl:BucketAcl"],
    controls=["FSBP S3.2"],
)
def _acl(resource: Resource) -> Iterator[Violation]:
    if str(resource.get("acl", "")).startswith(("public-", "authenticated-")):
        yield Violation(resource, "acl", "lets everybody in")


@resource_rule(
    "LF-PUB-007",
    "databases are not reachable from the internet",
    fix="Set publiclyAccessible to false.",
    types=["aws:rds/instance:Instance", "aws:redshift/cluster:Cluster"],
    severity="critical",
    controls=["FSBP RDS.2", "FSBP Redshift.1", "CIS 2.3.3"],
)
def _reachable(resource: Resource) -> Iterator[Violation]:
    if resource.get("publiclyAccessible") is True:
        yield Violation(resource, "publiclyAccessible", "is true")


@resource_rule(
    "LF-CB-002",
    "builds hold no credentials in plain text",
    fix="Use type SECRETS_MANAGER or PARAMETER_STORE and name the secret.",
    types=["aws:codebuild/project:Project"],
    severity="critical",
    controls=["FSBP CodeBuild.2"],
)
def _build_credentials(resource: Resource) -> Iterator[Violation]:
    for path, _ in resource.items("environment.environmentVariables"):
        name = str(resource.get(f"{path}.name", "")).upper()
        plain = resource.get(f"{path}.type", "PLAINTEXT") == "PLAINTEXT"
        if plain and name.endswith(("PASSWORD", "SECRET", "TOKEN", "API_KEY", "ACCESS_KEY")):
            yield Violation(resource, f"{path}.value", "is a credential in plain text")
