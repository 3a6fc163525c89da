"""The language runtimes that a test selects on CodeBuild's own images."""

from collections.abc import Mapping

from landfall.aws.codebuild.runtimes import offered

TOOLS_PYTHON = "3.13"
"""The Python version for which the tools of default tests are locked; see `python_tool.sh`."""

# Gitleaks, govulncheck and gotestsum need a newer Go than some images activate, and so may the
# `go` line of the sources.
_GO = {"golang": "1.26"}
_OF_KINDS: Mapping[str, Mapping[str, str]] = {
    "dependencies": _GO,
    "lint": _GO,
    "secrets": _GO,
    "unit": _GO,
}


def of_test(
    kind: str, image: str, own: Mapping[str, str], *, default_commands: bool
) -> dict[str, str]:
    """Return the `runtime-versions` of a test: its own, and those that default commands need.

    Images whose runtimes are not known have what they have.
    """
    known = offered(image) or {}
    ours = _OF_KINDS.get(kind, {}) if default_commands else {}
    return {**{name: each for name, each in ours.items() if each in known.get(name, ())}, **own}
