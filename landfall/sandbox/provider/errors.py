"""The errors of this plugin.

ProviderError             a call failed; `pulumi` prints its text
├── InputsError           inputs that Terraform does not accept, each with its property path
├── TerraformError        the Terraform provider rejected a call (in `terraform`)
└── PartialFailureError   the resource exists, but a later step of creating or changing it failed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class ProviderError(Exception):
    """A call failed; the text says why."""


@dataclass(frozen=True, slots=True)
class InputFault:
    """One wrong input: the Pulumi property `path` (`rules[0].filter`) and the `reason`."""

    path: str
    reason: str


class InputsError(ProviderError):
    """Inputs that Terraform's schema lacks, or of another type; all at once."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.reason}" for fault in faults))


class PartialFailureError(ProviderError):
    """The resource `identity` exists with `outputs`; `reasons` are the later failures."""

    def __init__(
        self,
        identity: str,
        outputs: Mapping[str, Any],
        inputs: Mapping[str, Any],
        reasons: Sequence[str],
    ) -> None:
        self.identity = identity
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reasons))
