"""X-Ray in one account and region: encryption of traces, and per application what is sampled.

That an application writes traces is its own setting: `TracingConfig: Active` of a Lambda function,
`aws-otel-collector` beside ECS tasks, the daemon on instances. The permission for it is in the
policy that `components.delivery.workload` makes.
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from landfall.settings import naming


class TracingArgs(TypedDict):
    """What makes the tracing of one pipeline's target."""

    name: str
    """Names group and rule; at most 32 characters count in X-Ray."""
    service: str
    """The service's name in X-Ray: that of the function, service or stack."""
    region: str
    """The region it runs in."""
    percent: int
    """The part of the requests that is traced."""
    per_second: int
    """Requests that are traced each second before `percent` counts."""


class Tracing(pulumi.ComponentResource):
    """An X-Ray group with insights, and a sampling rule."""

    def __init__(
        self, name: str, args: TracingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Tracing", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        aws.xray.Group(
            name,
            group_name=args["name"],
            filter_expression=f'service("{args["service"]}")',
            insights_configuration={"insights_enabled": True, "notifications_enabled": False},
            region=args["region"],
            opts=child,
        )
        aws.xray.SamplingRule(
            name,
            rule_name=naming.sampling_rule(args["name"]),
            priority=1000,
            version=1,
            reservoir_size=args["per_second"],
            fixed_rate=args["percent"] / 100,
            service_name=args["service"],
            service_type="*",
            host="*",
            http_method="*",
            url_path="*",
            resource_arn="*",
            region=args["region"],
            opts=child,
        )
        self.register_outputs({})


def encrypt_traces(
    name: str, key_arn: pulumi.Input[str], region: str, opts: pulumi.ResourceOptions
) -> None:
    """Encrypt all traces of an account and region; it has one such setting."""
    aws.xray.EncryptionConfig(name, type="KMS", key_id=key_arn, region=region, opts=opts)
