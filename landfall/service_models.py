"""Read AWS's service models once a process, instead of once a session.

Each session of botocore has a loader of its own, which lists a folder for every AWS service and
parses the models again: 0.1 s a session, and up to 0.5 s a service. The emulator makes a loader for
each model. A loader only reads files, so sessions can share one, as clients of one session do.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import botocore.loaders
import botocore.session
from botocore.exceptions import UnknownServiceError


def share() -> None:
    """Make all sessions share one loader of models, and all services of the emulator another."""
    botocore.session.create_loader = _of_botocore
    # The emulator adds to the models that it reads, so its loader stays apart.
    if (emulator := sys.modules.get("moto.core.utils")) is not None:
        vars(emulator)["create_loader"] = _of_the_emulator
        type.__setattr__(botocore.session.Session, "get_available_regions", _available_regions)


@functools.cache
def _of_botocore(data_path: str | None = None) -> botocore.loaders.Loader:
    return botocore.loaders.create_loader(data_path)


@functools.cache
def _of_the_emulator() -> botocore.loaders.Loader:
    from moto.core.loaders import create_loader

    loader: botocore.loaders.Loader = create_loader()
    return loader


def _available_regions(
    session: Any,
    service_name: str,
    partition_name: str = "aws",
    allow_non_regional: bool = False,
) -> list[str]:
    """Return the regions of a service, with the emulator's model of it.

    The emulator asks for each account. botocore reads the model again, for one name in it.
    """
    from moto.core.utils import get_service_model

    try:
        metadata = get_service_model(service_name).metadata
    except UnknownServiceError:
        return []
    resolver = session._get_internal_component("endpoint_resolver")
    prefix = metadata.get("endpointPrefix", service_name)
    found: list[str] = resolver.get_available_endpoints(prefix, partition_name, allow_non_regional)
    return found
