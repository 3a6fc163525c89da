"""The resource types that the components use, and others that users' own programs may."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from landfall.sandbox.provider.catalog import sdk

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


def tokens() -> set[str]:
    """Return the tokens of all of them."""
    return named_types() | types_in_components()
