"""Policy documents for components: IAM's JSON from plain values and Outputs.

A document with only known values is known at preview, so that the policy pack can check it
there. One unknown value makes the whole document unknown, because it is one string.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.inputs import Inputs
from landfall.blueprint.statements import VERSION, accounts_of, exactly, statement

__all__ = ["VERSION", "accounts_of", "document", "exactly", "statement"]


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
    """Return the minified policy document of these statements, in the order given."""
    return Inputs().document(statements)
