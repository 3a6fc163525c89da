"""The documents of AWS managed policies, from the sandbox's emulator if it is installed.

moto contains them as AWS published them at some date. Without moto, a report has only the policy's
name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from landfall.iam.documents import Document, DocumentError, parse


@lru_cache(maxsize=256)
def document(arn: str) -> Document | None:
    """Return the document of an AWS managed policy; None if it is unknown here."""
    head, _, name = arn.rpartition("/")
    if ":iam::aws:policy" not in head:
        return None
    known = _all().get(name)
    if known is None:
        return None
    try:
        return parse(known["Document"])
    except DocumentError:
        return None


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Any]:
    try:
        from moto.iam.aws_managed_policies import aws_managed_policies_data
    except ImportError:
        return {}
    found: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return found
