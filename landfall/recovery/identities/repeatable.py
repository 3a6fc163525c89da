"""The types whose creation can safely be repeated."""

from __future__ import annotations

# Created by a PUT, by a call that AWS documents as idempotent, or by a call that overwrites and has
# no conflict error in its API reference.
REPEATABLE = frozenset(
    {
        "aws:account/alternativeContact:AlternativeContact",
        "aws:account/region:Region",
        "aws:backup/globalSettings:GlobalSettings",
        "aws:backup/regionSettings:RegionSettings",
        "aws:cfg/recorderStatus:RecorderStatus",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:guardduty/detectorFeature:DetectorFeature",
        "aws:guardduty/memberDetectorFeature:MemberDetectorFeature",
        "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature",
        "aws:iam/organizationsFeatures:OrganizationsFeatures",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:inspector2/enabler:Enabler",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation",
        "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:xray/encryptionConfig:EncryptionConfig",
    }
)
