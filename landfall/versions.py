"""The versions of other programs that this project is built for and tested with.

`pyproject.toml`, the Go modules and the documentation repeat some of them;
`tests/packaging/test_versions.py` keeps all of them equal.
"""

from __future__ import annotations

from typing import Final

PULUMI: Final = "3.274.1"
"""The Pulumi CLI, and the image that runs Pulumi programs of applications."""

PULUMI_SDK: Final = "3.272.0"
"""The Python SDK of Pulumi programs."""

PULUMI_AWS: Final = "7.51.1"
"""The SDK of the AWS provider, and Pulumi's official plugin."""

PULUMI_POLICY: Final = "1.21.0"
"""The SDK of policy packs."""

TERRAFORM_AWS_OLDEST: Final = "5.100.0"
TERRAFORM_AWS: Final = "6.47.1"
"""The oldest and the newest of Terraform's AWS providers that both stacks are tested with."""

GO_FOR_CLI: Final = (1, 26)
GO_FOR_PROVIDER: Final = (1, 26)
"""The oldest Go, major and minor, that builds the Pulumi CLI, and Terraform's AWS provider."""
