"""X-Ray in one account and region: encryption of traces, and sampling for each application.

Applications must enable tracing themselves: `TracingConfig: Active` of a Lambda function,
`aws-otel-collector` next to ECS tasks, the daemon on instances. The permission is in the
policy of `components.delivery.workload`.
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from landfall.settings import naming


class TracingArgs(TypedDict):
    """The arguments of tracing for one pipeline's target."""

    name: str
    """The name of group and rule; X-Ray uses at most 32 characters."""
    service: str
    """The service's name in X-Ray: the name of the function, service or stack."""
    region: str
    """The application's region."""
    percent: int
    """The percentage of traced requests."""
    per_second: int
    """Requests traced each second before `percent` applies."""


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
    """Encrypt all traces of an account and region, which has one such setting."""
    aws.xray.EncryptionConfig(name, type="KMS", key_id=key_arn, region=region, opts=opts)
