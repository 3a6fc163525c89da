"""Condition keys whose value is a member of the request.

Service Authorization Reference, 'Condition keys' of each service, as of November 2026. A member
that a request lacks has the default of the API if the reference says that the key is always sent;
without a default the key is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Member:
    """Where a request has a key's values: paths as in `passed_roles.members`, and the default.

    `operations` limits the key to these operations; empty means all that have the member.
    """

    paths: tuple[str, ...]
    default: str | None = None
    operations: frozenset[str] = frozenset()


def _at(*paths: str, default: str | None = None, only: tuple[str, ...] = ()) -> Member:
    return Member(paths, default, frozenset(only))


_S3: Final = {
    "s3:delimiter": _at("Delimiter"),
    "s3:if-match": _at("IfMatch"),
    "s3:if-none-match": _at("IfNoneMatch"),
    "s3:locationconstraint": _at("CreateBucketConfiguration.LocationConstraint"),
    "s3:max-keys": _at("MaxKeys"),
    "s3:object-lock-legal-hold": _at("LegalHold.Status", "ObjectLockLegalHoldStatus"),
    "s3:object-lock-mode": _at("Retention.Mode", "ObjectLockMode"),
    "s3:object-lock-retain-until-date": _at(
        "Retention.RetainUntilDate", "ObjectLockRetainUntilDate"
    ),
    "s3:prefix": _at("Prefix"),
    "s3:versionid": _at("VersionId"),
    "s3:x-amz-acl": _at("ACL"),
    "s3:x-amz-copy-source": _at("CopySource"),
    "s3:x-amz-grant-full-control": _at("GrantFullControl"),
    "s3:x-amz-grant-read": _at("GrantRead"),
    "s3:x-amz-grant-read-acp": _at("GrantReadACP"),
    "s3:x-amz-grant-write": _at("GrantWrite"),
    "s3:x-amz-grant-write-acp": _at("GrantWriteACP"),
    "s3:x-amz-metadata-directive": _at("MetadataDirective"),
    "s3:x-amz-object-ownership": _at("ObjectOwnership"),
    "s3:x-amz-server-side-encryption": _at("ServerSideEncryption"),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": _at("SSEKMSKeyId"),
    "s3:x-amz-server-side-encryption-customer-algorithm": _at("SSECustomerAlgorithm"),
    "s3:x-amz-storage-class": _at("StorageClass"),
    "s3:x-amz-website-redirect-location": _at("WebsiteRedirectLocation"),
}

_KMS: Final = {
    "kms:bypasspolicylockoutsafetycheck": _at(
        "BypassPolicyLockoutSafetyCheck",
        default="false",
        only=("CreateKey", "PutKeyPolicy", "ReplicateKey"),
    ),
    "kms:encryptionalgorithm": _at(
        "EncryptionAlgorithm",
        "SourceEncryptionAlgorithm",
        default="SYMMETRIC_DEFAULT",
        only=("Decrypt", "Encrypt", "ReEncrypt"),
    ),
    "kms:grantconstraintsourcearn": _at("Constraints.SourceArn"),
    "kms:granteeprincipal": _at("GranteePrincipal"),
    "kms:granteeserviceprincipal": _at("GranteeServicePrincipal"),
    "kms:grantoperations": _at("Operations"),
    "kms:keyorigin": _at("Origin", default="AWS_KMS", only=("CreateKey",)),
    "kms:keyspec": _at(
        "KeySpec", "CustomerMasterKeySpec", default="SYMMETRIC_DEFAULT", only=("CreateKey",)
    ),
    "kms:keyusage": _at("KeyUsage", default="ENCRYPT_DECRYPT", only=("CreateKey",)),
    "kms:messagetype": _at("MessageType", default="RAW", only=("Sign", "Verify")),
    "kms:multiregion": _at("MultiRegion", default="false", only=("CreateKey",)),
    "kms:primaryregion": _at("PrimaryRegion"),
    "kms:replicaregion": _at("ReplicaRegion"),
    "kms:retiringprincipal": _at("RetiringPrincipal"),
    "kms:rotationperiodindays": _at("RotationPeriodInDays"),
    "kms:schedulekeydeletionpendingwindowindays": _at(
        "PendingWindowInDays", default="30", only=("ScheduleKeyDeletion",)
    ),
    "kms:signingalgorithm": _at("SigningAlgorithm"),
}

_STS: Final = {
    "sts:awsservicename": _at("AWSServiceName"),
    "sts:durationseconds": _at("DurationSeconds", default="3600", only=("AssumeRole",)),
    "sts:externalid": _at("ExternalId"),
    "sts:rolesessionname": _at("RoleSessionName"),
    "sts:sourceidentity": _at("SourceIdentity"),
    "sts:transitivetagkeys": _at("TransitiveTagKeys"),
}

_CONNECTIONS: Final = {
    "hostarn": _at("HostArn"),
    "providertype": _at("ProviderType"),
    "providertypefilter": _at("ProviderTypeFilter"),
}

MEMBERS: Final[Mapping[str, Mapping[str, Member]]] = {
    "cloudformation": {
        "cloudformation:changesetname": _at("ChangeSetName"),
        "cloudformation:resourcetypes": _at("ResourceTypes"),
        "cloudformation:rolearn": _at("RoleARN"),
        "cloudformation:stackpolicyurl": _at("StackPolicyURL"),
        "cloudformation:templateurl": _at("TemplateURL"),
    },
    "codeconnections": {f"codeconnections:{key}": one for key, one in _CONNECTIONS.items()},
    "codestar-connections": {
        f"codestar-connections:{key}": one for key, one in _CONNECTIONS.items()
    },
    "codestar-notifications": {
        "codestar-notifications:notificationsforresource": _at("Resource"),
    },
    "ec2": {
        "ec2:add/group": _at(
            "CreateVolumePermission.Add.Group", "LaunchPermission.Add.Group", "GroupNames"
        ),
        "ec2:attribute/httptokens": _at("HttpTokens"),
        "ec2:attribute/instancetype": _at("InstanceType.Value"),
        "ec2:instancetype": _at("InstanceType", default="m1.small", only=("RunInstances",)),
    },
    "elasticfilesystem": {
        "elasticfilesystem:encrypted": _at(
            "Encrypted", default="false", only=("CreateFileSystem",)
        ),
    },
    "events": {"events:targetarn": _at("Targets.Arn")},
    "iam": {
        "iam:awsservicename": _at("AWSServiceName"),
        "iam:policyarn": _at("PolicyArn"),
    },
    "kms": _KMS,
    "lambda": {
        "lambda:functionurlauthtype": _at("FunctionUrlAuthType", "AuthType"),
        "lambda:layer": _at("Layers"),
        "lambda:principal": _at("Principal"),
        "lambda:securitygroupids": _at("VpcConfig.SecurityGroupIds"),
        "lambda:subnetids": _at("VpcConfig.SubnetIds"),
    },
    "organizations": {"organizations:serviceprincipal": _at("ServicePrincipal")},
    "ram": {
        "ram:principal": _at("principals"),
        "ram:requestedallowsexternalprincipals": _at(
            "allowExternalPrincipals", default="true", only=("CreateResourceShare",)
        ),
        "ram:resourcearn": _at("resourceArns"),
    },
    "rds": {
        "rds:databaseclass": _at("DBInstanceClass"),
        "rds:databaseengine": _at("Engine"),
        "rds:storageencrypted": _at(
            "StorageEncrypted",
            default="false",
            only=("CreateDBCluster", "CreateDBInstance", "RestoreDBClusterFromS3"),
        ),
    },
    "s3": _S3,
    "secretsmanager": {
        "secretsmanager:blockpublicpolicy": _at("BlockPublicPolicy"),
        "secretsmanager:description": _at("Description"),
        "secretsmanager:forcedeletewithoutrecovery": _at("ForceDeleteWithoutRecovery"),
        "secretsmanager:kmskeyid": _at("KmsKeyId"),
        "secretsmanager:name": _at("Name"),
        "secretsmanager:recoverywindowindays": _at("RecoveryWindowInDays"),
        "secretsmanager:rotationlambdaarn": _at("RotationLambdaARN"),
        "secretsmanager:secretid": _at("SecretId"),
        "secretsmanager:versionid": _at("VersionId"),
        "secretsmanager:versionstage": _at("VersionStage"),
    },
    "servicequotas": {"servicequotas:service": _at("ServiceCode")},
    "sns": {"sns:endpoint": _at("Endpoint"), "sns:protocol": _at("Protocol")},
    "sts": _STS,
}
"""Members by condition key in lower case, by prefix of the actions."""
