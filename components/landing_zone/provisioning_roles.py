"""The roles of the delivery account that the stack's own pipelines act in."""

from __future__ import annotations

from landfall.settings import Stack, naming

_BUILDS = ("preview-{0}-check", "provision-{0}-plan", "provision-{0}-apply", "drift-{0}-check")


def has_pipelines(stack: Stack) -> bool:
    """Tell whether the stack has pipelines of its own, beside roles."""
    return stack.provisioning is not None and stack.provisioning.source is not None


def artifact_roles(stack: Stack) -> list[str]:
    """Return the roles of the delivery account that use artifacts of the stack's own pipelines."""
    if not has_pipelines(stack):
        return []
    pipelines = [naming.provisioning(stack.name, part) for part in naming.PROVISIONING]
    return [
        *(f"{pipeline}-pipeline" for pipeline in pipelines),
        *(build.format(stack.name) for build in _BUILDS),
    ]
