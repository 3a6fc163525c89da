"""The roles and keys of the organization's security services."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.aws.arns import arn_of, managed_policy_arn
from landfall.blueprint import keys
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.roles import Role
from landfall.blueprint.statements import statement

CONFIG = "config.amazonaws.com"


def aggregator_role(partition: str, account_id: str) -> Role:
    """Return the role that AWS Config uses to list the organization's accounts."""
    trust = statement(
        "TheAggregator",
        actions=["sts:AssumeRole"],
        principals={"Service": [CONFIG]},
        conditions={"StringEquals": {"aws:SourceAccount": account_id}},
    )
    policy = managed_policy_arn(partition, "service-role/AWSConfigRoleForOrganizations")
    return Role(
        "config-aggregator",
        [trust],
        description="Lists the organization's accounts for AWS Config",
        managed=(policy,),
    )


def trail_log_group(trail: str) -> str:
    """Return the name of the log group of a trail."""
    return f"/landfall/{trail}"


def trail_role(place: Place, trail: str, organization_id: str) -> Role:
    """Return the role that CloudTrail uses to write to a trail's log group.

    CloudTrail sends no source for this role, so its trust has no condition. Log streams of member
    accounts start with the organization's id.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    trust = statement(
        "TheTrail",
        actions=["sts:AssumeRole"],
        principals={"Service": ["cloudtrail.amazonaws.com"]},
    )
    group = place.arn("logs", f"log-group:{trail_log_group(trail)}")
    streams = [
        f"{group}:log-stream:{place.account_id}_CloudTrail_{place.region}*",
        f"{group}:log-stream:{organization_id}_*",
    ]
    writes = statement(
        "Writes", actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=streams
    )
    return Role(f"{trail}-trail", [trust], {"log-group": [writes]})


def trail_key(place: Place, trail: str) -> Key:
    """Return the key of the log group of a trail."""
    group = trail_log_group(trail)
    statements = [keys.administration(place), keys.encrypt_logs("LogGroup", place, group)]
    return Key("Log group of the organization's trail", statements)


def findings_key(place: Place, topic: str) -> Key:
    """Return the key of the topic of findings."""
    arn = place.arn("sns", topic)
    statements = [
        keys.administration(place),
        keys.publish_encrypted("EventsToTheTopic", "events", [arn]),
    ]
    return Key("Topic of findings", statements, topic.replace("-", "/", 1))


def forward_role(place: Place, topic: str, other_regions: Sequence[str]) -> Role:
    """Return the role that other regions use to forward findings to the home region's event bus.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
    """
    name = f"{topic}-forward"
    sources = [
        arn_of(place.partition, "events", f"rule/{name}", region=region, account=place.account_id)
        for region in other_regions
    ]
    trust = statement(
        "RulesOfOtherRegions",
        actions=["sts:AssumeRole"],
        principals={"Service": ["events.amazonaws.com"]},
        conditions={
            "ArnEquals": {"aws:SourceArn": sources},
            "StringEquals": {"aws:SourceAccount": place.account_id},
        },
    )
    put = statement(
        "HomeRegion",
        actions=["events:PutEvents"],
        resources=[place.arn("events", "event-bus/default")],
    )
    return Role(
        name,
        [trust],
        {"home-region": [put]},
        description="Hands findings on to the home region",
    )
