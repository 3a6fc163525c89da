"""Pulumi mocks that know only the components' types, and answer in AWS's form."""

from __future__ import annotations

import asyncio
import functools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import resource, settings
from pulumi.runtime import test as pulumi_test
from pulumi.runtime.mocks import MockMonitor

from components.landing_zone import LandingZone
from components.source_positions import keep_first_frames
from landfall import stack_files

ROOT = Path(__file__).parents[2]
ACCOUNTS = {"audit": "111111111111", "delivery": "222222222222", "orders": "333333333333"}
ORGANIZATION = "o-a1b2c3d4e5"
MANAGEMENT_ID = "999999999999"

_OUTPUTS: dict[str, Callable[[pulumi.runtime.MockResourceArgs], dict[str, Any]]] = {
    "aws:organizations/organization:Organization": lambda _: {
        "roots": [{"id": "r-ab12"}],
        "masterAccountId": MANAGEMENT_ID,
    },
    "aws:kms/key:Key": lambda a: {
        "keyId": f"key-{a.name}",
        "arn": f"arn:aws:kms:eu-west-1:222222222222:key/key-{a.name}",
    },
    "aws:iam/role:Role": lambda a: {
        "arn": f"arn:aws:iam::222222222222:role{a.inputs.get('path', '/')}{a.inputs['name']}"
    },
    "aws:iam/policy:Policy": lambda a: {
        "arn": f"arn:aws:iam::222222222222:policy{a.inputs['path']}{a.inputs['name']}"
    },
    "aws:iam/samlProvider:SamlProvider": lambda a: {
        "arn": f"arn:aws:iam::222222222222:saml-provider/{a.inputs['name']}"
    },
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": lambda a: {
        "arn": "arn:aws:iam::222222222222:oidc-provider/" + a.inputs["url"].split("://")[1]
    },
    "aws:s3/bucket:Bucket": lambda a: {"arn": f"arn:aws:s3:::{a.inputs['bucket']}"},
    "aws:codebuild/project:Project": lambda a: {
        "arn": f"arn:aws:codebuild:eu-west-1:222222222222:project/{a.inputs['name']}"
    },
    "aws:codebuild/reportGroup:ReportGroup": lambda a: {
        "arn": f"arn:aws:codebuild:eu-west-1:222222222222:report-group/{a.inputs['name']}"
    },
    "aws:ecr/repository:Repository": lambda a: {
        "arn": f"arn:aws:ecr:eu-west-1:222222222222:repository/{a.inputs['name']}"
    },
    "aws:codeconnections/host:Host": lambda a: {
        "arn": "arn:aws:codeconnections:eu-west-1:222222222222:host/" + a.inputs["name"]
    },
    "aws:codeconnections/connection:Connection": lambda a: {
        "arn": "arn:aws:codeconnections:eu-west-1:222222222222:connection/" + a.inputs["name"]
    },
    "aws:codepipeline/pipeline:Pipeline": lambda a: {
        "arn": f"arn:aws:codepipeline:eu-west-1:222222222222:{a.inputs['name']}"
    },
    "aws:secretsmanager/secret:Secret": lambda a: {
        "arn": f"arn:aws:secretsmanager:eu-west-1:222222222222:secret:{a.inputs['name']}-AbCdEf"
    },
    "aws:detective/graph:Graph": lambda a: {
        "graphArn": "arn:aws:detective:eu-west-1:111111111111:graph:0123456789abcdef"
    },
    "aws:cloudwatch/logGroup:LogGroup": lambda a: {
        "arn": f"arn:aws:logs:eu-west-1:222222222222:log-group:{a.inputs['name']}"
    },
    "aws:cloudwatch/eventBus:EventBus": lambda a: {
        "arn": f"arn:aws:events:eu-west-1:222222222222:event-bus/{a.inputs['name']}"
    },
    "aws:identitystore/group:Group": lambda a: {"groupId": f"group-{a.inputs['displayName']}"},
    "aws:ssoadmin/permissionSet:PermissionSet": lambda a: {
        "arn": a.inputs["instanceArn"].replace(":instance/", ":permissionSet/")
        + f"/{a.inputs['name']}"
    },
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": lambda _: {
        "arn": f"arn:aws:ce::{MANAGEMENT_ID}:anomalymonitor/1"
    },
    "aws:oam/sink:Sink": lambda a: {"arn": f"arn:aws:oam:{a.inputs['region']}:111111111111:sink/1"},
    "aws:ram/resourceShare:ResourceShare": lambda a: {
        "arn": f"arn:aws:ram:{a.inputs['region']}:111111111111:resource-share/1"
    },
    "aws:sns/topic:Topic": lambda a: {
        "arn": f"arn:aws:sns:eu-west-1:222222222222:{a.inputs['name']}"
    },
}
_PLAIN = frozenset(
    {
        "aws:iam/accountAlias:AccountAlias",
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:backup/globalSettings:GlobalSettings",
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:detective/member:Member",
        "aws:detective/organizationAdminAccount:OrganizationAdminAccount",
        "aws:fms/adminAccount:AdminAccount",
        "aws:guardduty/detectorFeature:DetectorFeature",
        "aws:guardduty/memberDetectorFeature:MemberDetectorFeature",
        "aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount",
        "aws:inspector2/enabler:Enabler",
        "aws:inspector2/memberAssociation:MemberAssociation",
        "aws:bcmdata/export:Export",
        "aws:costexplorer/anomalySubscription:AnomalySubscription",
        "aws:costexplorer/costAllocationTag:CostAllocationTag",
        "aws:servicequotas/serviceQuota:ServiceQuota",
        "aws:servicequotas/template:Template",
        "aws:servicequotas/templateAssociation:TemplateAssociation",
        "aws:ssm/document:Document",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:oam/link:Link",
        "aws:oam/sinkPolicy:SinkPolicy",
        "aws:ram/principalAssociation:PrincipalAssociation",
        "aws:ram/resourceAssociation:ResourceAssociation",
        "aws:ram/sharingWithOrganization:SharingWithOrganization",
        "aws:macie2/account:Account",
        "aws:macie2/member:Member",
        "aws:macie2/organizationAdminAccount:OrganizationAdminAccount",
        "aws:backup/regionSettings:RegionSettings",
        "aws:backup/vault:Vault",
        "aws:accessanalyzer/analyzer:Analyzer",
        "aws:cfg/configurationAggregator:ConfigurationAggregator",
        "aws:cfg/deliveryChannel:DeliveryChannel",
        "aws:cfg/organizationConformancePack:OrganizationConformancePack",
        "aws:cfg/recorder:Recorder",
        "aws:cfg/recorderStatus:RecorderStatus",
        "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        "aws:cloudtrail/trail:Trail",
        "aws:account/alternativeContact:AlternativeContact",
        "aws:budgets/budget:Budget",
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate",
        "aws:codecommit/approvalRuleTemplateAssociation:ApprovalRuleTemplateAssociation",
        "aws:codecommit/repository:Repository",
        "aws:codestarnotifications/notificationRule:NotificationRule",
        "aws:codedeploy/application:Application",
        "aws:codedeploy/deploymentConfig:DeploymentConfig",
        "aws:codedeploy/deploymentGroup:DeploymentGroup",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:guardduty/detector:Detector",
        "aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        "aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature",
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        "aws:account/region:Region",
        "aws:iam/organizationsFeatures:OrganizationsFeatures",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "aws:kms/alias:Alias",
        "aws:organizations/account:Account",
        "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        "aws:organizations/organizationalUnit:OrganizationalUnit",
        "aws:organizations/policy:Policy",
        "aws:organizations/policyAttachment:PolicyAttachment",
        "aws:organizations/resourcePolicy:ResourcePolicy",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:scheduler/schedule:Schedule",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:securityhub/account:Account",
        "aws:securityhub/configurationPolicy:ConfigurationPolicy",
        "aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation",
        "aws:securityhub/findingAggregator:FindingAggregator",
        "aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
        "aws:securityhub/organizationConfiguration:OrganizationConfiguration",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:ssoadmin/accountAssignment:AccountAssignment",
        "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
        "aws:xray/encryptionConfig:EncryptionConfig",
        "aws:xray/group:Group",
        "aws:xray/samplingRule:SamplingRule",
        "pulumi:index:Stash",
        "pulumi:providers:aws",
    }
)


