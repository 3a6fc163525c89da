"""Buildspecs of builds whose commands are in the settings, and the push of their image."""

import json
import shlex
from typing import Any, NotRequired, TypedDict

from components.computing import ComputingArgs, logins
from components.delivery import buildspecs

IMAGE_VARIABLES = ("IMAGE_DIGEST", "IMAGE_TAG", "IMAGE_URI")
"""Variables of a pushed image that later actions can use, as `#{BuildVariables.IMAGE_URI}`."""

_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM")


class PushArgs(TypedDict):
    """An image that the build pushes."""

    repository: str
    """The image repository's name."""
    dockerfile: NotRequired[str]
    """The Dockerfile's path. Default: `Dockerfile`."""
    context: NotRequired[str]
    """The folder that is built. Default: all sources."""
    container: NotRequired[str]
    """The container's name in `imagedefinitions.json`."""
    fail_on: NotRequired[str]
    """Fail for vulnerabilities of this severity or a higher one: `critical`, `high`, `medium`."""
    sbom: NotRequired[bool]
    """Write a list of the image's packages."""


class GeneratedArgs(TypedDict):
    """What a generated buildspec does."""

    commands: list[str]
    """The commands."""
    artifacts: NotRequired[list[str]]
    """Files of the artifact. Default: all."""
    push: NotRequired[PushArgs]
    """The image that is built after the commands."""


def build_spec(args: GeneratedArgs, computing: ComputingArgs, architecture: str) -> str:
    """Return a buildspec, as JSON."""
    lines = [*logins(computing), *args["commands"]]
    environment: dict[str, Any] = {"shell": "bash"}
    if "push" in args:
        lines += _push(args["push"], architecture)
        environment["exported-variables"] = list(IMAGE_VARIABLES)
    phases: dict[str, Any] = {"build": {"commands": lines}}
    if runtimes := computing.get("runtimes"):
        phases["install"] = {"runtime-versions": dict(runtimes)}
    artifacts = {"files": args.get("artifacts", ["**/*"])}
    spec = {"version": 0.2, "env": environment, "phases": phases, "artifacts": artifacts}
    return json.dumps(spec)


def _push(push: PushArgs, architecture: str) -> list[str]:
    severities = ""
    if "fail_on" in push:
        severities = " ".join(_SEVERITIES[: _SEVERITIES.index(push["fail_on"].upper()) + 1])
    values = {
        "CONTAINER": push.get("container", ""),
        "CONTEXT": push.get("context", "."),
        "DOCKERFILE": push.get("dockerfile", "Dockerfile"),
        "FAIL_ON": severities,
        "SBOM": "1" if push.get("sbom") else "",
    }
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    tools = buildspecs.python_tool("syft", architecture) if push.get("sbom") else []
    return [
        *tools,
        buildspecs.write("push.sh", buildspecs.script("push")),
        f"{variables} bash /tmp/push.sh",
        # Variables are exported by the shell of the commands, not by the script's.
        "if [ -f /tmp/image.env ]; then . /tmp/image.env; fi",
    ]
