"""The organization's CloudTrail trail, for every account and region.

In the management account. A trail created by a delegated administrator also belongs to the
management account; created here, the program needs no second access path.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.keys import make_key
from components.roles import make_role
from landfall.blueprint.security import trail_key, trail_log_group, trail_role

_INSIGHTS = {"api-call-rate": "ApiCallRateInsight", "api-error-rate": "ApiErrorRateInsight"}


class OrganizationTrailArgs(TypedDict):
    """The arguments of the trail."""

    trail_name: str
    """Its name."""
    account_id: pulumi.Input[str]
    """The management account."""
    region: str
    """Its home region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization, which prefixes log streams of member accounts."""
    bucket_name: pulumi.Input[str]
    """The delivery bucket."""
    key_arn: pulumi.Input[str]
    """The key that encrypts its logs."""
    insights: NotRequired[list[str]]
    """The kinds of Insights: `api-call-rate`, `api-error-rate`."""
    data_event_types: NotRequired[list[str]]
    """Resource types whose data events are recorded, as in `AWS::S3::Object`."""
    log_group_days: NotRequired[int]
    """Also send events to an encrypted log group, and keep them for these days."""


class OrganizationTrail(pulumi.ComponentResource):
    """An encrypted trail of all accounts and regions, with log file validation."""

    trail_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: OrganizationTrailArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:OrganizationTrail", name, None, opts)
        self._name, self._args = name, args
        self.log_group_name: pulumi.Output[str] | None = None
        trail = aws.cloudtrail.Trail(
            name,
            name=args["trail_name"],
            s3_bucket_name=args["bucket_name"],
            kms_key_id=args["key_arn"],
            is_organization_trail=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            insight_selectors=[
                {"insight_type": _INSIGHTS[each]} for each in args.get("insights", [])
            ],
            advanced_event_selectors=_selectors(args),
            region=args["region"],
            **(self._log_group() if "log_group_days" in args else {}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.trail_arn = trail.arn
        self.register_outputs({"trail_arn": self.trail_arn})

    def _log_group(self) -> dict[str, Any]:
        """Create the log group, its key, and CloudTrail's role for it."""
        name, args, child = self._name, self._args, pulumi.ResourceOptions(parent=self)
        inputs, trail, region = Inputs(), args["trail_name"], args["region"]
        place = inputs.place(args.get("partition", "aws"), region, args["account_id"])
        key = make_key(name, trail_key(place, trail), inputs, region, child)
        group = aws.cloudwatch.LogGroup(
            name,
            name=trail_log_group(trail),
            kms_key_id=key.arn,
            retention_in_days=args["log_group_days"],
            region=region,
            opts=child,
        )
        self.log_group_name = group.name
        described = trail_role(place, trail, inputs.text(args["organization_id"]))
        made = make_role(name, described, inputs, child)
        role, policy = made.role, made.granted[0]
        return {
            "cloud_watch_logs_group_arn": pulumi.Output.concat(group.arn, ":*"),
            # CloudTrail tests the role when the trail is created.
            "cloud_watch_logs_role_arn": pulumi.Output.all(role.arn, policy.urn).apply(
                lambda all: all[0]
            ),
        }


def _selectors(args: OrganizationTrailArgs) -> list[dict[str, Any]]:
    """Return the event selectors beyond the default; empty if the default is enough."""
    types = args.get("data_event_types", [])
    if not types:
        return []
    management = {"field": "eventCategory", "equals": ["Management"]}
    selectors: list[dict[str, Any]] = [
        {"name": "Management events", "field_selectors": [management]}
    ]
    for each in types:
        fields = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": [each]},
        ]
        selectors.append({"name": each, "field_selectors": fields})
    return selectors