class Registered:
    """The registered resources of a program: type, name and inputs, in order."""

    def __init__(self) -> None:
        self.resources: list[pulumi.runtime.MockResourceArgs] = []
        self.hooks: dict[str, pulumi.ResourceHook] = {}
        self.transforms: list[pulumi.ResourceTransform] = []
        self.names: dict[str, str] = {}
        """The name in AWS by URN, which has the type of the parent in front; empty without one."""
        self.logical_names: list[tuple[str, str, str]] = []
        """Type and name of each resource, and the type of the component at the top around it."""

    def register_resource_hook(self, hook: pulumi.ResourceHook) -> None:
        """Take a hook in the place of the engine's callbacks, which Pulumi's mocks do not have."""
        self.hooks[hook.name] = hook

    def register_stack_transform(self, transform: pulumi.ResourceTransform) -> None:
        """Take a transform like a hook; the mocks apply none."""
        self.transforms.append(transform)

    def of(self, token: str) -> dict[str, dict[str, Any]]:
        """Return name to inputs of the resources of one type (its last part is enough)."""
        return {
            r.name: dict(r.inputs)
            for r in self.resources
            if r.typ == token or r.typ.endswith(f":{token}")
        }

    @staticmethod
    def account_of(resource: pulumi.runtime.MockResourceArgs) -> str:
        """Return the name of the account whose provider makes a resource."""
        return resource.provider.rpartition("::")[0].rpartition("::")[2]

    def document(self, token: str, name: str, key: str) -> dict[str, Any]:
        """Return a policy document among the inputs, parsed."""
        parsed: dict[str, Any] = json.loads(self.of(token)[name][key])
        return parsed


