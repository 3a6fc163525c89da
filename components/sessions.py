"""Session Manager in an account: the preferences of each region, and the role of instances.

Gives nobody a session: users need ssm:StartSession in their own policies. Creates no bucket: the
log archive has it.
https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
"""

import json
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.keys import make_key
from components.roles import make_policy
from landfall.blueprint import sessions as described
from landfall.settings import naming


class SessionEndpointsArgs(TypedDict):
    """The endpoints of one VPC."""

    vpc_id: str
    """The VPC."""
    subnet_ids: list[str]
    """Its subnets, at most one in each Availability Zone."""
    security_group_ids: list[str]
    """The endpoints' security groups."""
    region: str
    """The VPC's region."""


class SessionManagerArgs(TypedDict):
    """The arguments of Session Manager."""

    account_id: pulumi.Input[str]
    """The account's id."""
    region: str
    """The home region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    regions: list[str]
    """The regions with preferences."""
    log_bucket_name: NotRequired[pulumi.Input[str]]
    """The bucket that sessions are logged to, below `ACCOUNT/REGION/`."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """The key of the bucket."""
    encrypt: NotRequired[bool]
    """Encrypt sessions with a key of each region."""
    run_as: NotRequired[str]
    """The operating system's user of sessions on Linux."""
    idle_minutes: NotRequired[int]
    """Minutes without activity until a session ends, 1 to 60. Default: 20."""
    max_minutes: NotRequired[int]
    """Minutes until a session ends in any case, 1 to 1440."""
    endpoints: NotRequired[list[SessionEndpointsArgs]]
    """VPC endpoints."""


class SessionManager(pulumi.ComponentResource):
    """The preferences, the role and instance profile of instances, and their policy."""

    def __init__(
        self, name: str, args: SessionManagerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:sessions:SessionManager", name, None, opts)
        self._name, self._args, self._inputs = name, args, Inputs()
        self._child = pulumi.ResourceOptions(parent=self)
        self._role()
        for region in args["regions"]:
            self._preferences(region)
        for endpoints in args.get("endpoints", []):
            self._connect(endpoints)
        self.register_outputs({})

    def _role(self) -> None:
        name, inputs = self._name, self._inputs
        here = self._described(self._args["region"])
        policy = make_policy(name, described.session_policy(here), inputs, self._child)
        role = described.session_role(here.place)
        made = aws.iam.Role(
            name,
            name=role.name,
            path=role.path,
            description=role.description,
            assume_role_policy=inputs.document(role.trust),
            max_session_duration=(role.session_hours or 1) * 3600,
            opts=self._child,
        )
        attached = aws.iam.RolePolicyAttachment(
            name, role=made.name, policy_arn=policy.arn, opts=self._child
        )
        aws.iam.InstanceProfile(
            name,
            name=naming.SESSIONS,
            path=role.path,
            role=made.name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[attached]),
        )

    def _preferences(self, region: str) -> None:
        name, inputs, here = f"{self._name}-{region}", self._inputs, self._described(region)
        key_arn = ""
        if here.encrypt:
            key = described.session_key(here.place)
            key_arn = inputs.text(make_key(name, key, inputs, region, self._child).arn)
        content = inputs.output(described.preferences(here, key_arn))
        aws.ssm.Document(
            name,
            name=described.PREFERENCES,
            document_type="Session",
            document_format="JSON",
            content=content.apply(json.dumps),
            region=region,
            # AWS allows one document of the name.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _connect(self, endpoints: SessionEndpointsArgs) -> None:
        region = endpoints["region"]
        for service in described.ENDPOINTS:
            aws.ec2.VpcEndpoint(
                f"{self._name}-{endpoints['vpc_id']}-{service}",
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                vpc_id=endpoints["vpc_id"],
                subnet_ids=endpoints["subnet_ids"],
                security_group_ids=endpoints["security_group_ids"],
                private_dns_enabled=True,
                region=region,
                opts=self._child,
            )

    def _described(self, region: str) -> described.SessionManager:
        args, inputs = self._args, self._inputs
        logs = None
        if "log_bucket_name" in args and "log_key_arn" in args:
            bucket, key = inputs.text(args["log_bucket_name"]), inputs.text(args["log_key_arn"])
            logs = described.Logs(bucket, key)
        return described.SessionManager(
            inputs.place(args.get("partition", "aws"), region, args["account_id"]),
            logs,
            args.get("encrypt", False),
            args.get("run_as"),
            args.get("idle_minutes", 20),
            args.get("max_minutes"),
        )
