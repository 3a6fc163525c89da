"""The accounts of the shipped stacks, from the files alone: finding tests needs no blueprint."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from landfall.settings.source import read_yaml

ROOT: Final = Path(__file__).parents[2]
STACKS: Final = ("dev", "prod")


@cache
def config(stack: str) -> Any:
    """Return the config of a shipped stack; not to be changed."""
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    return read_yaml(text, f"Pulumi.{stack}.yaml")[0]["config"]


ACCOUNTS: Final = [
    (stack, account) for stack in STACKS for account in config(stack)["landfall:accounts"]
]
"""Each stack's accounts, as pairs of their names."""
