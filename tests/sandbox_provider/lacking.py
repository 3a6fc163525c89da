"""Inputs of the SDK, pulumi-aws, that a Terraform AWS provider does not have, and why.

What a program sends and the provider lacks is refused; nothing is dropped. The SDK is generated
from a provider that is newer than both versions here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

# Token -> dotted paths. They came after 6.47.1.
AFTER_6_47: Final[dict[str, set[str]]] = {
    "aws:opensearch/domain:Domain": {
        "advancedSecurityOptions.jwtOptions.jwksUrl",
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "dnsOptions.privateDnsPreference",
        "dnsOptions.privateDnsSpecifiedDomains",
    },
    "aws:ecs/service:Service": {
        "deploymentConfiguration.lifecycleHooks.targetType",
        "deploymentConfiguration.lifecycleHooks.timeoutConfiguration",
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "evaluationWindow",
        "warmUpConfiguration",
    },
    "aws:codebuild/project:Project": {
        "environment.hostKernel",
    },
    "aws:codepipeline/pipeline:Pipeline": {
        "stages.actions.commands",
        "stages.actions.outputArtifactsForComputeActions",
        "stages.actions.outputVariables",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "authTokenWo",
        "authTokenWoVersion",
        "durability",
    },
    "aws:kinesis/stream:Stream": {
        "warmThroughputMibPs",
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "useResourceTimeoutForPropagation",
    },
    "aws:lambda/function:Function": {
        "useResourceTimeoutForPropagation",
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
        "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
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
    },
}

# They came with a version 6 up to 6.47.1, so that only 5.100.0 lacks them.
SINCE_6: Final[dict[str, set[str]]] = {
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
    },
    "aws:codebuild/project:Project": {
        "autoRetryLimit",
        "cache.cacheNamespace",
        "environment.dockerServer",
    },
    "aws:codebuild/webhook:Webhook": {
        "pullRequestBuildPolicy",
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
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "amazonManagedKafkaEventSourceConfig.schemaRegistryConfig",
        "provisionedPollerConfig.pollerGroupName",
        "selfManagedKafkaEventSourceConfig.schemaRegistryConfig",
    },
    "aws:lambda/function:Function": {
        "capacityProviderConfig",
        "codeSha256",
        "durableConfig",
        "publishTo",
        "sourceKmsKeyArn",
        "tenancyConfig",
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
    "aws:s3/bucket:Bucket": {
        "bucketNamespace",
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
    "aws:synthetics/canary:Canary": {
        "runConfig.ephemeralStorage",
        "schedule.retryConfig",
        "vpcConfig.ipv6AllowedForDualStack",
    },
}


def by_version(version: str) -> dict[str, set[str]]:
    """Return what a version lacks: dotted paths by token."""
    found = {token: set(paths) for token, paths in AFTER_6_47.items()}
    for token, paths in SINCE_6.items() if version.startswith("5.") else ():
        found.setdefault(token, set()).update(paths)
    return {token: set(_outermost(paths)) for token, paths in found.items()}


def _outermost(paths: set[str]) -> Iterator[str]:
    """Leave out what lies below something that is lacking itself."""
    for path in paths:
        words = path.split(".")
        if not any(".".join(words[:length]) in paths for length in range(1, len(words))):
            yield path


# Terraform names that no program can send, and why.
NOT_IN_SDK: Final[dict[str, str]] = {
    "id": "Terraform's own; Pulumi has it as the resource's id",
    "tags_all": "computed from tags and default tags; the SDK only reads it",
    "timeouts": "an option of the resource in Pulumi: customTimeouts",
}
# Terraform type -> arguments that version 6 removed, so that the SDK no longer has them.
REMOVED_IN_6: Final[dict[str, set[str]]] = {
    "aws_ecs_task_definition": {"inference_accelerator"},
    "aws_guardduty_organization_configuration": {"auto_enable"},
    "aws_instance": {"cpu_core_count", "cpu_threads_per_core"},
    "aws_redshift_cluster": {
        "cluster_public_key",
        "cluster_revision_number",
        "endpoint",
        "logging",
        "snapshot_copy",
    },
}
