"""Change, preview, apply and refresh a stack as the builds of its own pipelines, with nothing else.

`python -m tests.sandbox.own_delivery prod` builds the stack as the management administrator,
changes it, and goes on as CodeBuild does in the delivery account: with the sessions of the
pipelines' own roles, which become `provision-STACK-read` and `provision-STACK-apply`. It prints
what each step said, who called AWS, and what the roles used and were denied.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landfall.rehearsal.sandbox import Sandbox
from tests.sandbox import provisioning
from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.interrupting import request_log

# A change of a role in each member account.
CHANGE = ("requireMfa: true", "requireMfa: true\n        sessionHours: 2")
_REGION = "eu-west-1"


@dataclass
class Delivery:
    """The builds of a stack's own pipelines; `hub` is the delivery account.

    `callers` counts the requests of each role in the steps so far, `said` is their output.
    """

    project: Project
    hub: str
    callers: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def change(self) -> str:
        """Change the stack file, plan and apply as the pipeline does; return the plan's summary."""
        stack = self.project.stack
        self.project.edit(*CHANGE)
        planned = self.step(f"provision-{stack}-plan", "plan")
        digest = planned.split("sha256 ")[1].split()[0]
        self.step(f"provision-{stack}-apply", "apply", "--sha256", digest)
        return planned

    def refresh(self) -> str:
        """Refresh as the daily pipeline does; raises `AssertionError` if there is drift."""
        return self.step(f"drift-{self.project.stack}-check", "drift")

    def preview(self) -> str:
        """Plan as the pipeline does."""
        return self.step(f"provision-{self.project.stack}-plan", "plan")

    def step(self, build: str, command: str, *options: str) -> str:
        """Run a command of `landfall` as one build; raises `AssertionError` if it fails."""
        described, session = self._begun(build)
        if role := described.get("ROLE"):
            options = ("--role", role, *options)
        before = len(request_log(self.project).read_text())
        done = provisioning.run(self.project, session, command, "-s", self.project.stack, *options)
        said = f"As {build}: landfall {command} {' '.join(options)}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, f"status {done.returncode}\n{said}"
        self.said.append(said)
        self.callers += _callers(request_log(self.project).read_text()[before:])
        return done.stdout

    def _begun(self, build: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return a build's variables, and the credentials of the profile in its buildspec."""
        codebuild = self.project.aws("codebuild", self.hub)
        (made,) = codebuild.batch_get_projects(names=[build])["projects"]
        variables = {
            each["name"]: each["value"] for each in made["environment"]["environmentVariables"]
        }
        environment = self.project.environment
        own = self.project.aws("sts").get_caller_identity()["Account"]
        sandbox = Sandbox(environment["AWS_ENDPOINT_URL"], own)
        service = (
            "codebuild.amazonaws.com",
            made["arn"],
            made["serviceRole"],
            "build",
            self.hub,
            _REGION,
        )
        session = sandbox.assumed(
            sandbox.of_service(*service), variables["ROLE_ARN"], "build", _REGION
        )
        return variables, {
            "AWS_ACCESS_KEY_ID": session.key,
            "AWS_SECRET_ACCESS_KEY": session.secret,
            "AWS_SESSION_TOKEN": session.token or "",
        }


def _callers(log: str) -> Counter[str]:
    """Return how many requests each role, or user, made."""
    return Counter(re.findall(r" principal=(?:assumed-role/)?([^/ ]+)", log))


def main(stack: str) -> None:
    """Run every step; raises `AssertionError` with the output of the first that fails."""
    with tempfile.TemporaryDirectory(prefix="landfall-delivery-") as folder:
        project = copied(Path(folder), stack)
        try:
            _deliver(project)
        finally:
            project.run(str(BIN / "landfall"), "down", "-s", stack)


def _deliver(project: Project) -> None:
    stack = project.stack
    print(project.up().stdout)
    accounts: dict[str, Any] = project.outputs()["accounts"]
    delivery = Delivery(project, accounts["delivery"])
    delivery.refresh()
    delivery.preview()
    delivery.change()
    delivery.refresh()
    last = delivery.preview()
    print("\n".join(delivery.said))
    assert "nothing to change" in last, last
    for caller, count in sorted(delivery.callers.items()):
        print(f"{count:>6} requests of {caller}")
    for role in ("read", "apply"):
        shown = project.run(
            *(str(BIN / "landfall"), "sandbox", "access", "-s", stack),
            *("--role", f"provision-{stack}-{role}"),
            ok=False,
        )
        print(shown.stdout[-3000:])
    print(project.run(str(BIN / "landfall"), "sandbox", "access", "-s", stack).stdout)


if __name__ == "__main__":
    main(sys.argv[1])
