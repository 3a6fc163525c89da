"""The permissions that each type of resource needs in the management account, by change.

Sources: the AWS provider's documentation of each resource, the API reference of the operations that
it calls, and the Service Authorization Reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MANAGEMENT = "999999999999"
REGION = "eu-west-1"
_LINKED = f"arn:aws:iam::{MANAGEMENT}:role/aws-service-role"
RECORDER = f"{_LINKED}/config.amazonaws.com/AWSServiceRoleForConfig"
_TAGS = ("TagResource", "UntagResource")


@dataclass(frozen=True, slots=True)
class Calls:
    """Actions on a resource, with the condition keys of the request."""

    actions: tuple[str, ...]
    resource: str = "*"
    keys: dict[str, str] = field(default_factory=dict)


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{MANAGEMENT}:{resource}"


def _of(service: str, *names: str, on: str = "*", **keys: str) -> Calls:
    return Calls(tuple(f"{service}:{name}" for name in names), on, keys)


def _linked(service: str) -> Calls:
    role = f"{_LINKED}/{service}.amazonaws.com/AWSServiceRole"
    keys = {"iam:AWSServiceName": f"{service}.amazonaws.com"}
    return Calls(("iam:CreateServiceLinkedRole",), role, keys)


_DELEGATION = _of(
    "organizations",
    "DeregisterDelegatedAdministrator",
    "EnableAWSServiceAccess",
    "ListAWSServiceAccessForOrganization",
    "ListDelegatedAdministrators",
    "RegisterDelegatedAdministrator",
)
_BUCKET = f"arn:aws:s3:::landfall-costs-{MANAGEMENT}-eu-west-1"
_SETS = ("sso", "DescribePermissionSetProvisioningStatus", "ProvisionPermissionSet")
_SET = "arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-1"
_STORE = f"arn:aws:identitystore::{MANAGEMENT}:identitystore/d-9067a1b2c3"

CALLS: dict[str, tuple[Calls, ...]] = {
    "accessanalyzer:Analyzer": (
        _of("access-analyzer", "CreateAnalyzer", "DeleteAnalyzer", "GetAnalyzer", *_TAGS),
        _linked("access-analyzer"),
    ),
    "account:AlternativeContact": (
        _of(
            "account",
            "DeleteAlternateContact",
            "GetAlternateContact",
            "PutAlternateContact",
            on=f"arn:aws:account::{MANAGEMENT}:account/o-a1b2c3d4e5/111111111111",
        ),
    ),
    "account:Region": (
        _of(
            "account",
            "DisableRegion",
            "EnableRegion",
            "GetRegionOptStatus",
            on=f"arn:aws:account::{MANAGEMENT}:account/o-a1b2c3d4e5/111111111111",
        ),
    ),
    "backup:GlobalSettings": (_of("backup", "DescribeGlobalSettings", "UpdateGlobalSettings"),),
    "backup:RegionSettings": (_of("backup", "DescribeRegionSettings", "UpdateRegionSettings"),),
    "bcmdata:Export": (
        _of(
            "bcm-data-exports",
            "CreateExport",
            "DeleteExport",
            "GetExport",
            "ListTagsForResource",
            *_TAGS,
            "UpdateExport",
            on=f"arn:aws:bcm-data-exports:us-east-1:{MANAGEMENT}:export/landfall-costs-1",
        ),
        _of("cur", "PutReportDefinition"),
    ),
    "budgets:Budget": (
        _of(
            "budgets",
            "ListTagsForResource",
            "ModifyBudget",
            *_TAGS,
            "ViewBudget",
            on=f"arn:aws:budgets::{MANAGEMENT}:budget/landfall-orders",
        ),
    ),
    "cfg:DeliveryChannel": (
        _of("config", "DeleteDeliveryChannel", "DescribeDeliveryChannels", "PutDeliveryChannel"),
    ),
    "cfg:Recorder": (
        _of(
            "config",
            "DeleteConfigurationRecorder",
            "DescribeConfigurationRecorders",
            "PutConfigurationRecorder",
        ),
        Calls(("iam:PassRole",), RECORDER, {"iam:PassedToService": "config.amazonaws.com"}),
    ),
    "cfg:RecorderStatus": (
        _of(
            "config",
            "DescribeConfigurationRecorderStatus",
            "StartConfigurationRecorder",
            "StopConfigurationRecorder",
        ),
    ),
    "cloudtrail:OrganizationDelegatedAdminAccount": (
        _DELEGATION,
        _of(
            "cloudtrail",
            "DeregisterOrganizationDelegatedAdmin",
            "RegisterOrganizationDelegatedAdmin",
        ),
        _linked("cloudtrail"),
    ),
    "cloudtrail:Trail": (
        _of("cloudtrail", "DescribeTrails"),
        _of("organizations", "DescribeOrganization", "ListAWSServiceAccessForOrganization"),
        _of(
            "cloudtrail",
            "AddTags",
            "CreateTrail",
            "DeleteTrail",
            "GetEventSelectors",
            "GetInsightSelectors",
            "GetTrail",
            "GetTrailStatus",
            "ListTags",
            "PutEventSelectors",
            "PutInsightSelectors",
            "RemoveTags",
            "StartLogging",
            "StopLogging",
            "UpdateTrail",
            on=_arn("cloudtrail", "trail/landfall-organization"),
        ),
    ),
    "detective:OrganizationAdminAccount": (
        _DELEGATION,
        _of(
            "detective",
            "DisableOrganizationAdminAccount",
            "EnableOrganizationAdminAccount",
            "ListOrganizationAdminAccounts",
        ),
        _linked("detective"),
    ),
    "ebs:DefaultKmsKey": (
        _of("ec2", "GetEbsDefaultKmsKeyId", "ModifyEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId"),
    ),
    "ebs:EncryptionByDefault": (
        _of(
            "ec2",
            "DisableEbsEncryptionByDefault",
            "EnableEbsEncryptionByDefault",
            "GetEbsEncryptionByDefault",
        ),
    ),
    "ebs:SnapshotBlockPublicAccess": (
        _of(
            "ec2",
            "DisableSnapshotBlockPublicAccess",
            "EnableSnapshotBlockPublicAccess",
            "GetSnapshotBlockPublicAccessState",
        ),
    ),
    "ec2:ImageBlockPublicAccess": (
        _of(
            "ec2",
            "DisableImageBlockPublicAccess",
            "EnableImageBlockPublicAccess",
            "GetImageBlockPublicAccessState",
        ),
    ),
    "ec2:InstanceMetadataDefaults": (
        _of("ec2", "GetInstanceMetadataDefaults", "ModifyInstanceMetadataDefaults"),
    ),
    "fms:AdminAccount": (
        _DELEGATION,
        _of("fms", "AssociateAdminAccount", "DisassociateAdminAccount", "GetAdminAccount"),
        _linked("fms"),
    ),
    "guardduty:Detector": (
        _of(
            "guardduty",
            "CreateDetector",
            "DeleteDetector",
            "GetDetector",
            *_TAGS,
            "UpdateDetector",
            on=_arn("guardduty", "detector/d1"),
        ),
        _linked("guardduty"),
    ),
    "guardduty:OrganizationAdminAccount": (
        _DELEGATION,
        _of(
            "guardduty",
            "DisableOrganizationAdminAccount",
            "EnableOrganizationAdminAccount",
            "ListOrganizationAdminAccounts",
        ),
    ),
    "iam:AccountAlias": (
        _of("iam", "CreateAccountAlias", "DeleteAccountAlias", "ListAccountAliases"),
    ),
    "iam:AccountPasswordPolicy": (
        _of(
            "iam",
            "DeleteAccountPasswordPolicy",
            "GetAccountPasswordPolicy",
            "UpdateAccountPasswordPolicy",
        ),
    ),
    "iam:OrganizationsFeatures": (
        _of(
            "iam",
            "DisableOrganizationsRootCredentialsManagement",
            "DisableOrganizationsRootSessions",
            "EnableOrganizationsRootCredentialsManagement",
            "EnableOrganizationsRootSessions",
            "ListOrganizationsFeatures",
        ),
    ),
    "iam:ServiceLinkedRole": (
        _linked("config"),
        _of(
            "iam",
            "DeleteServiceLinkedRole",
            "GetRole",
            "GetServiceLinkedRoleDeletionStatus",
            on=RECORDER,
        ),
    ),
    "identitystore:Group": (
        _of(
            "identitystore", "CreateGroup", "DeleteGroup", "DescribeGroup", "UpdateGroup", on=_STORE
        ),
    ),
    "inspector2:DelegatedAdminAccount": (
        _DELEGATION,
        _of(
            "inspector2",
            "DisableDelegatedAdminAccount",
            "EnableDelegatedAdminAccount",
            "ListDelegatedAdminAccounts",
        ),
        _linked("inspector2"),
    ),
    "macie2:Account": (
        _of("macie2", "DisableMacie", "EnableMacie", "GetMacieSession", "UpdateMacieSession"),
        _linked("macie"),
    ),
    "macie2:OrganizationAdminAccount": (
        _DELEGATION,
        _of(
            "macie2",
            "DisableOrganizationAdminAccount",
            "EnableOrganizationAdminAccount",
            "ListOrganizationAdminAccounts",
        ),
    ),
    "organizations:Account": (
        _of(
            "organizations",
            "CreateAccount",
            "DescribeAccount",
            "DescribeCreateAccountStatus",
            "ListParents",
            "ListTagsForResource",
            "MoveAccount",
            *_TAGS,
        ),
        _of(
            "account",
            "PutAccountName",
            on=f"arn:aws:account::{MANAGEMENT}:account/o-a1b2c3d4e5/111111111111",
        ),
    ),
    "organizations:DelegatedAdministrator": (
        _DELEGATION,
        _of("organizations", "ListDelegatedServicesForAccount"),
    ),
    "organizations:Organization": (
        _of(
            "organizations",
            "DescribeOrganization",
            "DisableAWSServiceAccess",
            "DisablePolicyType",
            "EnableAWSServiceAccess",
            "EnablePolicyType",
            "ListAWSServiceAccessForOrganization",
            "ListAccounts",
            "ListRoots",
        ),
    ),
    "organizations:OrganizationalUnit": (
        _of(
            "organizations",
            "CreateOrganizationalUnit",
            "DeleteOrganizationalUnit",
            "DescribeOrganizationalUnit",
            "ListAccountsForParent",
            "ListParents",
            "ListTagsForResource",
            *_TAGS,
            "UpdateOrganizationalUnit",
        ),
    ),
    "costexplorer:AnomalyMonitor": (
        _of(
            "ce",
            "CreateAnomalyMonitor",
            "DeleteAnomalyMonitor",
            "GetAnomalyMonitors",
            "ListTagsForResource",
            *_TAGS,
            "UpdateAnomalyMonitor",
        ),
    ),
    "costexplorer:AnomalySubscription": (
        _of(
            "ce",
            "CreateAnomalySubscription",
            "DeleteAnomalySubscription",
            "GetAnomalySubscriptions",
            "ListTagsForResource",
            *_TAGS,
            "UpdateAnomalySubscription",
        ),
    ),
    "costexplorer:CostAllocationTag": (
        _of("ce", "ListCostAllocationTags", "UpdateCostAllocationTagsStatus"),
    ),
    "oam:Link": (
        _of("oam", "CreateLink", "DeleteLink", "GetLink", "UpdateLink", on=_arn("oam", "link/1")),
        _of("oam", "ListTagsForResource", *_TAGS, on=_arn("oam", "link/1")),
        _of("oam", "CreateLink", "UpdateLink", on="arn:aws:oam:eu-west-1:111111111111:sink/1"),
        *(
            _of(service, "Link")
            for service in (
                "application-signals",
                "applicationinsights",
                "cloudwatch",
                "internetmonitor",
                "logs",
                "xray",
            )
        ),
    ),
    "organizations:Policy": (
        _of(
            "organizations",
            "CreatePolicy",
            "DeletePolicy",
            "DescribePolicy",
            "ListTagsForResource",
            *_TAGS,
            "UpdatePolicy",
        ),
    ),
    "organizations:PolicyAttachment": (
        _of(
            "organizations",
            "AttachPolicy",
            "DetachPolicy",
            "ListPoliciesForTarget",
            "ListTargetsForPolicy",
        ),
    ),
    "organizations:ResourcePolicy": (
        _of(
            "organizations",
            "DeleteResourcePolicy",
            "DescribeResourcePolicy",
            "ListTagsForResource",
            "PutResourcePolicy",
            *_TAGS,
        ),
    ),
    "ram:SharingWithOrganization": (
        _of("ram", "EnableSharingWithAwsOrganization"),
        _of(
            "organizations",
            "DescribeOrganization",
            "DisableAWSServiceAccess",
            "EnableAWSServiceAccess",
            "ListAWSServiceAccessForOrganization",
        ),
        _linked("ram"),
        _of(
            "iam",
            "DeleteServiceLinkedRole",
            "GetRole",
            "GetServiceLinkedRoleDeletionStatus",
            on=f"{_LINKED}/ram.amazonaws.com/AWSServiceRoleForResourceAccessManager",
        ),
    ),
    "s3:AccountPublicAccessBlock": (
        _of("s3", "GetAccountPublicAccessBlock", "PutAccountPublicAccessBlock"),
    ),
    "securityhub:Account": (
        _of(
            "securityhub",
            "DescribeHub",
            "DisableSecurityHub",
            "EnableSecurityHub",
            "UpdateSecurityHubConfiguration",
            on=_arn("securityhub", "hub/default"),
        ),
        _linked("securityhub"),
    ),
    "securityhub:OrganizationAdminAccount": (
        _DELEGATION,
        _of(
            "securityhub",
            "DisableOrganizationAdminAccount",
            "EnableOrganizationAdminAccount",
            "ListOrganizationAdminAccounts",
        ),
    ),
    "servicequotas:ServiceQuota": (
        _of(
            "servicequotas",
            "GetAWSDefaultServiceQuota",
            "GetRequestedServiceQuotaChange",
            "GetServiceQuota",
            "RequestServiceQuotaIncrease",
        ),
    ),
    "servicequotas:Template": (
        _of(
            "servicequotas",
            "DeleteServiceQuotaIncreaseRequestFromTemplate",
            "GetServiceQuotaIncreaseRequestFromTemplate",
            "PutServiceQuotaIncreaseRequestIntoTemplate",
        ),
    ),
    "servicequotas:TemplateAssociation": (
        _of(
            "servicequotas",
            "AssociateServiceQuotaTemplate",
            "DisassociateServiceQuotaTemplate",
            "GetAssociationForServiceQuotaTemplate",
        ),
        _linked("servicequotas"),
    ),
    "s3:Bucket": (
        _of(
            "s3",
            "CreateBucket",
            "DeleteBucket",
            "GetBucketAcl",
            "GetBucketPolicy",
            "GetBucketTagging",
            "ListBucket",
            "PutBucketTagging",
            *_TAGS,
            on=_BUCKET,
        ),
    ),
    "s3:BucketLifecycleConfiguration": (
        _of("s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration", on=_BUCKET),
    ),
    "s3:BucketLogging": (_of("s3", "GetBucketLogging", "PutBucketLogging", on=_BUCKET),),
    "s3:BucketOwnershipControls": (
        _of("s3", "GetBucketOwnershipControls", "PutBucketOwnershipControls", on=_BUCKET),
    ),
    "s3:BucketPolicy": (
        _of("s3", "DeleteBucketPolicy", "GetBucketPolicy", "PutBucketPolicy", on=_BUCKET),
    ),
    "s3:BucketPublicAccessBlock": (
        _of("s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock", on=_BUCKET),
    ),
    "s3:BucketServerSideEncryptionConfiguration": (
        _of("s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration", on=_BUCKET),
    ),
    "s3:BucketVersioning": (_of("s3", "GetBucketVersioning", "PutBucketVersioning", on=_BUCKET),),
    "ssoadmin:AccountAssignment": (
        _of(
            "sso",
            "CreateAccountAssignment",
            "DeleteAccountAssignment",
            "DescribeAccountAssignmentCreationStatus",
            "DescribeAccountAssignmentDeletionStatus",
            "ListAccountAssignments",
            on="arn:aws:sso:::account/111111111111",
        ),
    ),
    "ssoadmin:CustomerManagedPolicyAttachment": (
        _of(
            *_SETS,
            "AttachCustomerManagedPolicyReferenceToPermissionSet",
            "DetachCustomerManagedPolicyReferenceFromPermissionSet",
            "ListCustomerManagedPolicyReferencesInPermissionSet",
            on=_SET,
        ),
    ),
    "ssoadmin:ManagedPolicyAttachment": (
        _of(
            *_SETS,
            "AttachManagedPolicyToPermissionSet",
            "DetachManagedPolicyFromPermissionSet",
            "ListManagedPoliciesInPermissionSet",
            on=_SET,
        ),
    ),
    "ssoadmin:PermissionSet": (
        _of(
            *_SETS,
            "CreatePermissionSet",
            "DeletePermissionSet",
            "DescribePermissionSet",
            "ListTagsForResource",
            *_TAGS,
            "UpdatePermissionSet",
            on=_SET,
        ),
    ),
    "ssoadmin:PermissionSetInlinePolicy": (
        _of(
            *_SETS,
            "DeleteInlinePolicyFromPermissionSet",
            "GetInlinePolicyForPermissionSet",
            "PutInlinePolicyToPermissionSet",
            on=_SET,
        ),
    ),
    "ssoadmin:PermissionsBoundaryAttachment": (
        _of(
            *_SETS,
            "DeletePermissionsBoundaryFromPermissionSet",
            "GetPermissionsBoundaryForPermissionSet",
            "PutPermissionsBoundaryToPermissionSet",
            on=_SET,
        ),
    ),
}
"""The calls that create, read, change and delete a resource, by its type in pulumi-aws."""

LEFT_TO_USERS = {
    "backup:Vault": "the vaults of the root's backup policies, with their keys and role",
    "cloudwatch:LogGroup": "the trail's log group, with its key and its role",
    "cloudwatch:LogMetricFilter": "what the alarms on the trail count",
    "cloudwatch:MetricAlarm": "the alarms on the trail",
    "iam:OpenIdConnectProvider": "who may apply the stack",
    "iam:Policy": "the boundary of the role that applies",
    "iam:Role": "who may read and apply the stack",
    "iam:RolePolicy": "what reading and applying the stack may do",
    "iam:RolePolicyAttachment": "what reading the stack may do",
    "kms:Alias": "the aliases of the keys of vaults",
    "kms:Key": "the keys of the trail's log group, of its alarms' topic and of vaults",
    "sns:Topic": "the topic of the alarms on the trail",
    "sns:TopicPolicy": "what publishes to the topic of the alarms on the trail",
    "sns:TopicSubscription": "who gets the alarms on the trail",
}
"""The types whose changes in the management account a user applies, and why."""
