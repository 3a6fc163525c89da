"""What an account has once, has only after somebody made it, or cannot change at all."""

from __future__ import annotations

import json

import pytest

from landfall.aws.backup import SERVICES
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust

BUCKET = "recorded-once"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ISSUER = {"Url": "https://tokens.example.com", "ClientIDList": ["sts.amazonaws.com"]}


@pytest.fixture
def role(aws: Clients) -> str:
    """The ARN of the service-linked role of AWS Config."""
    made = aws("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForConfig"
    arn: str = made["Arn"]
    return arn


def test_second_recorder_and_delivery_channel_of_a_region_are_refused(
    aws: Clients, role: str
) -> None:
    """AWS Config API Reference, PutConfigurationRecorder and PutDeliveryChannel."""
    where = {"LocationConstraint": "eu-west-1"}
    aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    principal = {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}}
    arn = f"arn:aws:s3:::{BUCKET}"
    statement = {**principal, "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("s3").put_bucket_policy(Bucket=BUCKET, Policy=policy)
    config = aws("config")
    for _ in range(2):
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role}
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": BUCKET})
    second = {"name": "second", "roleARN": role}
    code, _ = error_of(config.put_configuration_recorder, ConfigurationRecorder=second)
    assert code == "MaxNumberOfConfigurationRecordersExceededException"
    channel = {"name": "second", "s3BucketName": BUCKET}
    code, _ = error_of(config.put_delivery_channel, DeliveryChannel=channel)
    assert code == "MaxNumberOfDeliveryChannelsExceededException"
    elsewhere = aws("config", region="us-east-1")
    elsewhere.put_configuration_recorder(ConfigurationRecorder=second)


def test_second_detector_of_a_region_is_refused_and_the_first_makes_the_role(aws: Clients) -> None:
    """GuardDuty API Reference, CreateDetector."""
    name = {"RoleName": "AWSServiceRoleForAmazonGuardDuty"}
    assert error_of(aws("iam").get_role, **name)[0] == "NoSuchEntity"
    aws("guardduty").create_detector(Enable=True)
    path = aws("iam").get_role(**name)["Role"]["Path"]
    assert path == "/aws-service-role/guardduty.amazonaws.com/"
    assert error_of(aws("guardduty").create_detector, Enable=True)[0] == "BadRequestException"
    assert aws("guardduty", region="us-east-1").create_detector(Enable=True)["DetectorId"]


def test_second_role_of_a_service_is_refused(aws: Clients, role: str) -> None:
    """IAM API Reference, CreateServiceLinkedRole."""
    create = aws("iam").create_service_linked_role
    code, message = error_of(create, AWSServiceName="config.amazonaws.com")
    assert code == "InvalidInput"
    assert "AWSServiceRoleForConfig has been taken in this account" in message
    assert create(AWSServiceName="guardduty.amazonaws.com")["Role"]["Arn"] != role


def test_second_oidc_provider_of_an_url_is_refused(aws: Clients) -> None:
    """IAM API Reference, CreateOpenIDConnectProvider."""
    create = aws("iam").create_open_id_connect_provider
    create(**ISSUER, ThumbprintList=["1" * 40])
    code, _ = error_of(create, **ISSUER, ThumbprintList=["2" * 40])
    assert code == "EntityAlreadyExists"
    other = {**ISSUER, "Url": "https://others.example.com"}
    assert create(**other, ThumbprintList=["1" * 40])["OpenIDConnectProviderArn"]


def test_recorder_needs_permission_to_pass_its_role(sandbox: Sandbox, aws: Clients) -> None:
    """AWS Config API Reference, PutConfigurationRecorder: iam:PassRole on the role."""
    iam, root = aws("iam"), f"arn:aws:iam::{MANAGEMENT}:root"
    passed = iam.create_role(
        RoleName="records", AssumeRolePolicyDocument=trust(service="config.amazonaws.com")
    )["Role"]["Arn"]
    acting = iam.create_role(RoleName="acts", AssumeRolePolicyDocument=trust(root))["Role"]["Arn"]

    def allow(*statements: dict[str, str]) -> None:
        allowed = [{"Effect": "Allow", **each} for each in statements]
        document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        iam.put_role_policy(RoleName="acts", PolicyName="own", PolicyDocument=document)

    writes = {"Action": "config:*", "Resource": "*"}
    allow(writes)
    session = aws("sts").assume_role(RoleArn=acting, RoleSessionName="test")["Credentials"]
    keys = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    put = sandbox.client("config", keys=keys).put_configuration_recorder
    wanted = {"ConfigurationRecorder": {"name": "default", "roleARN": passed}}
    code, message = error_of(put, **wanted)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)
    allow(writes, {"Action": "iam:PassRole", "Resource": passed})
    put(**wanted)


def test_new_account_has_neither_default_vault_nor_its_role(aws: Clients, member: str) -> None:
    """AWS Backup Developer Guide, 'Getting started': the console creates both."""
    backup = aws("backup", account=member)
    assert backup.list_backup_vaults()["BackupVaultList"] == []
    opted = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    assert not any(opted.get(service) for service in SERVICES)
    get = aws("iam", account=member).get_role
    assert error_of(get, RoleName="AWSBackupDefaultServiceRole")[0] == "NoSuchEntity"


def test_things_of_aws_cannot_be_changed_by_an_administrator(aws: Clients, member: str) -> None:
    """IAM User Guide, 'Service-linked roles', 'Managed policies'; KMS API, CreateAlias."""
    iam, kms = aws("iam", account=member), aws("kms", account=member)
    iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")
    linked = {"RoleName": "AWSServiceRoleForConfig"}
    document = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [document]})
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    service = trust(service="ec2.amazonaws.com")
    refused = [
        error_of(iam.put_role_policy, **linked, PolicyName="p", PolicyDocument=text),
        error_of(iam.attach_role_policy, **linked, PolicyArn=READ),
        error_of(iam.update_assume_role_policy, **linked, PolicyDocument=service),
        error_of(iam.delete_role, **linked),
        error_of(iam.create_policy_version, PolicyArn=READ, PolicyDocument=text),
        error_of(iam.delete_policy, PolicyArn=READ),
        error_of(kms.create_alias, AliasName="alias/aws/own", TargetKeyId=key),
        error_of(kms.delete_alias, AliasName="alias/aws/s3"),
    ]
    for path in ("/aws-reserved/sso.amazonaws.com/", "/aws-service-role/ec2.amazonaws.com/"):
        refused.append(
            error_of(iam.create_role, RoleName="own", Path=path, AssumeRolePolicyDocument=service)
        )
    assert all(code.startswith("AccessDenied") for code, _ in refused), refused
    kms.create_alias(AliasName="alias/own", TargetKeyId=key)
