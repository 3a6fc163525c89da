"""Names: every type that the stacks use has its place in Terraform, with all of its inputs."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.sandbox.provider import cty, sdk
from landfall.sandbox.provider.catalog import Catalog, ResourceType
from landfall.sandbox.provider.convert import to_pulumi, to_terraform
from landfall.sandbox.provider.errors import InputFault, ProviderError
from landfall.sandbox.provider.plan import complete
from landfall.sandbox.provider.schema import ProviderSchema
from landfall.sandbox.provider.shapes import Shape
from landfall.sandbox.provider.tokens import snake_case, terraform_type

COMPONENTS = Path(__file__).parents[2] / "components"

# Module -> classes of pulumi_aws.
TYPES = {
    "accessanalyzer": "Analyzer",
    "account": "AlternativeContact PrimaryContact Region",
    "backup": "Plan Selection Vault",
    "budgets": "Budget",
    "cfg": "AggregateAuthorization ConfigurationAggregator ConformancePack DeliveryChannel"
    " OrganizationConformancePack OrganizationManagedRule Recorder RecorderStatus Rule",
    "chatbot": "SlackChannelConfiguration TeamsChannelConfiguration",
    "cloudformation": "Stack StackSet StackSetInstance",
    "cloudtrail": "Trail",
    "cloudwatch": "CompositeAlarm Dashboard EventArchive EventBus EventBusPolicy EventRule"
    " EventTarget LogGroup LogMetricFilter LogResourcePolicy MetricAlarm",
    "codebuild": "Project ReportGroup SourceCredential Webhook",
    "codecommit": "ApprovalRuleTemplate ApprovalRuleTemplateAssociation Repository Trigger",
    "codeconnections": "Connection Host",
    "codedeploy": "Application DeploymentConfig DeploymentGroup",
    "codepipeline": "CustomActionType Pipeline Webhook",
    "codestarconnections": "Connection Host",
    "codestarnotifications": "NotificationRule",
    "dynamodb": "Table",
    "ebs": "DefaultKmsKey EncryptionByDefault SnapshotBlockPublicAccess Volume",
    "ec2": "Instance InstanceMetadataDefaults SecurityGroup Subnet Vpc",
    "ecr": "LifecyclePolicy Repository RepositoryPolicy",
    "ecs": "Cluster Service TaskDefinition",
    "efs": "FileSystem",
    "elasticache": "ReplicationGroup",
    "guardduty": "Detector OrganizationAdminAccount OrganizationConfiguration",
    "iam": "AccountAlias AccountPasswordPolicy InstanceProfile OpenIdConnectProvider"
    " OrganizationsFeatures Policy Role RolePolicy RolePolicyAttachment SamlProvider User",
    "identitystore": "Group GroupMembership User",
    "inspector2": "Enabler OrganizationConfiguration",
    "kinesis": "FirehoseDeliveryStream Stream",
    "kms": "Alias Grant Key ReplicaKey",
    "lambda": "Alias EventSourceMapping Function LayerVersion Permission",
    "lb": "Listener LoadBalancer TargetGroup",
    "macie2": "Account",
    "opensearch": "Domain",
    "organizations": "Account DelegatedAdministrator Organization OrganizationalUnit Policy"
    " PolicyAttachment ResourcePolicy",
    "ram": "PrincipalAssociation ResourceAssociation ResourceShare",
    "rds": "Cluster Instance",
    "redshift": "Cluster",
    "s3": "AccountPublicAccessBlock Bucket BucketLifecycleConfiguration BucketLogging"
    " BucketNotification BucketObject BucketObjectLockConfiguration BucketObjectv2"
    " BucketOwnershipControls BucketPolicy BucketPublicAccessBlock BucketReplicationConfig"
    " BucketServerSideEncryptionConfiguration BucketVersioning",
    "scheduler": "Schedule",
    "secretsmanager": "Secret SecretPolicy SecretRotation SecretVersion",
    "securityhub": "Account OrganizationAdminAccount OrganizationConfiguration"
    " StandardsSubscription",
    "servicequotas": "ServiceQuota",
    "sns": "Topic TopicPolicy TopicSubscription",
    "sqs": "Queue QueuePolicy",
    "ssm": "Parameter ServiceSetting",
    "ssoadmin": "AccountAssignment ManagedPolicyAttachment PermissionSet"
    " PermissionSetInlinePolicy PermissionsBoundaryAttachment",
    "synthetics": "Canary",
    "xray": "EncryptionConfig Group SamplingRule",
}

# Inputs of the SDK (made for Terraform's provider 6) that provider 5.100 does not have.
LACKING: dict[str, set[str]] = {
    "aws:accessanalyzer/analyzer:Analyzer": {
        "configuration.internalAccess",
    },
    "aws:backup/plan:Plan": {
        "rules.scanActions",
        "rules.targetLogicallyAirGappedBackupVaultArn",
        "scanSettings",
    },
    "aws:budgets/budget:Budget": {
        "billingViewArn",
        "filterExpression",
        "metrics",
    },
    "aws:cloudformation/stackSet:StackSet": {
        "autoDeployment.dependsOnStackSets",
    },
    "aws:cloudwatch/eventArchive:EventArchive": {
        "kmsKeyIdentifier",
    },
    "aws:cloudwatch/eventBus:EventBus": {
        "logConfig",
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        "deletionProtectionEnabled",
    },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
        "applyOnTransformedLogs",
    },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
        "resourceArn",
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "evaluationCriteria",
        "evaluationInterval",
        "evaluationWindow",
        "warmUpConfiguration",
    },
    "aws:codebuild/project:Project": {
        "autoRetryLimit",
        "cache.cacheNamespace",
        "environment.dockerServer",
        "environment.hostKernel",
    },
    "aws:codebuild/webhook:Webhook": {
        "pullRequestBuildPolicy",
    },
    "aws:codepipeline/pipeline:Pipeline": {
        "stages.actions.commands",
        "stages.actions.outputArtifactsForComputeActions",
        "stages.actions.outputVariables",
    },
    "aws:dynamodb/table:Table": {
        "globalSecondaryIndexes.keySchemas",
        "globalSecondaryIndexes.warmThroughput",
        "globalTableWitness",
        "replicas.consistencyMode",
        "replicas.deletionProtectionEnabled",
        "restoreBackupArn",
        "warmThroughput",
    },
    "aws:ebs/volume:Volume": {
        "volumeInitializationRate",
    },
    "aws:ec2/instance:Instance": {
        "cpuOptions.nestedVirtualization",
        "forceDestroy",
        "placementGroupId",
        "primaryNetworkInterface",
        "secondaryNetworkInterfaces",
    },
    "aws:ec2/subnet:Subnet": {
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6IpamPoolId",
        "ipv6NetmaskLength",
    },
    "aws:ecr/repository:Repository": {
        "imageTagMutabilityExclusionFilters",
    },
    "aws:ecs/service:Service": {
        "deploymentConfiguration",
        "loadBalancers.advancedConfiguration",
        "serviceConnectConfiguration.accessLogConfiguration",
        "serviceConnectConfiguration.services.clientAlias.testTrafficRules",
        "sigintRollback",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        "volumes.s3filesVolumeConfiguration",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "authTokenWo",
        "authTokenWoVersion",
        "durability",
        "nodeGroupConfigurations",
    },
    "aws:iam/policy:Policy": {
        "delayAfterPolicyCreationInMs",
    },
    "aws:inspector2/organizationConfiguration:OrganizationConfiguration": {
        "autoEnable.codeRepository",
    },
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
        "icebergConfiguration.appendOnly",
    },
    "aws:kinesis/stream:Stream": {
        "maxRecordSizeInKib",
        "warmThroughputMibPs",
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "amazonManagedKafkaEventSourceConfig.schemaRegistryConfig",
        "provisionedPollerConfig.pollerGroupName",
        "selfManagedKafkaEventSourceConfig.schemaRegistryConfig",
        "useResourceTimeoutForPropagation",
    },
    "aws:lambda/function:Function": {
        "capacityProviderConfig",
        "codeSha256",
        "durableConfig",
        "publishTo",
        "sourceKmsKeyArn",
        "tenancyConfig",
        "useResourceTimeoutForPropagation",
    },
    "aws:lambda/permission:Permission": {
        "invokedViaFunctionUrl",
    },
    "aws:lb/listener:Listener": {
        "defaultActions.jwtValidation",
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        "enablePrefixForIpv6SourceNat",
        "healthCheckLogs",
        "secondaryIpsAutoAssignedPerSubnet",
    },
    "aws:lb/targetGroup:TargetGroup": {
        "targetControlPort",
    },
    "aws:opensearch/domain:Domain": {
        "advancedSecurityOptions.jwtOptions",
        "aimlOptions",
        "deploymentStrategyOptions",
        "identityCenterOptions",
    },
    "aws:organizations/organization:Organization": {
        "returnOrganizationOnly",
    },
    "aws:ram/resourceShare:ResourceShare": {
        "resourceShareConfiguration",
    },
    "aws:rds/cluster:Cluster": {
        "autoMinorVersionUpgrade",
        "publiclyAccessible",
        "warningEventCategories",
    },
    "aws:rds/instance:Instance": {
        "warningEventCategories",
    },
    "aws:s3/bucket:Bucket": {
        "bucketNamespace",
        "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        "skipDestroy",
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "rules.blockedEncryptionTypes",
    },
    "aws:scheduler/schedule:Schedule": {
        "actionAfterCompletion",
    },
    "aws:secretsmanager/secret:Secret": {
        "type",
    },
    "aws:secretsmanager/secretRotation:SecretRotation": {
        "externalSecretRotationMetadatas",
        "externalSecretRotationRoleArn",
        "rotationEnabled",
    },
    "aws:sns/topic:Topic": {
        "maximumMessageSize",
    },
    "aws:synthetics/canary:Canary": {
        "kmsKeyArn",
        "runConfig.ephemeralStorage",
        "schedule.retryConfig",
        "vpcConfig.ipv6AllowedForDualStack",
    },
}


@functools.cache
def tokens_by_class() -> dict[tuple[str, str], str]:
    return {
        (token.split(":")[1].split("/")[0], name): token
        for token, (_, name) in sdk.resource_modules().items()
    }


def named_types() -> set[str]:
    found = tokens_by_class()
    return {found[module, name] for module, names in TYPES.items() for name in names.split()}


def types_in_components() -> set[str]:
    """The resource classes that the components call: `aws.s3.Bucket(...)`."""
    found: set[str] = set()
    for path in COMPONENTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            words = ast.unparse(node.func).split(".")
            if len(words) == 3 and words[0] == "aws":
                token = tokens_by_class().get((words[1].rstrip("_"), words[2]))
                if token is not None:
                    found.add(token)
    return found


@pytest.fixture(scope="module")
def catalog(schema: ProviderSchema) -> Catalog:
    return Catalog(schema)


def lacking(kind: ResourceType) -> set[str]:
    """The dotted paths of the SDK's inputs that have no place in Terraform."""
    properties = sdk.resource_properties(kind.token)
    paths: set[str] = set()
    for name in kind.inputs:
        field = kind.shape.by_pulumi.get(name)
        if name == "region" and kind.regional:
            continue
        attribute = kind.block.attributes.get(field.terraform) if field else None
        if field is None or (attribute is not None and not attribute.settable):
            paths.add(name)
        else:
            paths |= set(_lacking_below(field.fields, properties[name], name))
    return paths


