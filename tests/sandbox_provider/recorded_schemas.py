"""Schemas of the AWS providers that the sandbox is tested with, limited to the types in use.

`python -m tests.sandbox_provider.recorded_schemas` records them anew from the providers on this
machine: the resource types that `used_types` names, without descriptions.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from landfall import versions
from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.catalog.tokens import terraform_type
from landfall.sandbox.provider.protocol import tfplugin5_pb2 as tf
from landfall.sandbox.provider.terraform.process import TerraformProcess
from tests.sandbox_provider.used_types import tokens
from toolchain import terraform_provider

VERSIONS: Final = (versions.TERRAFORM_AWS_OLDEST, versions.TERRAFORM_AWS)
_FOLDER: Final = Path(__file__).with_name("schemas")


def read(version: str) -> ProviderSchema:
    """Return the recorded schema of a version."""
    return ProviderSchema(gzip.decompress(_file(version).read_bytes()))


def extract(serialized: bytes) -> bytes:
    """Return of a provider's schema the resource types in use, serialized alike each time."""
    whole = tf.GetProviderSchema.Response.FromString(serialized)
    part = tf.GetProviderSchema.Response()
    for name in sorted(_used(whole.resource_schemas)):
        part.resource_schemas[name].CopyFrom(whole.resource_schemas[name])
    part.DiscardUnknownFields()  # descriptions, which are most of it
    return part.SerializeToString(deterministic=True)


def recorded(version: str) -> bytes:
    """Return the recorded schema of a version, serialized."""
    return gzip.decompress(_file(version).read_bytes())


def ask(program: Path) -> bytes:
    """Start a provider, ask it for its whole schema and end it."""
    process = TerraformProcess(program, {})
    try:
        return process.schema()
    finally:
        process.kill()


def _file(version: str) -> Path:
    return _FOLDER / f"{version}.pb.gz"


def _used(names: Iterable[str]) -> set[str]:
    there = frozenset(names)
    return {name for token in tokens() if (name := terraform_type(token, there)) is not None}


def main() -> None:
    """Record the schema of each provider on this machine that the sandbox is proven with."""
    for found in terraform_provider.all_found():
        if str(found) in VERSIONS:
            _FOLDER.mkdir(exist_ok=True)
            packed = gzip.compress(extract(ask(found.program)), 9, mtime=0)
            _file(str(found)).write_bytes(packed)
            print(f"{found}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
