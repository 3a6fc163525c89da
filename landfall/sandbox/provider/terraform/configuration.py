"""The provider's configuration: Pulumi's arguments and the environment -> Terraform's.

This plugin never calls real AWS: it gets its endpoint from `AWS_ENDPOINT_URL`, rejects any that
is not a loopback address, and sends everything else through a proxy at the same address.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from landfall.sandbox.provider.catalog import sdk
from landfall.sandbox.provider.catalog.schema import Block, CtyType
from landfall.sandbox.provider.catalog.shapes import Shape, shape_of
from landfall.sandbox.provider.errors import InputFault, InputsError, ProviderError
from landfall.sandbox.provider.rules.plan import State
from landfall.sandbox.provider.values.convert import to_terraform
from landfall.sandbox.provider.values.properties import (
    UNKNOWN,
    UNKNOWN_SENTINELS,
    Asset,
    Properties,
    Value,
    canonical,
    has_unknown,
)

# Arguments that only Pulumi has, or that do not matter with a given endpoint.
_NOT_TERRAFORM: Final = frozenset({"version", "pluginDownloadURL", "s3UsEast1RegionalEndpoint"})

# Enough for `landfall sandbox faults`: a fifth of the calls throttled. The provider's own 25 would
# repeat an error of the sandbox itself for ten minutes.
_MAX_RETRIES: Final = 8

# Variables of the caller's environment for the AWS SDK, without other endpoints.
# A process has sessions of the server that it began with, so a new server needs a new process.
_PASSED: Final = ("HOME", "PATH", "TMPDIR", "LANG", "USER", "LANDFALL_SERVER")
_NEVER_PASSED: Final = frozenset(
    {"AWS_CA_BUNDLE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT"}
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configuration: Terraform's `values`, the `environment` of its process, the `region`.

    `known` is false while an argument comes from a resource that does not exist yet.
    """

    values: State
    environment: dict[str, str]
    region: str
    known: bool

    @property
    def key(self) -> str:
        """Equal for configurations that one process can serve."""
        text = canonical({"values": self.values, "environment": self.environment})
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def plan_key(self) -> str:
        """Equal for configurations under which plans are equal."""
        names = ("default_tags", "ignore_tags", "region")
        return canonical({name: self.values.get(name) for name in names})

    def in_region(self, region: str) -> Configuration:
        """The same configuration in another region."""
        values = {**self.values, "region": region}
        return Configuration(values, self.environment, region, self.known)


def endpoint_of(environment: Mapping[str, str]) -> str:
    """Return `AWS_ENDPOINT_URL`; raises `ProviderError` unless it is on a loopback address."""
    url = environment.get("AWS_ENDPOINT_URL", "")
    if not url:
        raise ProviderError(
            "AWS_ENDPOINT_URL is not set. This provider serves the local sandbox only: run the"
            " command under `landfall env`, or install the official plugin for real AWS with"
            " `pulumi plugin install resource aws`"
        )
    if not is_loopback(url):
        raise ProviderError(
            f"AWS_ENDPOINT_URL is {url}, which is not on this machine. This provider serves the"
            " local sandbox only; for real AWS install the official plugin with"
            " `pulumi plugin install resource aws`"
        )
    return url


def is_loopback(url: str) -> bool:
    """Return whether a URL's host can only be this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def process_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Terraform process, from the one of the plugin that asked for it."""
    endpoint = endpoint_of(environment)
    passed = {
        name: value
        for name, value in environment.items()
        if name in _PASSED
        or (
            name.startswith("AWS_")
            and name not in _NEVER_PASSED
            and not name.startswith("AWS_ENDPOINT_URL")
        )
    }
    return passed | {
        "AWS_ENDPOINT_URL": endpoint,
        # S3 Control adds the account id to the host name, which only a proxy can resolve.
        "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.amazonaws.com",
        "HTTP_PROXY": endpoint,
        "HTTPS_PROXY": endpoint,
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@functools.cache
def provider_shape(block: Block) -> Shape:
    """The names of the provider's arguments on both sides."""
    return shape_of(block, sdk.provider_inputs(), "provider")


def check_arguments(arguments: Properties, block: Block) -> list[InputFault]:
    """Mistakes in a provider's arguments: names that Terraform lacks, other endpoints."""
    faults: list[InputFault] = []
    values = to_terraform(_decoded(arguments, block), provider_shape(block), _no_asset, faults)
    for endpoints in _known_list(values.get("endpoints")):
        for name, url in (endpoints if isinstance(endpoints, dict) else {}).items():
            if isinstance(url, str) and url and not is_loopback(url):
                faults.append(InputFault(f"endpoints.{name}", f"{url} is not on this machine"))
    for name in ("http_proxy", "https_proxy"):
        url = values.get(name)
        if isinstance(url, str) and url and not is_loopback(url):
            argument = provider_shape(block).by_terraform[name].pulumi
            faults.append(InputFault(argument, f"{url} is not on this machine"))
    return faults


def configure(arguments: Properties, block: Block, environment: Mapping[str, str]) -> Configuration:
    """Build the configuration; raises `InputsError`, or `ProviderError` for a wrong endpoint."""
    faults = check_arguments(arguments, block)
    if faults:
        raise InputsError(faults)
    values: State = dict.fromkeys(block.names)
    values |= to_terraform(_decoded(arguments, block), provider_shape(block), _no_asset, [])
    defaults: dict[str, Any] = {
        "max_retries": _MAX_RETRIES,
        "s3_use_path_style": True,
        # The account id is requested anyway, which validates the credentials.
        "skip_credentials_validation": True,
        "skip_metadata_api_check": "true",
        "skip_region_validation": True,
    }
    for name, value in defaults.items():
        if values.get(name) is None:
            values[name] = value
    region = values.get("region") or environment.get("AWS_REGION") or ""
    region = region or environment.get("AWS_DEFAULT_REGION") or ""
    if not region:
        raise InputsError([InputFault("region", "no region is configured: set `aws:region`")])
    values["region"] = region
    known = not has_unknown(values)
    return Configuration(
        values,
        process_environment(environment),
        "" if region is UNKNOWN else str(region),
        known,
    )


def _decoded(arguments: Properties, block: Block) -> Properties:
    """Parse nested arguments, which are JSON text, including numbers and booleans."""
    shape = provider_shape(block)
    decoded: Properties = {}
    for name, value in arguments.items():
        if name in _NOT_TERRAFORM or name.startswith("__"):
            continue
        field = shape.by_pulumi.get(name)
        cty = None if field is None else dict(block.type[1]).get(field.terraform)
        decoded[name] = _from_json(value, cty)
    return decoded


def _from_json(value: Value, cty: CtyType) -> Value:
    if not isinstance(value, str) or cty in ("string", None):
        return value
    try:
        return _restore_unknown(json.loads(value))
    except ValueError:
        return value


def _restore_unknown(value: Any) -> Value:
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_SENTINELS else value
    if isinstance(value, list):
        return [_restore_unknown(item) for item in value]
    if isinstance(value, dict):
        return {key: _restore_unknown(item) for key, item in value.items()}
    return value


def _known_list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _no_asset(asset: Asset) -> str:
    raise ProviderError(f"the provider takes no assets (got one of hash {asset.digest})")