def _lacking_below(shape: Shape | None, annotation: Any, path: str) -> Iterator[str]:
    for name, inner in (sdk.fields_of(annotation) or {}).items():
        field = shape.by_pulumi.get(name) if shape is not None else None
        if field is None:
            yield f"{path}.{name}"
        else:
            yield from _lacking_below(field.fields, inner, f"{path}.{name}")


def sample(annotation: Any, missing: set[str], path: str) -> Any:
    """A value of an SDK type: one element in each list, every property that Terraform has."""
    kind = sdk.kind_of(annotation)
    if kind.kind == "sequence":
        return [sample(kind.inner, missing, path)]
    if kind.kind == "mapping":
        return {"k.1": sample(kind.inner, missing, path)}
    if kind.kind == "object":
        return {
            name: sample(inner, missing, f"{path}.{name}")
            for name, inner in (sdk.fields_of(annotation) or {}).items()
            if f"{path}.{name}" not in missing
        }
    text = str(annotation)
    if "bool" in text:
        return True
    if "int" in text or "float" in text:
        return 3
    # Redshift's is a text in the SDK, and true or false for Terraform.
    return "true" if path == "encrypted" else path


def as_text(value: Any) -> Any:
    """Terraform and the SDK may differ over whether `true` is a boolean or a text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return cty.to_text(value)


@pytest.mark.parametrize("token", sorted(named_types() | types_in_components()))
def test_every_type_used_maps_without_loss(token: str, catalog: Catalog) -> None:
    kind = catalog.resource(token)
    missing = lacking(kind)
    assert missing == LACKING.get(token, set())

    properties = sdk.resource_properties(token)
    inputs = {
        name: sample(properties[name], missing, name)
        for name in kind.inputs
        if name not in missing and not (name == "region" and kind.regional)
    }
    faults: list[InputFault] = []
    values = complete(
        kind.block, to_terraform(inputs, kind.shape, lambda asset: asset.digest, faults)
    )
    assert not faults
    there_and_back = cty.unpack(cty.pack(values, kind.block.type), kind.block.type)
    returned = to_pulumi(there_and_back, kind.shape)
    assert as_text({name: returned.get(name) for name in inputs}) == as_text(inputs)


def test_components_use_types_that_the_parser_finds() -> None:
    assert "aws:organizations/account:Account" in types_in_components()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:s3/bucketVersioning:BucketVersioning", "aws_s3_bucket_versioning"),
        ("aws:s3/bucketV2:BucketV2", "aws_s3_bucket"),
        ("aws:cfg/rule:Rule", "aws_config_config_rule"),
        ("aws:codepipeline/pipeline:Pipeline", "aws_codepipeline"),
        ("aws:cloudwatch/eventRule:EventRule", "aws_cloudwatch_event_rule"),
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:rds/instance:Instance", "aws_db_instance"),
        ("aws:organizations/awsServiceAccess:AwsServiceAccess", None),
    ],
)
def test_tokens(token: str, expected: str | None, schema: ProviderSchema) -> None:
    assert terraform_type(token, schema.resource_types) == expected


def test_no_two_tokens_share_a_terraform_type_but_older_names(schema: ProviderSchema) -> None:
    by_type: dict[str, set[str]] = {}
    for token in sdk.resource_modules():
        name = terraform_type(token, schema.resource_types)
        if name is not None and not token.endswith("V2"):
            by_type.setdefault(name, set()).add(token)
    shared = {name for name, tokens in by_type.items() if len(tokens) > 1}
    assert shared <= {"aws_lb", "aws_lb_listener", "aws_lb_target_group"} | {
        name for name in shared if any("/alb" in t or "aws:alb" in t for t in by_type[name])
    }


def test_all_types_can_be_matched(catalog: Catalog, schema: ProviderSchema) -> None:
    matched = [
        catalog.resource(token)
        for token in sdk.resource_modules()
        if terraform_type(token, schema.resource_types) is not None
    ]
    assert len(matched) > 1400
    for kind in matched:
        demanded = {name for name, a in kind.block.attributes.items() if a.required}
        assert demanded <= set(kind.shape.by_terraform), kind.token


def test_functions_that_programs_begin_with(catalog: Catalog) -> None:
    for token in (
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
        "aws:organizations/getOrganization:getOrganization",
        "aws:organizations/getOrganizationalUnits:getOrganizationalUnits",
        "aws:ssoadmin/getInstances:getInstances",
        "aws:iam/getPolicyDocument:getPolicyDocument",
        "aws:iam/getRole:getRole",
        "aws:kms/getKey:getKey",
        "aws:s3/getBucket:getBucket",
    ):
        function = catalog.function(token)
        properties = sdk.function_results(token)
        unmatched = {n for n in properties if n not in function.shape.by_pulumi}
        assert unmatched <= {"id", "region", "returnOrganizationOnly", "dnsSuffix"}, token


@pytest.mark.parametrize(
    "token", ["aws:no/such:Such", "aws:organizations/awsServiceAccess:AwsServiceAccess"]
)
def test_types_that_one_side_lacks_are_refused(token: str, catalog: Catalog) -> None:
    with pytest.raises(ProviderError, match=token):
        catalog.resource(token)


@pytest.mark.parametrize(
    ("camel", "snake"),
    [("parentId", "parent_id"), ("kmsKeyARNs", "kms_key_ar_ns"), ("s3Bucket", "s3_bucket")],
)
def test_snake_case(camel: str, snake: str) -> None:
    assert snake_case(camel) == snake
