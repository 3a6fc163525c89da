"""An organization made by hand, with one of each kind that a snapshot has, and with secrets."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final

from tests.sandbox import in_use
from tests.sandbox.in_use import AUDIT, Client, InUse
from tests.sandbox_gate.conftest import settle

SECRETS: Final = ("hunter2-in-a-function", "hunter2-in-a-parameter", "hunter2-in-a-secret")

METADATA: Final = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example">'
    + "<!-- "
    + "x" * 1000
    + " --></EntityDescriptor>"
)


def build(client: Client, count: int = 4) -> InUse:
    """Make the organization of `count` members and one that is closed.

    Among them: Audit, log archive, app 0, app 1.
    """
    made = in_use.build(client, count)
    organizations = client("organizations")
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY"):
        organizations.enable_policy_type(RootId=made.root, PolicyType=kind)
    made.accounts["gone"] = in_use._account(organizations, "gone")
    _tree(made)
    _governed(made)
    _iam(made)
    _more_services(made)
    organizations.close_account(AccountId=made.accounts.pop("gone"))
    settle(organizations)
    return made


def _tree(made: InUse) -> None:
    organizations = made.client("organizations")
    above = made.root
    for name in ("Workloads", "Prod", "Sensitive"):
        above = organizations.create_organizational_unit(
            ParentId=above, Name=name, Tags=[{"Key": "level", "Value": name}]
        )["OrganizationalUnit"]["Id"]
    organizations.move_account(
        AccountId=made.accounts["app 0"], SourceParentId=made.root, DestinationParentId=above
    )
    deny = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
    for number, targets in enumerate(([above, made.accounts["app 1"]], [], [above])):
        policy = organizations.create_policy(
            Name=f"by hand {number}",
            Type="SERVICE_CONTROL_POLICY",
            Description="Wrote this on a Friday",
            Content=json.dumps({"Version": "2012-10-17", "Statement": [deny]}, indent=number),
            Tags=[{"Key": "made", "Value": "by hand"}],
        )["Policy"]["PolicySummary"]["Id"]
        for target in targets:
            organizations.attach_policy(PolicyId=policy, TargetId=target)
    tag_policy = {"tags": {"CostCenter": {"tag_key": {"@@assign": "CostCenter"}}}}
    policy = organizations.create_policy(
        Name="tags", Type="TAG_POLICY", Description="", Content=json.dumps(tag_policy)
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=made.root)
    organizations.tag_resource(ResourceId=made.root, Tags=[{"Key": "root", "Value": "yes"}])


def _governed(made: InUse) -> None:
    """Leave a unit and an account as AWS Control Tower does."""
    organizations = made.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="controltower.amazonaws.com")
    unit = organizations.create_organizational_unit(ParentId=made.root, Name="Governed")[
        "OrganizationalUnit"
    ]["Id"]
    organizations.move_account(
        AccountId=made.accounts["app 1"], SourceParentId=made.root, DestinationParentId=unit
    )
    control = {
        "Sid": "GRCLOUDTRAILENABLED",
        "Effect": "Deny",
        "Action": "cloudtrail:StopLogging",
        "Resource": "*",
    }
    policy = organizations.create_policy(
        Name="aws-guardrails-NllhqI",
        Type="SERVICE_CONTROL_POLICY",
        Description="Managed by AWS Control Tower",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [control]}),
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=policy, TargetId=unit)


def _iam(made: InUse) -> None:
    account = made.accounts["app 0"]
    iam = made.client("iam", account=account)
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
    policies = []
    for name in ("boundary", "reads"):
        made_policy = iam.create_policy(
            PolicyName=name,
            Path="/team/",
            PolicyDocument=json.dumps(document),
            Description="By hand",
            Tags=[{"Key": "Team", "Value": "a"}],
        )["Policy"]
        policies.append(made_policy["Arn"])
    document["Statement"][0]["Action"] = "s3:*"  # type: ignore[index]
    iam.create_policy_version(
        PolicyArn=policies[1], PolicyDocument=json.dumps(document), SetAsDefault=True
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    iam.create_role(
        RoleName="worker",
        Path="/team/",
        AssumeRolePolicyDocument=json.dumps(trust),
        Description="Works",
        MaxSessionDuration=7200,
        PermissionsBoundary=policies[0],
        Tags=[{"Key": "Team", "Value": "a"}],
    )
    iam.attach_role_policy(RoleName="worker", PolicyArn=policies[1])
    iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=json.dumps(document))
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=METADATA)


def _more_services(made: InUse) -> None:
    client = made.client
    client("backup").create_backup_vault(BackupVaultName="tagged", BackupVaultTags={"kept": "long"})
    client("accessanalyzer").create_archive_rule(
        analyzerName="by-hand", ruleName="ours", filter={"isPublic": {"eq": ["false"]}}
    )
    client("cloudtrail").put_event_selectors(
        TrailName="landfall",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}],
    )
    _central_configuration(made)
    audit = made.accounts[AUDIT]
    detectors = client("guardduty", account=audit)
    (detector,) = detectors.list_detectors()["DetectorIds"]
    detectors.update_organization_configuration(
        DetectorId=detector,
        AutoEnableOrganizationMembers="NEW",
        Features=[{"Name": "S3_DATA_EVENTS", "AutoEnable": "NEW"}],
    )


def _central_configuration(made: InUse) -> None:
    hub = made.client("securityhub", account=made.accounts[AUDIT])
    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    policy = hub.create_configuration_policy(
        Name="baseline",
        Description="By hand",
        ConfigurationPolicy={
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": [
                    "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/4.0.1"
                ],
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": ["S3.1"]},
            }
        },
    )
    hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy["Id"], Target={"AccountId": made.accounts["app 1"]}
    )


def keep_secrets(made: InUse) -> list[str]:
    """Put secrets into accounts, and return all of them, with the keys that AWS chose."""
    account = made.accounts["app 0"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): pass\n")
    role = made.client("iam", account=account).get_role(RoleName="worker")["Role"]["Arn"]
    made.client("lambda", account=account).create_function(
        FunctionName="keeper",
        Runtime="python3.12",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"PASSWORD": SECRETS[0]}},
    )
    made.client("ssm", account=account).put_parameter(
        Name="/password", Value=SECRETS[1], Type="SecureString"
    )
    made.client("secretsmanager", account=account).create_secret(
        Name="password", SecretString=SECRETS[2]
    )
    found = list(SECRETS)
    for owner in ("", account):
        iam = made.client("iam", account=owner)
        iam.create_user(UserName="legacy")
        key: dict[str, Any] = iam.create_access_key(UserName="legacy")["AccessKey"]
        found += [key["AccessKeyId"], key["SecretAccessKey"]]
    return found
