"""What a sandbox takes from its stack file: raised quotas, Identity Center's ids, the home region.

A real organization's stack file is rehearsed as it is: AWS knows these values, so the sandbox does.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from landfall.problems import ProblemsError, refuse
from landfall.sandbox.server_process import Server
from landfall.settings import keys
from landfall.settings.source import read_yaml

VALUES_PATH = "/_landfall/values"


def send(server: Server, stack_file: Path) -> None:
    """Send the values of a stack file to its sandbox, in place of those of an earlier version.

    A stack file that cannot be read has none: the program reports its mistakes.

    Raises:
        ProblemsError: Identity Center is in use in the sandbox, under other ids.

    """
    try:
        document, _ = read_yaml(stack_file.read_text(encoding="utf-8"), stack_file.name)
    except ProblemsError:
        document = None
    body = json.dumps(_values(document)).encode()
    # A proxy of the user's environment cannot reach the loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(server.url + VALUES_PATH, body).close()
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
        raise refuse(
            json.load(error)["message"],
            "write these ids, or start an empty sandbox: landfall sandbox reset",
        ) from None


def _values(document: Any) -> dict[str, Any]:
    """Return what the sandbox can use of a stack file, whose other values may be wrong."""
    config = _mapping(document, "config")
    center = _mapping(_mapping(config, keys.ACCESS), "identityCenter")
    quotas = _mapping(config, keys.QUOTAS)
    home = config.get(keys.REGION)
    return {
        "homeRegion": home if isinstance(home, str) else "",
        "quotas": {name: value for name, value in quotas.items() if type(value) is int},
        "identityCenter": {
            name: center[name]
            for name in ("instance", "identityStore")
            if isinstance(center.get(name), str)
        },
    }


def _mapping(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
