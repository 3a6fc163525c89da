"""Real pulumi-aws inputs: one passing resource of each type that the pack checks."""

from __future__ import annotations

from typing import Any

from tests.policies.documents import (
    ACCOUNT,
    ADMINISTRATION,
    BUCKET,
    KEY,
    OURS,
    TLS,
    allow,
    document,
    trust,
)

SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
PASSWORD = "hunter2-hunter2"

_DEPLOY = {
    "name": "Deploy",
    "category": "Deploy",
    "owner": "AWS",
    "provider": "CodeDeploy",
    "version": "1",
    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/landfall/deploy",
    "configuration": {"ApplicationName": "orders"},
}
_SOURCE = {
    "name": "Source",
    "category": "Source",
    "owner": "AWS",
    "provider": "CodeStarSourceConnection",
    "version": "1",
    "configuration": {"FullRepositoryId": "example/orders"},
}
_APPROVAL = {
    "name": "Approve",
    "category": "Approval",
    "owner": "AWS",
    "provider": "Manual",
    "version": "1",
}

GOOD: dict[str, dict[str, Any]] = {
    "aws:apigateway/stage:Stage": {
        "restApi": "a1b2c3",
        "stageName": "live",
        "deployment": "d1e2f3",
        "accessLogSettings": {"destinationArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:api"},
    },
    "aws:athena/workgroup:Workgroup": {
        "configuration": {
            "resultConfiguration": {
                "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY}
            }
        }
    },
    "aws:backup/vault:Vault": {"kmsKeyArn": KEY},
    "aws:cloudfront/distribution:Distribution": {
        "enabled": True,
        "defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"},
    },
    "aws:cloudtrail/trail:Trail": {
        "s3BucketName": "trail",
        "kmsKeyId": KEY,
        "enableLogFileValidation": True,
        "isMultiRegionTrail": True,
    },
    "aws:cloudwatch/logGroup:LogGroup": {"kmsKeyId": KEY, "retentionInDays": 365},
    "aws:codeartifact/domain:Domain": {"domain": "packages", "encryptionKey": KEY},
    "aws:codebuild/project:Project": {
        "encryptionKey": KEY,
        "serviceRole": f"arn:aws:iam::{ACCOUNT}:role/build",
        "artifacts": {"type": "CODEPIPELINE"},
        "source": {"type": "GITHUB", "location": "https://github.com/example/orders.git"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "computeType": "BUILD_GENERAL1_SMALL",
            "image": "aws/codebuild/standard:7.0",
            "environmentVariables": [
                {"name": "STAGE", "value": "dev"},
                {"name": "DB_PASSWORD", "value": "db/password", "type": "SECRETS_MANAGER"},
            ],
        },
        "logsConfig": {"cloudwatchLogs": {"status": "ENABLED", "groupName": "build"}},
    },
    "aws:codebuild/reportGroup:ReportGroup": {
        "name": "orders",
        "type": "TEST",
        "exportConfig": {"type": "S3", "s3Destination": {"bucket": "a", "encryptionKey": KEY}},
    },
    "aws:codecommit/repository:Repository": {"repositoryName": "orders", "kmsKeyId": KEY},
    "aws:codedeploy/deploymentGroup:DeploymentGroup": {
        "appName": "orders",
        "deploymentGroupName": "orders",
        "serviceRoleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
        "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    },
    "aws:codepipeline/pipeline:Pipeline": {
        "name": "orders-prod",
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/pipeline",
        "artifactStores": [
            {"type": "S3", "location": "a", "encryptionKey": {"id": KEY, "type": "KMS"}}
        ],
        "stages": [
            {"name": "Source", "actions": [_SOURCE]},
            {"name": "Approve", "actions": [_APPROVAL]},
            {"name": "Prod", "actions": [_DEPLOY], "onFailure": {"result": "ROLLBACK"}},
        ],
    },
    "aws:dax/cluster:Cluster": {
        "iamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/dax",
        "nodeType": "dax.r5.large",
        "replicationFactor": 3,
        "serverSideEncryption": {"enabled": True},
    },
    "aws:dynamodb/table:Table": {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY}},
    "aws:ebs/encryptionByDefault:EncryptionByDefault": {"enabled": True},
    "aws:ebs/volume:Volume": {"availabilityZone": "eu-west-1a", "encrypted": True},
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": {"imageId": "ami-1", "accountId": ACCOUNT},
    "aws:ec2/instance:Instance": {
        "rootBlockDevice": {"encrypted": True},
        "ebsBlockDevices": [{"deviceName": "/dev/sdf", "encrypted": True}],
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        "ingress": [
            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
            {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/8"]},
        ]
    },
    "aws:ec2/securityGroupRule:SecurityGroupRule": {
        "type": "ingress",
        "protocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrBlocks": ["0.0.0.0/0"],
        "securityGroupId": "sg-1",
    },
    "aws:ecr/repository:Repository": {
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "imageTagMutability": "IMMUTABLE",
    },
    "aws:efs/fileSystem:FileSystem": {"encrypted": True},
    "aws:eks/cluster:Cluster": {
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/eks",
        "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]},
        "enabledClusterLogTypes": ["api", "audit", "authenticator"],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "description": "sessions",
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
    },
    "aws:elasticache/serverlessCache:ServerlessCache": {"engine": "valkey", "kmsKeyId": KEY},
    "aws:fsx/lustreFileSystem:LustreFileSystem": {"subnetIds": "subnet-1", "kmsKeyId": KEY},
    "aws:iam/policy:Policy": {"policy": document(allow("s3:*", f"{BUCKET}/*"))},
    "aws:iam/role:Role": {
        "assumeRolePolicy": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/deployer"}),
        "managedPolicyArns": ["arn:aws:iam::aws:policy/SecurityAudit"],
        "inlinePolicies": [{"name": "a", "policy": document(allow("s3:GetObject", BUCKET))}],
    },
    "aws:iam/rolePolicy:RolePolicy": {
        "role": "build",
        "policy": document(allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/build-*")),
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        "role": "audit",
        "policyArn": "arn:aws:iam::aws:policy/SecurityAudit",
    },
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
        "destination": "extended_s3",
        "serverSideEncryption": {"enabled": True, "keyType": "CUSTOMER_MANAGED_CMK"},
    },
    "aws:kinesis/stream:Stream": {"encryptionType": "KMS", "kmsKeyId": KEY},
    "aws:kinesis/videoStream:VideoStream": {"kmsKeyId": KEY},
    "aws:kms/key:Key": {"enableKeyRotation": True, "policy": document(ADMINISTRATION)},
    "aws:lambda/function:Function": {
        "role": f"arn:aws:iam::{ACCOUNT}:role/function",
        "environment": {"variables": {"STAGE": "dev", "DB_SECRET": f"arn:aws:s:{ACCOUNT}:db"}},
        "kmsKeyArn": KEY,
    },
    "aws:lambda/functionUrl:FunctionUrl": {
        "authorizationType": "AWS_IAM",
        "functionName": "orders",
    },
    "aws:lambda/permission:Permission": {
        "action": "lambda:InvokeFunction",
        "function": "orders",
        "principal": "s3.amazonaws.com",
        "sourceArn": BUCKET,
    },
    "aws:lb/listener:Listener": {
        "loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/a/b",
        "protocol": "HTTP",
        "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}],
    },
    "aws:lb/loadBalancer:LoadBalancer": {"accessLogs": {"enabled": True, "bucket": "logs"}},
    "aws:msk/cluster:Cluster": {
        "encryptionInfo": {
            "encryptionAtRestKmsKeyArn": KEY,
            "encryptionInTransit": {"clientBroker": "TLS", "inCluster": True},
        }
    },
    "aws:opensearch/domain:Domain": {
        "encryptAtRest": {"enabled": True},
        "nodeToNodeEncryption": {"enabled": True},
        "domainEndpointOptions": {"enforceHttps": True},
    },
    "aws:organizations/account:Account": {"email": "aws+orders@example.com", "name": "orders"},
    "aws:organizations/organization:Organization": {"featureSet": "ALL"},
    "aws:organizations/policy:Policy": {
        "type": "SERVICE_CONTROL_POLICY",
        "content": document({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}),
    },
    "aws:rds/cluster:Cluster": {"engine": "aurora-postgresql", "storageEncrypted": True},
    "aws:rds/instance:Instance": {"instanceClass": "db.t4g.micro", "storageEncrypted": True},
    "aws:rds/snapshotCopy:SnapshotCopy": {
        "sourceDbSnapshotIdentifier": "a",
        "targetDbSnapshotIdentifier": "b",
        "kmsKeyId": KEY,
    },
    "aws:redshift/cluster:Cluster": {
        "clusterIdentifier": "a",
        "nodeType": "ra3.large",
        "encrypted": True,
    },
    "aws:redshiftserverless/namespace:Namespace": {"namespaceName": "a", "kmsKeyId": KEY},
    "aws:s3/bucketAcl:BucketAcl": {"bucket": "example", "acl": "private"},
    "aws:s3/bucketObject:BucketObject": {
        "bucket": "example",
        "serverSideEncryption": "aws:kms",
        "kmsKeyId": KEY,
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        "bucket": "example",
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    },
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket": "example", "policy": document(TLS)},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        "bucket": "example",
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    SSE: {
        "bucket": "example",
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": KEY,
                }
            }
        ],
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        "bucket": "example",
        "versioningConfiguration": {"status": "Enabled"},
    },
    "aws:sagemaker/notebookInstance:NotebookInstance": {
        "instanceType": "ml.t3.medium",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/notebook",
        "kmsKeyId": KEY,
    },
    "aws:secretsmanager/secret:Secret": {
        "kmsKeyId": KEY,
        "replicas": [{"region": "us-east-1", "kmsKeyId": KEY}],
    },
    "aws:sns/topic:Topic": {"kmsMasterKeyId": KEY},
    "aws:sns/topicPolicy:TopicPolicy": {
        "arn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms",
        "policy": document(
            allow(
                "sns:Publish",
                Principal={"Service": "cloudwatch.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            )
        ),
    },
    "aws:sns/topicSubscription:TopicSubscription": {
        "topic": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms",
        "protocol": "https",
        "endpoint": "https://example.com",
    },
    "aws:sqs/queue:Queue": {"sqsManagedSseEnabled": True},
    "aws:sqs/queuePolicy:QueuePolicy": {
        "queueUrl": "https://sqs.eu-west-1.amazonaws.com/1/orders",
        "policy": document(allow("sqs:SendMessage", Principal="*", Condition=OURS)),
    },
    "aws:ssm/parameter:Parameter": {"type": "SecureString", "value": PASSWORD, "keyId": KEY},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "0.0.0.0/0",
        "securityGroupId": "sg-1",
    },
    "aws:s3/bucketLogging:BucketLogging": {
        "bucket": "example",
        "targetBucket": "logs",
        "targetPrefix": "example/",
    },
}
