"""The errors of this plugin.

ProviderError             a call cannot be answered; its text reaches the person at `pulumi`
├── InputsError           inputs that cannot be given to Terraform, each with its property path
├── TerraformError        the Terraform provider refused a call (in `terraform`)
└── PartialFailureError   the resource exists, but a later step of making or changing it failed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class ProviderError(Exception):
    """A call cannot be answered; the text says why."""


@dataclass(frozen=True, slots=True)
class InputFault:
    """One wrong input: the Pulumi property `path` (`rules[0].filter`) and the `reason`."""

    path: str
    reason: str


class InputsError(ProviderError):
    """Inputs that have no place in Terraform's schema, or not that type; all of them at once."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.reason}" for fault in faults))


class PartialFailureError(ProviderError):
    """The resource `identity` exists with `outputs`, and the `reasons` say what failed after."""

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
