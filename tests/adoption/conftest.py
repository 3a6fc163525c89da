"""A sandbox server, and an environment in which boto3 sees nothing else."""

from __future__ import annotations

from tests.bootstrap.conftest import deny, sandbox, server

__all__ = ["deny", "sandbox", "server"]
