"""AWS's quotas that settings are checked against: value, date, source.

Quotas change; `landfall:quotas` in a stack file overrides a value by name.
"""

from __future__ import annotations

from typing import NamedTuple


class Quota(NamedTuple):
    """One quota."""

    value: int
    read_on: str
    source: str


_ORGANIZATIONS = (
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"
)
_UPGRADES = (
    "https://docs.aws.amazon.com/organizations/latest/userguide/"
    "orgs_manage_policies_upgrade_syntax.html"
)
_POLICY = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-organizations-policy.html"
)
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"
_SNS = "https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html"
_CODEPIPELINE = "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"
_LAMBDA_ACTION = (
    "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html"
)
_CODEBUILD = "https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html"
_CODECOMMIT = "https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html"
_CODEDEPLOY = "https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html"
_CONFIG = "https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html"
_SSO = "https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"
_BUDGETS = (
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/"
    "API_budgets_CreateBudget.html"
)
_TAGS = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"

_TEMPLATES = (
    "https://docs.aws.amazon.com/servicequotas/latest/userguide/organization-templates.html"
)

QUOTAS = {
    "quotasPerTemplate": Quota(10, "2026-11-30", _TEMPLATES),
    "unitDepth": Quota(5, "2026-11-01", _ORGANIZATIONS),
    "units": Quota(2000, "2026-11-01", _ORGANIZATIONS),
    "unitNameLength": Quota(128, "2026-11-01", _ORGANIZATIONS),
    # The default; AWS raises it on request, up to 50,000.
    "accounts": Quota(10, "2026-11-01", _ORGANIZATIONS),
    # In 30 days: the percentage if that is more, up to the maximum.
    "accountClosures": Quota(250, "2026-11-26", _ORGANIZATIONS),
    "accountClosuresPercent": Quota(20, "2026-11-26", _ORGANIZATIONS),
    "accountClosuresMost": Quota(1000, "2026-11-26", _ORGANIZATIONS),
    "accountClosuresAtOnce": Quota(3, "2026-11-26", _ORGANIZATIONS),
    "accountNameLength": Quota(50, "2026-11-01", _ORGANIZATIONS),
    "serviceControlPolicySize": Quota(10240, "2026-05-15", _ORGANIZATIONS),
    "serviceControlPoliciesPerTarget": Quota(10, "2026-05-15", _ORGANIZATIONS),
    "resourceControlPolicySize": Quota(5120, "2026-11-01", _ORGANIZATIONS),
    "resourceControlPoliciesPerTarget": Quota(5, "2026-11-01", _ORGANIZATIONS),
    "tagPolicySize": Quota(10000, "2026-11-01", _ORGANIZATIONS),
    "tagPoliciesPerTarget": Quota(10, "2026-11-01", _ORGANIZATIONS),
    "backupPolicySize": Quota(10000, "2026-11-01", _ORGANIZATIONS),
    "backupPoliciesPerTarget": Quota(10, "2026-11-01", _ORGANIZATIONS),
    "aiServicesOptOutPolicySize": Quota(2500, "2026-11-01", _ORGANIZATIONS),
    "aiServicesOptOutPoliciesPerTarget": Quota(5, "2026-11-01", _ORGANIZATIONS),
    "declarativePolicySize": Quota(10000, "2026-11-01", _ORGANIZATIONS),
    "declarativePoliciesPerTarget": Quota(10, "2026-11-01", _ORGANIZATIONS),
    "chatbotPolicySize": Quota(10000, "2026-11-29", _ORGANIZATIONS),
    "chatbotPoliciesPerTarget": Quota(5, "2026-11-29", _ORGANIZATIONS),
    "securityHubPolicySize": Quota(10000, "2026-11-29", _ORGANIZATIONS),
    "securityHubPoliciesPerTarget": Quota(10, "2026-11-29", _ORGANIZATIONS),
    # AWS's page of quotas does not list the following types: their size is from other pages, and
    # their number per target is that of declarative policies, which AWS calls them.
    "inspectorPolicySize": Quota(10000, "2026-11-29", _POLICY),
    "inspectorPoliciesPerTarget": Quota(10, "2026-11-29", _ORGANIZATIONS),
    # CloudFormation's page says 10,000 characters; the smaller of both.
    "upgradeRolloutPolicySize": Quota(5120, "2026-11-29", _UPGRADES),
    "upgradeRolloutPoliciesPerTarget": Quota(10, "2026-11-29", _ORGANIZATIONS),
    "bedrockPolicySize": Quota(10000, "2026-11-29", _POLICY),
    "bedrockPoliciesPerTarget": Quota(10, "2026-11-29", _ORGANIZATIONS),
    "s3PolicySize": Quota(10000, "2026-11-29", _ORGANIZATIONS),
    "s3PoliciesPerTarget": Quota(10, "2026-11-29", _ORGANIZATIONS),
    "alertsPerBudget": Quota(5, "2026-11-26", _BUDGETS),
    "emailsPerAlert": Quota(10, "2026-11-26", _BUDGETS),
    "budgetNameLength": Quota(100, "2026-11-26", _BUDGETS),
    "roleNameLength": Quota(64, "2026-11-01", _IAM),
    "policyNameLength": Quota(128, "2026-11-01", _IAM),
    "managedPoliciesPerRole": Quota(10, "2026-11-01", _IAM),
    # Characters without white space. The trust policy's can be raised to 4,096 and 8,192.
    "trustPolicySize": Quota(2048, "2026-11-29", _IAM),
    "rolePoliciesSize": Quota(10240, "2026-11-29", _IAM),
    "managedPolicySize": Quota(6144, "2026-11-29", _IAM),
    # Bytes.
    "bucketPolicySize": Quota(20 * 1024, "2026-11-29", _S3),
    "keyPolicySize": Quota(32 * 1024, "2026-11-29", _KMS),
    "topicPolicySize": Quota(30 * 1024, "2026-11-29", _SNS),
    "pipelineNameLength": Quota(100, "2026-11-01", _CODEPIPELINE),
    "stagesPerPipeline": Quota(50, "2026-11-29", _CODEPIPELINE),
    "stageNameLength": Quota(100, "2026-11-29", _CODEPIPELINE),
    "variablesPerPipeline": Quota(50, "2026-11-29", _CODEPIPELINE),
    "actionsPerStage": Quota(50, "2026-11-01", _CODEPIPELINE),
    # Reported as 1,000, and 100 a stage, since 2025; AWS's page was not found to say so.
    "actionsPerPipeline": Quota(500, "2026-11-28", _CODEPIPELINE),
    "actionValueLength": Quota(1000, "2026-11-28", _CODEPIPELINE),
    "rulesPerCondition": Quota(5, "2026-11-01", _CODEPIPELINE),
    "alarmsPerLambdaDeployment": Quota(10, "2026-11-28", _LAMBDA_ACTION),
    "minutesOfTrafficShift": Quota(2880, "2026-11-28", _LAMBDA_ACTION),
    "alarmsPerDeploymentGroup": Quota(10, "2026-11-01", _CODEDEPLOY),
    "deploymentConfigurationNameLength": Quota(100, "2026-11-01", _CODEDEPLOY),
    "secretNameLength": Quota(512, "2026-11-01", _SECRETS),
    "rulesPerConformancePack": Quota(130, "2026-11-26", _CONFIG),
    "conformancePacks": Quota(50, "2026-11-26", _CONFIG),
    "conformancePackTemplateSize": Quota(51200, "2026-11-26", _CONFIG),
    "permissionSets": Quota(2000, "2026-11-26", _SSO),
    "permissionSetsPerAccount": Quota(50, "2026-11-26", _SSO),
    "managedPoliciesPerPermissionSet": Quota(20, "2026-11-26", _SSO),
    "permissionSetPolicySize": Quota(32768, "2026-11-26", _SSO),
    "patternsPerFilter": Quota(8, "2026-11-26", _CODEPIPELINE),
    "filtersPerTrigger": Quota(3, "2026-11-26", _CODEPIPELINE),
    # Of a new account; AWS raises it on request, and by itself with use.
    # https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/249
    "concurrentBuilds": Quota(1, "2026-11-29", _CODEBUILD),
    "buildsPerBatch": Quota(100, "2026-11-26", _CODEBUILD),
    "approvalRuleSize": Quota(3000, "2026-11-26", _CODECOMMIT),
    "approvalPoolMembers": Quota(100, "2026-11-26", _CODECOMMIT),
    "tagsPerResource": Quota(50, "2026-11-01", _TAGS),
}
