"""Requests for higher service quotas of an account, and the template for new accounts.

A request is final: deleting it leaves the quota as it is.
https://docs.aws.amazon.com/servicequotas/latest/userguide/organization-templates.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws


class QuotaArgs(TypedDict):
    """One quota in one region."""

    service: str
    """The service's code, as in `vpc`."""
    code: str
    """The quota's code, as in `L-F678F1CE`."""
    region: str
    """The region."""
    value: float
    """The value to request where the quota is lower."""


class ServiceQuotasArgs(TypedDict):
    """The arguments of quotas."""

    quotas: list[QuotaArgs]
    """The quotas."""


class ServiceQuotas(pulumi.ComponentResource):
    """Requested quotas of the provider's account."""

    def __init__(
        self, name: str, args: ServiceQuotasArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:quotas:ServiceQuotas", name, None, opts)
        for quota in args["quotas"]:
            aws.servicequotas.ServiceQuota(
                f"{name}-{quota['service']}-{quota['code']}-{quota['region']}",
                service_code=quota["service"],
                quota_code=quota["code"],
                value=quota["value"],
                region=quota["region"],
                opts=pulumi.ResourceOptions(
                    parent=self,
                    # A quota that AWS has raised further stays.
                    retain_on_delete=True,
                ),
            )
        self.register_outputs({})


class QuotaTemplate(pulumi.ComponentResource):
    """The quotas that AWS requests for each new account of the organization.

    Its provider is for the region of Organizations' API, which alone has templates.
    """

    def __init__(
        self, name: str, args: ServiceQuotasArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:quotas:QuotaTemplate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        association = aws.servicequotas.TemplateAssociation(name, opts=child)
        for quota in args["quotas"]:
            aws.servicequotas.Template(
                f"{name}-{quota['service']}-{quota['code']}-{quota['region']}",
                service_code=quota["service"],
                quota_code=quota["code"],
                value=quota["value"],
                aws_region=quota["region"],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[association]),
            )
        self.register_outputs({})
