"""EC2: endpoints of VPCs."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages

_GONE = ("deleted", "deleting", "failed", "rejected")


@finds("aws:ec2/vpcEndpoint:VpcEndpoint")
def _endpoint(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Private DNS allows one endpoint of a service in a VPC.
    # https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    for each in pages(client("ec2"), "describe_vpc_endpoints", "VpcEndpoints"):
        same = (each["VpcId"], each["ServiceName"]) == (inputs["vpcId"], inputs["serviceName"])
        endpoint = str(each["VpcEndpointId"])
        if same and each["State"].lower() not in _GONE and endpoint not in taken:
            return endpoint
    return None
