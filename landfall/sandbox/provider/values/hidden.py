"""The Terraform state of a resource, in one secret output of the Pulumi resource.

Terraform needs its exact state back, with the provider's private bytes. State contains passwords
and similar values, so the output is a secret: Pulumi encrypts it in the checkpoint and shows
`[secret]`. It is compressed first, because encrypted text cannot be, and the engine writes the
checkpoint after each step.

It also contains `settled`: a fingerprint of a configuration for which a plan over exactly this
state was empty. The same plan is not repeated, so an `up` without changes starts no
Terraform process at all.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landfall.sandbox.provider.rules.plan import State
from landfall.sandbox.provider.values.properties import Properties, Secret, Value

OUTPUT: Final = "__terraform"
_ASSET_PREFIX: Final = "landfall-asset:"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Terraform's `state`, the provider's `private` bytes, and their schema `version`."""

    state: State
    private: bytes
    version: int
    settled: str = ""

    def to_output(self, assets: Path) -> Secret:
        """Write for the checkpoint; paths below `assets` become independent of the machine."""
        document = {
            "state": _replace_prefix(self.state, f"{assets}/", _ASSET_PREFIX),
            "private": base64.b64encode(self.private).decode(),
            "version": self.version,
            "settled": self.settled,
        }
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return Secret(base64.b64encode(zlib.compress(text.encode())).decode())


def read_hidden(outputs: Mapping[str, Value], assets: Path) -> Hidden | None:
    """Read the output of `Hidden.to_output`; None if it is missing, as before an import."""
    text = outputs.get(OUTPUT)
    if not isinstance(text, str):
        return None
    # A sandbox of an earlier version has it without compression.
    plain = text if text.startswith("{") else zlib.decompress(base64.b64decode(text))
    document: dict[str, Any] = json.loads(plain)
    return Hidden(
        _replace_prefix(document["state"], _ASSET_PREFIX, f"{assets}/"),
        base64.b64decode(document["private"]),
        document["version"],
        document.get("settled", ""),
    )


def without_hidden(properties: Properties) -> Properties:
    """The properties that a program may see."""
    return {name: value for name, value in properties.items() if name != OUTPUT}


def _replace_prefix(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return new + value[len(old) :] if value.startswith(old) else value
    if isinstance(value, dict):
        return {key: _replace_prefix(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace_prefix(item, old, new) for item in value]
    return value
