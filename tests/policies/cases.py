"""Changes to good resources that break one rule each.

A path of a change leads through keys and indices; the value `GONE` takes the property away.
"""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from tests.policies.documents import (
    ACCOUNT,
    ADMINISTRATION,
    BUCKET,
    TLS,
    allow,
    document,
    trust,
    web_identity,
)
from tests.policies.good_resources import GOOD, PASSWORD, SSE

GONE = object()


class Bad(NamedTuple):
    """Changes to the good resource of a type."""

    type: str
    changes: dict[str, Any]


_ROLE = "aws:iam/role:Role"
_PROJECT = "aws:codebuild/project:Project"
_PIPELINE = "aws:codepipeline/pipeline:Pipeline"
_TRAIL = "aws:cloudtrail/trail:Trail"
_KEY = "aws:kms/key:Key"
_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_VARIABLE = "environment.environmentVariables.0"

BAD: dict[str, Bad] = {
    "LF-API-001": Bad("aws:apigateway/stage:Stage", {"accessLogSettings": GONE}),
    "LF-ATH-001": Bad(
        "aws:athena/workgroup:Workgroup",
        {"configuration.resultConfiguration.encryptionConfiguration": GONE},
    ),
    "LF-BAK-001": Bad("aws:backup/vault:Vault", {"kmsKeyArn": GONE}),
    "LF-CA-001": Bad("aws:codeartifact/domain:Domain", {"encryptionKey": GONE}),
    "LF-CB-001": Bad(_PROJECT, {"encryptionKey": GONE}),
    "LF-CB-002": Bad(_PROJECT, {_VARIABLE: {"name": "DB_PASSWORD", "value": PASSWORD}}),
    "LF-CB-003": Bad(_PROJECT, {"logsConfig.cloudwatchLogs.status": "DISABLED"}),
    "LF-CB-004": Bad(_PROJECT, {"environment.privilegedMode": True}),
    "LF-CB-005": Bad(_PROJECT, {"source.location": f"https://u:{PASSWORD}@github.com/a/b.git"}),
    "LF-CB-006": Bad(_PROJECT, {"artifacts.encryptionDisabled": True}),
    "LF-CB-007": Bad(
        "aws:codebuild/reportGroup:ReportGroup", {"exportConfig.s3Destination.encryptionKey": GONE}
    ),
    "LF-CC-001": Bad("aws:codecommit/repository:Repository", {"kmsKeyId": GONE}),
    "LF-CD-001": Bad(
        "aws:codedeploy/deploymentGroup:DeploymentGroup",
        {"autoRollbackConfiguration.enabled": False},
    ),
    "LF-CP-001": Bad(_PIPELINE, {"artifactStores.0.encryptionKey": GONE}),
    "LF-CP-002": Bad(_PIPELINE, {"pipelineType": "V1"}),
    "LF-CP-003": Bad(_PIPELINE, {"executionMode": "PARALLEL"}),
    "LF-CP-004": Bad(_PIPELINE, {"stages.2.actions.0.roleArn": GONE}),
    "LF-CP-005": Bad(_PIPELINE, {"stages.1.actions.0.category": "Test"}),
    "LF-CP-006": Bad(
        _PIPELINE, {"stages.0.actions.0.configuration": {"OAuthToken": PASSWORD, "Repo": "a"}}
    ),
    "LF-CT-001": Bad(_TRAIL, {"kmsKeyId": "alias/aws/cloudtrail"}),
    "LF-CT-002": Bad(_TRAIL, {"enableLogFileValidation": False}),
    "LF-CT-003": Bad(_TRAIL, {"isMultiRegionTrail": False}),
    "LF-CT-004": Bad(_TRAIL, {"enableLogging": False}),
    "LF-DDB-001": Bad("aws:dynamodb/table:Table", {"serverSideEncryption.kmsKeyArn": GONE}),
    "LF-DDB-002": Bad("aws:dax/cluster:Cluster", {"serverSideEncryption.enabled": False}),
    "LF-EBS-001": Bad("aws:ebs/volume:Volume", {"encrypted": False}),
    "LF-EBS-002": Bad("aws:ec2/instance:Instance", {"ebsBlockDevices.0.encrypted": False}),
    "LF-EBS-003": Bad("aws:ebs/encryptionByDefault:EncryptionByDefault", {"enabled": False}),
    "LF-EC-001": Bad(
        "aws:elasticache/replicationGroup:ReplicationGroup", {"atRestEncryptionEnabled": False}
    ),
    "LF-EC-002": Bad("aws:elasticache/serverlessCache:ServerlessCache", {"kmsKeyId": GONE}),
    "LF-ECR-001": Bad(
        "aws:ecr/repository:Repository",
        {"encryptionConfigurations": [{"encryptionType": "AES256"}]},
    ),
    "LF-ECR-002": Bad("aws:ecr/repository:Repository", {"imageTagMutability": "MUTABLE"}),
    "LF-EFS-001": Bad("aws:efs/fileSystem:FileSystem", {"encrypted": GONE}),
    "LF-EKS-001": Bad("aws:eks/cluster:Cluster", {"enabledClusterLogTypes": ["api"]}),
    "LF-FIRE-001": Bad(
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", {"serverSideEncryption": GONE}
    ),
    "LF-FSX-001": Bad("aws:fsx/lustreFileSystem:LustreFileSystem", {"kmsKeyId": GONE}),
    "LF-IAM-000": Bad("aws:iam/policy:Policy", {"policy": '{"Statement": [{"Efect": "Allow"}]}'}),
    "LF-IAM-001": Bad("aws:iam/rolePolicy:RolePolicy", {"policy": document(allow("*"))}),
    "LF-IAM-002": Bad("aws:iam/policy:Policy", {"policy": document(allow("s3:*"))}),
    "LF-IAM-003": Bad(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    "LF-IAM-004": Bad(_ROLE, {"managedPolicyArns.0": "arn:aws:iam::aws:policy/IAMFullAccess"}),
    "LF-IAM-005": Bad(
        "aws:iam/rolePolicy:RolePolicy",
        {"policy": document(allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*"))},
    ),
    "LF-IAM-009": Bad(
        "aws:iam/rolePolicy:RolePolicy",
        {
            "policy": document(
                allow(
                    "iam:PassRole",
                    Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
                )
            )
        },
    ),
    "LF-KIN-001": Bad("aws:kinesis/stream:Stream", {"encryptionType": "NONE"}),
    "LF-KIN-002": Bad("aws:kinesis/videoStream:VideoStream", {"kmsKeyId": GONE}),
    "LF-KMS-001": Bad(_KEY, {"enableKeyRotation": False}),
    "LF-KMS-002": Bad(_KEY, {"bypassPolicyLockoutSafetyCheck": True}),
    "LF-KMS-003": Bad(
        _KEY,
        {
            "policy": document(
                allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"})
            )
        },
    ),
    "LF-KMS-005": Bad(
        _KEY,
        {
            "policy": document(
                {**ADMINISTRATION, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}}
            )
        },
    ),
    "LF-KMS-004": Bad(_KEY, {"deletionWindowInDays": 7}),
    "LF-LAM-001": Bad("aws:lambda/function:Function", {"kmsKeyArn": GONE}),
    "LF-LAM-002": Bad(
        "aws:lambda/function:Function", {"environment.variables.API_TOKEN": PASSWORD}
    ),
    "LF-LB-001": Bad("aws:lb/loadBalancer:LoadBalancer", {"accessLogs.enabled": False}),
    "LF-LOGS-001": Bad("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": GONE}),
    "LF-LOGS-002": Bad("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 7}),
    "LF-MSK-001": Bad(
        "aws:msk/cluster:Cluster", {"encryptionInfo.encryptionAtRestKmsKeyArn": GONE}
    ),
    "LF-ORG-002": Bad("aws:organizations/account:Account", {"closeOnDeletion": True}),
    "LF-ORG-003": Bad(
        "aws:organizations/organization:Organization", {"featureSet": "CONSOLIDATED_BILLING"}
    ),
    "LF-ORG-004": Bad("aws:organizations/policy:Policy", {"content": '["' + "a" * 11_000 + '"]'}),
    "LF-ORG-007": Bad("aws:organizations/policy:Policy", {"content": "{'Version'}"}),
    "LF-OS-001": Bad("aws:opensearch/domain:Domain", {"encryptAtRest": GONE}),
    "LF-PUB-001": Bad(
        "aws:sqs/queuePolicy:QueuePolicy",
        {
            "policy": document(
                allow(
                    "sqs:SendMessage",
                    Principal={"AWS": "*"},
                    Condition={"StringLike": {"aws:PrincipalArn": "*"}},
                )
            )
        },
    ),
    "LF-PUB-002": Bad(_ROLE, {"assumeRolePolicy": trust("*")}),
    "LF-PUB-003": Bad(_ROLE, {"assumeRolePolicy": web_identity("repo:*")}),
    "LF-PUB-004": Bad(_BLOCK, {"restrictPublicBuckets": False}),
    "LF-PUB-006": Bad("aws:s3/bucketAcl:BucketAcl", {"acl": "public-read"}),
    "LF-PUB-007": Bad("aws:rds/instance:Instance", {"publiclyAccessible": True}),
    "LF-PUB-008": Bad("aws:lambda/functionUrl:FunctionUrl", {"authorizationType": "NONE"}),
    "LF-PUB-009": Bad("aws:lambda/permission:Permission", {"sourceArn": GONE}),
    "LF-PUB-010": Bad("aws:ec2/securityGroup:SecurityGroup", {"ingress.1.cidrBlocks": ["::/0"]}),
    "LF-PUB-011": Bad("aws:ec2/amiLaunchPermission:AmiLaunchPermission", {"group": "all"}),
    "LF-PUB-012": Bad(_PROJECT, {"projectVisibility": "PUBLIC_READ"}),
    "LF-RDS-001": Bad("aws:rds/instance:Instance", {"storageEncrypted": GONE}),
    "LF-RDS-002": Bad("aws:rds/cluster:Cluster", {"storageEncrypted": False}),
    "LF-RDS-003": Bad("aws:rds/snapshotCopy:SnapshotCopy", {"kmsKeyId": "alias/aws/rds"}),
    "LF-RS-001": Bad("aws:redshift/cluster:Cluster", {"encrypted": False}),
    "LF-RS-002": Bad("aws:redshiftserverless/namespace:Namespace", {"kmsKeyId": GONE}),
    "LF-S3-001": Bad(SSE, {"rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId": GONE}),
    "LF-S3-003": Bad("aws:s3/bucketObject:BucketObject", {"serverSideEncryption": "AES256"}),
    "LF-S3-004": Bad(
        "aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration.status": "Suspended"}
    ),
    "LF-S3-006": Bad(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"rule.objectOwnership": "ObjectWriter"},
    ),
    "LF-S3-009": Bad(
        "aws:s3/bucketPolicy:BucketPolicy",
        {
            "policy": document(
                TLS,
                allow("s3:Put*", BUCKET, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}),
            )
        },
    ),
    "LF-SAGE-001": Bad("aws:sagemaker/notebookInstance:NotebookInstance", {"kmsKeyId": GONE}),
    "LF-SM-001": Bad("aws:secretsmanager/secret:Secret", {"kmsKeyId": "alias/aws/secretsmanager"}),
    "LF-SM-002": Bad("aws:secretsmanager/secret:Secret", {"replicas.0.kmsKeyId": GONE}),
    "LF-SNS-001": Bad("aws:sns/topic:Topic", {"kmsMasterKeyId": GONE}),
    "LF-SQS-001": Bad("aws:sqs/queue:Queue", {"sqsManagedSseEnabled": False}),
    "LF-SSM-001": Bad("aws:ssm/parameter:Parameter", {"keyId": GONE}),
    "LF-TLS-001": Bad(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"policy": document({**TLS, "Resource": f"{BUCKET}/*"})},
    ),
    "LF-TLS-003": Bad(
        "aws:elasticache/replicationGroup:ReplicationGroup", {"transitEncryptionEnabled": GONE}
    ),
    "LF-TLS-004": Bad("aws:lb/listener:Listener", {"defaultActions.0": {"type": "forward"}}),
    "LF-TLS-005": Bad(
        "aws:opensearch/domain:Domain", {"domainEndpointOptions.enforceHttps": False}
    ),
    "LF-TLS-006": Bad("aws:sns/topicSubscription:TopicSubscription", {"protocol": "http"}),
    "LF-TLS-007": Bad(
        "aws:msk/cluster:Cluster",
        {"encryptionInfo.encryptionInTransit.clientBroker": "TLS_PLAINTEXT"},
    ),
    "LF-TLS-008": Bad(
        "aws:cloudfront/distribution:Distribution",
        {"defaultCacheBehavior.viewerProtocolPolicy": "allow-all"},
    ),
    "LF-TLS-009": Bad(_PROJECT, {"source.insecureSsl": True}),
    "LF-TRU-001": Bad(_ROLE, {"assumeRolePolicy": trust({"Service": "codebuild.amazonaws.com"})}),
    "LF-TRU-004": Bad(
        _ROLE,
        {
            "assumeRolePolicy": document(
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithSAML",
                    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"},
                }
            )
        },
    ),
    "LF-TRU-002": Bad(_ROLE, {"assumeRolePolicy": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})}),
    "LF-TRU-003": Bad(
        "aws:sns/topicPolicy:TopicPolicy",
        {
            "policy": document(
                allow("sns:Publish", Principal={"Service": "cloudwatch.amazonaws.com"})
            )
        },
    ),
}
# Rules that a kind of resource breaks by being there.
PRESENT = {
    "LF-IAM-007": ("aws:iam/userPolicy:UserPolicy", {"user": "a", "policy": GOOD[
        "aws:iam/policy:Policy"]["policy"]}),
    "LF-IAM-008": ("aws:iam/accessKey:AccessKey", {"user": "a"}),
}  # fmt: skip
# What makes a bucket whole, by the rule that is broken without it.
PARTS = {
    "LF-S3-002": SSE,
    "LF-S3-005": "aws:s3/bucketVersioning:BucketVersioning",
    "LF-S3-007": "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "LF-S3-008": "aws:s3/bucketLogging:BucketLogging",
    "LF-TLS-002": "aws:s3/bucketPolicy:BucketPolicy",
    "LF-PUB-005": "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
}
BUCKET_TYPE = "aws:s3/bucket:Bucket"
PROTECTED = ("aws:organizations/account:Account", "aws:organizations/organization:Organization")


def changed(props: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of inputs with values at dotted paths set or taken away."""
    result = copy.deepcopy(props)
    for path, value in changes.items():
        *heads, last = path.split(".")
        at: Any = result
        for head in heads:
            at = at[int(head)] if isinstance(at, list) else at.setdefault(head, {})
        key: Any = int(last) if isinstance(at, list) else last
        if value is GONE:
            del at[key]
        else:
            at[key] = value
    return result


def bad(rule: str) -> tuple[str, dict[str, Any]]:
    """Return type and inputs of a resource that breaks one rule."""
    if rule in PRESENT:
        return PRESENT[rule]
    type_, changes = BAD[rule]
    return type_, changed(GOOD[type_], changes)
