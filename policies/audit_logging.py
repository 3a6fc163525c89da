"""Rules of logging: logs are on where they show who did what, complete, and kept long enough."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.rules import Severity
from policies.encryption import flag
from policies.encryption_s3 import BUCKETS, LOGGINGS
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.values import Resource, Stack

_TRAILS = ("aws:cloudtrail/trail:Trail",)
_AUDIT = "AU-2 AU-3 AU-12"


@resource_rule(
    "LF-LOGS-002",
    "log groups have a retention period",
    fix="Set retentionInDays to at least the stack's policies:logRetentionDays (365).",
    types=["aws:cloudwatch/logGroup:LogGroup"],
    severity=Severity.MEDIUM,
    controls=controls(fsbp="CloudWatch.16", nist="AU-11 SI-12"),
)
def _retention(resource: Resource) -> Iterator[Violation]:
    # Log groups of class DELIVERY always keep events for one day.
    if resource.text("logGroupClass") == "DELIVERY":
        return
    days = resource.get("retentionInDays")
    if days is None or days == 0:
        yield Violation(resource, "retentionInDays", "is not set, so events never expire")
    elif days < resource.settings.retention_days:
        yield Violation(resource, "retentionInDays", "is too short")


@resource_rule(
    "LF-CT-002",
    "trails validate their log files",
    fix="Set enableLogFileValidation to true.",
    types=_TRAILS,
    severity=Severity.MEDIUM,
    controls=controls(fsbp="CloudTrail.4", cis3="3.2", cis5="3.2", nist="AU-9 SI-7"),
)
def _validation(resource: Resource) -> Iterator[Violation]:
    if not resource.is_set("enableLogFileValidation"):
        yield Violation(resource, "enableLogFileValidation", "is not true")


@resource_rule(
    "LF-CT-003",
    "trails cover every region",
    fix="Set isMultiRegionTrail to true and leave includeGlobalServiceEvents at true.",
    types=_TRAILS,
    severity=Severity.MEDIUM,
    controls=controls(fsbp="CloudTrail.1", cis3="3.1", cis5="3.1", nist=_AUDIT),
)
def _every_region(resource: Resource) -> Iterator[Violation]:
    if not resource.is_set("isMultiRegionTrail"):
        yield Violation(resource, "isMultiRegionTrail", "is not true")
    if resource.get("includeGlobalServiceEvents", True) is False:
        yield Violation(resource, "includeGlobalServiceEvents", "is false")


@resource_rule(
    "LF-CT-004",
    "trails are logging",
    fix="Leave enableLogging at true.",
    types=_TRAILS,
    controls=controls(fsbp="CloudTrail.3", cis3="3.1", cis5="3.1", nist=_AUDIT),
)
def _switched_on(resource: Resource) -> Iterator[Violation]:
    if resource.get("enableLogging", True) is False:
        yield Violation(resource, "enableLogging", "is false")


@resource_rule(
    "LF-CB-003",
    "builds are logged",
    fix="Leave logsConfig.cloudwatchLogs at ENABLED, or send logs to S3.",
    types=["aws:codebuild/project:Project"],
    severity=Severity.MEDIUM,
    controls=controls(fsbp="CodeBuild.4", nist=_AUDIT),
)
def _builds(resource: Resource) -> Iterator[Violation]:
    cloudwatch = resource.text("logsConfig.cloudwatchLogs.status", "ENABLED")
    s3 = resource.text("logsConfig.s3Logs.status", "DISABLED")
    if cloudwatch == "DISABLED" and s3 == "DISABLED":
        yield Violation(resource, "logsConfig", "disables all logs")


@stack_rule(
    "LF-S3-008",
    "buckets log access",
    fix="Add a BucketLogging to a bucket for access logs, or CloudTrail data events.",
    types=BUCKETS,
    severity=Severity.LOW,
    level="advisory",
    controls=controls(fsbp="S3.9", cis3="3.4", cis5="3.4", nist=_AUDIT),
)
def _buckets(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    inline = bucket.has("logging.targetBucket") or bucket.has("loggings.0.targetBucket")
    receives = stack.pointing(LOGGINGS, "targetBucket", bucket)
    if not inline and not receives and not stack.pointing(LOGGINGS, "bucket", bucket):
        yield Violation(bucket, "", "access to the bucket is not logged")


flag(
    "LF-LB-001",
    "load balancers log requests",
    {
        "aws:lb/loadBalancer:LoadBalancer": "accessLogs.enabled",
        "aws:alb/loadBalancer:LoadBalancer": "accessLogs.enabled",
    },
    controls(fsbp="ELB.5", nist=_AUDIT),
    severity=Severity.MEDIUM,
    level="advisory",
    when=lambda balancer: balancer.text("loadBalancerType", "application") == "application",
)

_STAGES = ("aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage")


@resource_rule(
    "LF-API-001",
    "stages of APIs log requests",
    fix="Set accessLogSettings.destinationArn to a log group.",
    types=_STAGES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="APIGateway.1 APIGateway.9", nist=_AUDIT),
)
def _stages(resource: Resource) -> Iterator[Violation]:
    if not resource.has("accessLogSettings.destinationArn"):
        yield Violation(resource, "accessLogSettings.destinationArn", "is not set")


_FLOW_LOGS = ("aws:ec2/flowLog:FlowLog",)


@stack_rule(
    "LF-VPC-001",
    "VPCs have flow logs",
    fix="Add a FlowLog with the VPC's id.",
    types=["aws:ec2/vpc:Vpc"],
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="EC2.6", cis3="3.7", cis5="3.7", nist=_AUDIT),
)
def _flows(vpc: Resource, stack: Stack) -> Iterator[Violation]:
    if not stack.pointing(_FLOW_LOGS, "vpcId", vpc):
        yield Violation(vpc, "", "the VPC has no flow log")


@resource_rule(
    "LF-EKS-001",
    "clusters log their control plane",
    fix="List api, audit and authenticator in enabledClusterLogTypes.",
    types=["aws:eks/cluster:Cluster"],
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="EKS.8", nist=_AUDIT),
)
def _clusters(resource: Resource) -> Iterator[Violation]:
    enabled = {str(value) for _, value in resource.items("enabledClusterLogTypes")}
    if not {"api", "audit", "authenticator"} <= enabled:
        yield Violation(resource, "enabledClusterLogTypes", "omits log types that an audit needs")
