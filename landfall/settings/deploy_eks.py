"""Deployments to Kubernetes on EKS."""

from __future__ import annotations

from pydantic import Field

from landfall.settings.base import Distinct, Settings
from landfall.settings.deployment_kind import DeployKind


class Helm(Settings):
    """A Helm chart in the build's artifact."""

    release: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$")
    """The release's name."""
    chart: str = Field(min_length=1)
    """The chart's folder or `.tgz` file in the build's artifact."""
    values: Distinct = ()
    """Files of values in the chart's folder, the last one wins."""


class EksDeploy(DeployKind):
    """Applies manifests or a Helm chart of the build's artifact to an EKS cluster.

    The cluster has an access entry for the deploy role.
    """

    cluster: str = Field(alias="eks", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")
    """The cluster's name."""
    namespace: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
    """The namespace."""
    manifests: Distinct = ()
    """Manifest files in the build's artifact; these or `helm`."""
    helm: Helm | None = None
    """The Helm chart; this or `manifests`."""
    subnets: Distinct = ()
    """Subnets of the cluster's VPC for the action, of a private cluster. Default: the cluster's."""
    security_groups: Distinct = ()
    """Security groups for the action, with `subnets`. Default: the cluster's."""
