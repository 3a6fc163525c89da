"""Rules of tags: cost, ownership and conditions need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landfall.rules import Severity
from policies.encryption_s3 import BUCKETS
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource, UndecidedError, is_unknown

# Types that store data, run code or act: without an owner they cannot be cleaned up.
TAGGED = (
    *BUCKETS,
    "aws:backup/vault:Vault",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:codebuild/project:Project",
    "aws:codecommit/repository:Repository",
    "aws:codepipeline/pipeline:Pipeline",
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ec2/instance:Instance",
    "aws:ec2/vpc:Vpc",
    "aws:ecr/repository:Repository",
    "aws:ecs/cluster:Cluster",
    "aws:efs/fileSystem:FileSystem",
    "aws:eks/cluster:Cluster",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:kinesis/stream:Stream",
    "aws:kms/key:Key",
    "aws:lambda/function:Function",
    "aws:opensearch/domain:Domain",
    "aws:organizations/account:Account",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:redshift/cluster:Cluster",
    "aws:secretsmanager/secret:Secret",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
)


@resource_rule(
    "LF-TAG-001",
    "resources have the tags that the stack requires",
    fix="Set them in tags, or in the provider's defaultTags; policies:requiredTags lists them.",
    types=TAGGED,
    severity=Severity.LOW,
    level="advisory",
    controls=controls(nist="CM-8"),
)
def _tags(resource: Resource) -> Iterator[Violation]:
    wanted = resource.settings.required_tags
    if not wanted:
        return
    carried: set[str] = set()
    for place in ("tags", "tagsAll"):
        tags = resource.props.get(place)
        if is_unknown(tags):
            raise UndecidedError(place, resource)
        carried |= set(tags) if isinstance(tags, Mapping) else set()
    carried |= set(resource.default_tags())
    missing = [tag for tag in wanted if tag not in carried]
    if missing:
        yield Violation(resource, "tags", f"lacks {', '.join(missing)}")
