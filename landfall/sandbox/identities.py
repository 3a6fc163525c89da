"""How a resource is found in AWS by what it was asked to be, not by its id.

An engine that is killed while AWS makes a resource never learns its id. Each entry looks for one
type of resource by the names that AWS holds unique, and returns its import id. Types whose creation
can be repeated without harm need no entry: see `REPEATABLE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

Inputs = dict[str, Any]
Client = Callable[[str], Any]  # the name of a service -> its boto3 client, in the right account
Lookup = Callable[[Client, Inputs, frozenset[str]], str | None]

# Created by a PUT, or by a call that AWS documents as idempotent: again is the same.
REPEATABLE = frozenset(
    {
        "aws:account/alternativeContact:AlternativeContact",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketNotification:BucketNotification",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:xray/encryptionConfig:EncryptionConfig",
    }
)

_LOOKUPS: dict[str, Lookup] = {}
_ABSENT = ("NotFound", "NoSuch", "NotInUse", "DoesNotExist", "404", "ResourceNotFound")


def is_known(type_token: str) -> bool:
    """Tell whether resources of this type can be found."""
    return type_token in _LOOKUPS


def look_up(
    type_token: str, client: Client, inputs: Inputs, taken: Iterable[str] = ()
) -> str | None:
    """Return the import id of the resource that `inputs` describe; None where AWS has none.

    `taken` are the ids of such resources in the state: none of them is the one.

    Raises:
        botocore.exceptions.ClientError: AWS answered an error other than that it does not exist.

    """
    try:
        return _LOOKUPS[type_token](client, inputs, frozenset(taken))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if any(mark in code for mark in _ABSENT):
            return None
        raise


def _finds(type_token: str) -> Callable[[Lookup], Lookup]:
    def register(lookup: Lookup) -> Lookup:
        _LOOKUPS[type_token] = lookup
        return lookup

    return register


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterable[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


@_finds("aws:organizations/organization:Organization")
def _organization(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("organizations").describe_organization()["Organization"]["Id"]
    return found


@_finds("aws:organizations/organizationalUnit:OrganizationalUnit")
def _unit(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    units = _pages(
        client("organizations"),
        "list_organizational_units_for_parent",
        "OrganizationalUnits",
        ParentId=inputs["parentId"],
    )
    return next((unit["Id"] for unit in units if unit["Name"] == inputs["name"]), None)


@_finds("aws:organizations/account:Account")
def _account(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # E-mail addresses are unique in all of AWS, whatever their case.
    accounts = _pages(client("organizations"), "list_accounts", "Accounts")
    wanted = inputs["email"].lower()
    return next((each["Id"] for each in accounts if each["Email"].lower() == wanted), None)


@_finds("aws:organizations/policy:Policy")
def _organization_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    policies = _pages(
        client("organizations"),
        "list_policies",
        "Policies",
        Filter=inputs.get("type", "SERVICE_CONTROL_POLICY"),
    )
    return next((each["Id"] for each in policies if each["Name"] == inputs["name"]), None)


@_finds("aws:organizations/policyAttachment:PolicyAttachment")
def _policy_attachment(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    targets = _pages(
        client("organizations"),
        "list_targets_for_policy",
        "Targets",
        PolicyId=inputs["policyId"],
    )
    attached = any(each["TargetId"] == inputs["targetId"] for each in targets)
    return f"{inputs['targetId']}:{inputs['policyId']}" if attached else None


@_finds("aws:organizations/delegatedAdministrator:DelegatedAdministrator")
def _delegated_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    administrators = _pages(
        client("organizations"),
        "list_delegated_administrators",
        "DelegatedAdministrators",
        ServicePrincipal=inputs["servicePrincipal"],
    )
    found = any(each["Id"] == inputs["accountId"] for each in administrators)
    return f"{inputs['accountId']}/{inputs['servicePrincipal']}" if found else None


@_finds("aws:accessanalyzer/analyzer:Analyzer")
def _analyzer(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["analyzerName"]
    client("accessanalyzer").get_analyzer(analyzerName=name)
    return name


@_finds("aws:budgets/budget:Budget")
def _budget(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    account = client("sts").get_caller_identity()["Account"]
    client("budgets").describe_budget(AccountId=account, BudgetName=inputs["name"])
    return f"{account}:{inputs['name']}"


@_finds("aws:iam/role:Role")
def _role(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("iam").get_role(RoleName=inputs["name"])["Role"]["RoleName"]
    return found


@_finds("aws:iam/policy:Policy")
def _managed_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    policies = _pages(client("iam"), "list_policies", "Policies", Scope="Local")
    return next((p["Arn"] for p in policies if p["PolicyName"] == inputs["name"]), None)


@_finds("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def _oidc_provider(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    wanted = inputs["url"].removeprefix("https://")
    providers = client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    arns = (each["Arn"] for each in providers)
    return next((arn for arn in arns if arn.partition("oidc-provider/")[2] == wanted), None)


@_finds("aws:s3/bucket:Bucket")
def _bucket(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("s3").head_bucket(Bucket=inputs["bucket"])
    return str(inputs["bucket"])


@_finds("aws:kms/key:Key")
def _key(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Keys have no name: the newest with this description and these tags that no state holds.
    kms = client("kms")
    wanted = inputs.get("tagsAll") or inputs.get("tags") or {}
    found = []
    for each in _pages(kms, "list_keys", "Keys"):
        if each["KeyId"] in taken:
            continue
        key = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
        if key["KeyState"] != "Enabled" or key["Description"] != inputs.get("description", ""):
            continue
        tags = kms.list_resource_tags(KeyId=each["KeyId"]).get("Tags", [])
        held = {tag["TagKey"]: tag["TagValue"] for tag in tags}
        if wanted.items() <= held.items():
            found.append((key["CreationDate"], str(each["KeyId"])))
    return max(found)[1] if found else None


@_finds("aws:kms/alias:Alias")
def _alias(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    aliases = _pages(client("kms"), "list_aliases", "Aliases")
    names = (each["AliasName"] for each in aliases)
    return next((name for name in names if name == inputs["name"]), None)


@_finds("aws:cloudwatch/logGroup:LogGroup")
def _log_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    groups = _pages(
        client("logs"),
        "describe_log_groups",
        "logGroups",
        logGroupNamePrefix=inputs["name"],
    )
    names = (each["logGroupName"] for each in groups)
    return next((name for name in names if name == inputs["name"]), None)


@_finds("aws:codebuild/project:Project")
def _build_project(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codebuild").batch_get_projects(names=[inputs["name"]])["projects"]
    return inputs["name"] if found else None


@_finds("aws:codecommit/repository:Repository")
def _repository(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["repositoryName"]
    client("codecommit").get_repository(repositoryName=name)
    return str(name)


@_finds("aws:codeconnections/connection:Connection")
def _connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return _connection_arn(client("codeconnections"), inputs["name"])


@_finds("aws:codestarconnections/connection:Connection")
def _star_connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return _connection_arn(client("codestar-connections"), inputs["name"])


def _connection_arn(connections: Any, name: str) -> str | None:
    # No paginator in botocore for this operation.
    token: dict[str, str] = {}
    while True:
        page = connections.list_connections(**token)
        for each in page.get("Connections", []):
            if each["ConnectionName"] == name:
                return str(each["ConnectionArn"])
        if not page.get("NextToken"):
            return None
        token = {"NextToken": page["NextToken"]}


@_finds("aws:codepipeline/pipeline:Pipeline")
def _pipeline(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codepipeline").get_pipeline(name=inputs["name"])["pipeline"]
    return str(found["name"])


@_finds("aws:codedeploy/application:Application")
def _deploy_application(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("codedeploy").get_application(applicationName=inputs["name"])
    return str(inputs["name"])


@_finds("aws:codedeploy/deploymentGroup:DeploymentGroup")
def _deployment_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    application, group = inputs["appName"], inputs["deploymentGroupName"]
    client("codedeploy").get_deployment_group(
        applicationName=application, deploymentGroupName=group
    )
    return f"{application}:{group}"


@_finds("aws:codedeploy/deploymentConfig:DeploymentConfig")
def _deployment_config(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["deploymentConfigName"]
    client("codedeploy").get_deployment_config(deploymentConfigName=name)
    return str(name)


@_finds("aws:codestarnotifications/notificationRule:NotificationRule")
def _notification_rule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    notifications = client("codestar-notifications")
    for each in _pages(notifications, "list_notification_rules", "NotificationRules"):
        if notifications.describe_notification_rule(Arn=each["Arn"])["Name"] == inputs["name"]:
            return str(each["Arn"])
    return None


@_finds("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration")
def _slack_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    chatbot = client("chatbot")
    listed = _pages(chatbot, "describe_slack_channel_configurations", "SlackChannelConfigurations")
    name = inputs["configurationName"]
    named = (each["ChatConfigurationArn"] for each in listed if each["ConfigurationName"] == name)
    return next(named, None)


@_finds("aws:xray/group:Group")
def _trace_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    groups = _pages(client("xray"), "get_groups", "Groups")
    named = (each["GroupARN"] for each in groups if each["GroupName"] == inputs["groupName"])
    return next(named, None)


@_finds("aws:xray/samplingRule:SamplingRule")
def _sampling_rule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    rules = _pages(client("xray"), "get_sampling_rules", "SamplingRuleRecords")
    names = (each["SamplingRule"]["RuleName"] for each in rules)
    return next((name for name in names if name == inputs["ruleName"]), None)


@_finds("aws:secretsmanager/secret:Secret")
def _secret(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("secretsmanager").describe_secret(SecretId=inputs["name"])["ARN"]
    return found


@_finds("aws:lambda/function:Function")
def _function(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("lambda").get_function(FunctionName=inputs["name"])
    return str(inputs["name"])
