"""Take a permission of a pipeline's roles away: the rehearsal fails and names it.

`tests.sandbox.example_permissions` takes every permission of the examples' own pipelines.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.rehearsal import deployed
from tests.rehearsal.rollbacks import Application
from tests.rehearsal.small import Small
from tests.sandbox_gate.conftest import Sandbox


@dataclass(frozen=True)
class Row:
    """A permission without which an application was rehearsed, and what the rehearsal said."""

    role: str
    permission: str
    where: str
    message: str
    is_live: bool

    @property
    def passed(self) -> bool:
        """Return whether role, action and policy are named, and the first release is live."""
        said = self.message
        named = all(each in said for each in (self.permission, self.role, "policy"))
        return named and self.is_live


def without(
    server: Sandbox, made: Small, application: Application, role: str, permission: str
) -> Row:
    """Rehearse an application without one permission."""
    kept = [dict(each) for each in made.policies[role]]
    made.without(role, permission)
    try:
        course = deployed.rehearse(
            server, application.pipeline, application.sources, approve=True, minute=0.0
        )
    finally:
        made.policies[role] = kept
        made.grant(role)
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    return Row(
        role,
        permission,
        failed[0].action if failed else "",
        " ".join(failed[0].message.split()) if failed else "",
        application.live() == application.first,
    )
