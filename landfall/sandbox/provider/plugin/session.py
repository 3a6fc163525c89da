"""A client session of the daemon: its environment, configuration and processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from landfall.sandbox.provider.catalog.catalog import Catalog
from landfall.sandbox.provider.catalog.schema_cache import binary_key, cache_directory
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.terraform.configuration import Configuration
from landfall.sandbox.provider.terraform.pool import ProcessPool
from landfall.sandbox.provider.terraform.process import TerraformProcess
from landfall.sandbox.provider.values.assets import AssetFiles
from landfall.sandbox.provider.values.properties import UNKNOWN, Value


@dataclass(frozen=True, slots=True)
class Client:
    """A plugin process that asked for a servicer: its id, environment and working directory.

    `assume` makes a plan-only servicer answer what follows from inputs (`assumed`).
    """

    identity: str
    environment: Mapping[str, str]
    directory: Path
    plan_only: bool = False
    assume: bool = False


class Backend(Protocol):
    """The processes and names of one Terraform provider binary, shared by all clients."""

    @property
    def pool(self) -> ProcessPool:
        """The running Terraform processes."""

    def catalog(self, environment: Mapping[str, str]) -> Catalog:
        """The resource types and functions."""


@dataclass(slots=True)
class Session:
    """The state of one servicer."""

    client: Client
    backend: Backend
    configuration: Configuration | None = None
    assets: AssetFiles = field(init=False)

    def __post_init__(self) -> None:
        directory = cache_directory(self.client.environment) / "assets"
        self.assets = AssetFiles(directory, self.client.directory)

    @property
    def catalog(self) -> Catalog:
        """The resource types and functions of the provider."""
        return self.backend.catalog(self.client.environment)

    @property
    def configured(self) -> Configuration:
        """The configuration; raises `ProviderError` before Configure."""
        if self.configuration is None:
            raise ProviderError("the provider was asked for something before it was configured")
        return self.configuration

    def in_region(self, region: Value) -> Configuration:
        """The configuration for a resource's `region` argument, None for the provider's own."""
        configuration = self.configured
        if region is UNKNOWN:
            return Configuration(
                configuration.values, configuration.environment, configuration.region, False
            )
        if region is None or region == configuration.region:
            return configuration
        return configuration.in_region(str(region))

    def process(self, configuration: Configuration, *, changing: bool = False) -> TerraformProcess:
        """The process of this configuration, which must be known; see `ProcessPool.process`."""
        if not configuration.known:
            raise ProviderError("the provider's configuration is not known yet")
        return self.backend.pool.process(self.client.identity, configuration, changing=changing)

    def any_process(self) -> TerraformProcess:
        """A process for calls that need no configuration."""
        return self.backend.pool.any_process(self.configured.environment)

    def fingerprint_base(self, configuration: Configuration) -> str:
        """What, besides a resource's own values, a plan depends on."""
        return f"{binary_key(self.backend.pool.binary)}|{configuration.plan_key}"