class _Mocks(pulumi.runtime.Mocks):
    """Answers as AWS; with `accounts` each account has an id, and its roles stand in it.

    `referenced` are the outputs of another stack.
    """

    def __init__(
        self,
        registered: Registered,
        *,
        accounts: bool = False,
        referenced: Mapping[str, Any] | None = None,
    ) -> None:
        self._registered, self._accounts = registered, accounts
        self._referenced = referenced

    def new_resource(
        self, args: pulumi.runtime.MockResourceArgs
    ) -> tuple[str | None, dict[str, Any]]:
        if self._referenced is not None and args.typ == "pulumi:pulumi:StackReference":
            self._registered.resources.append(args)
            return args.name, {**args.inputs, "outputs": self._referenced}
        known = args.typ in _OUTPUTS or args.typ in _PLAIN or args.typ.startswith("landfall:")
        assert known, f"the mocks do not know {args.typ}"
        self._registered.resources.append(args)
        identity = ACCOUNTS.get(args.name, f"{args.name}-id")
        if args.typ == "aws:organizations/organization:Organization":
            identity = ORGANIZATION
        outputs = _OUTPUTS.get(args.typ, lambda _: {})(args)
        if self._accounts and args.typ == "aws:organizations/account:Account":
            identity = account_id(args.name)
        if self._accounts and "arn" in outputs:
            account = account_id(Registered.account_of(args))
            outputs["arn"] = outputs["arn"].replace("222222222222", account)
        return identity, {**args.inputs, **outputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        if args.token == "aws:organizations/getOrganization:getOrganization":
            return {
                "awsServiceAccessPrincipals": ["ram.amazonaws.com", "sso.amazonaws.com"],
                "enabledPolicyTypes": ["CHATBOT_POLICY", "SERVICE_CONTROL_POLICY"],
            }
        raise AssertionError(f"the mocks know no function, {args.token} neither")


class _Monitor(MockMonitor):
    """Notes the component at the top around each resource, as the engine's URNs have it."""

    def __init__(self, mocks: pulumi.runtime.Mocks) -> None:
        super().__init__(mocks)
        self.logical_names: list[tuple[str, str, str]] = []
        self._tops: dict[str, str] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        done = super().RegisterResource(request)
        top = self._tops.get(request.parent, request.type)
        if request.type != "pulumi:pulumi:Stack":
            self._tops[done.urn] = top
            self.logical_names.append((request.type, request.name, top))
        return done


def account_id(name: str) -> str:
    """Return the id of an account where each has one; without a name, the management account's."""
    return str(zlib.crc32(name.encode())).zfill(12) if name else MANAGEMENT_ID


def registered_by(
    program: Callable[[], Any],
    *,
    accounts: bool = False,
    referenced: Mapping[str, Any] | None = None,
) -> Registered:
    """Run a program against the mocks and return what it registered."""
    registered = Registered()
    mocks = _Mocks(registered, accounts=accounts, referenced=referenced)
    monitor = _Monitor(mocks)
    with pytest.MonkeyPatch.context() as patched, _event_loop():
        # As the program does; the SDK's own way takes a fifth of the time.
        patched.setattr(resource, "_get_stack_trace", resource._get_stack_trace)
        keep_first_frames()
        pulumi.runtime.set_mocks(mocks, project="landfall", stack="test", monitor=monitor)
        settings.SETTINGS.callbacks = registered  # type: ignore[assignment]
        pulumi_test(lambda: program())()
    registered.names = {urn: _name(it.state) for urn, it in monitor.resources.items()}
    registered.logical_names = monitor.logical_names
    return registered


def _name(inputs: Any) -> str:
    """Return the name that a resource has in AWS, where it is an input."""
    found = (inputs.get(key) for key in ("name", "bucket", "repositoryName", "displayName"))
    return next((each for each in found if isinstance(each, str)), "")


@contextmanager
def _event_loop() -> Iterator[None]:
    """Give the SDK an event loop: earlier tests may have closed that of the thread."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        asyncio.set_event_loop(loop)
        try:
            yield
        finally:
            asyncio.set_event_loop(None)
            while left := asyncio.all_tasks(loop):  # cancelled tasks may start others
                for task in left:
                    task.cancel()
                runner.run(asyncio.wait(left))


@functools.cache
def registered_by_shipped(stack: str) -> Registered:
    settings = stack_files.load(stack, ROOT)
    return registered_by(lambda: LandingZone(settings).exports(), accounts=True)


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Registered]:
    """Return the resources of a shipped stack whose accounts all have ids; built once."""
    return registered_by_shipped


@pytest.fixture(scope="session")
def run() -> Callable[[Callable[[], Any]], Registered]:
    """Run a program against the mocks and return what it registered."""

    return lambda program: registered_by(program)
