"""The table of roles in the documentation matches the blueprint."""

from __future__ import annotations

import re
from pathlib import Path

from landfall import stack_files
from landfall.blueprint.stack import blueprint
from landfall.settings import keys, naming

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "deliver-the-landing-zone.md"
STACK = "dev"


def rows() -> list[tuple[str, str]]:
    """Return each role of the table, for one stack, and where it says that the role is."""
    text = PAGE.read_text(encoding="utf-8")
    found = []
    for names, where in re.findall(r"^\| (`.*?) \| (.*?) \| .* \|$", text, re.MULTILINE):
        found += [(each.replace("STACK", STACK), where) for each in re.findall("`(.*?)`", names)]
    return found


def test_table_of_roles_names_the_builds_and_acting_roles_of_the_blueprint() -> None:
    stack = stack_files.load(STACK, ROOT)
    places = {
        "delivery account": [stack.delivery_account],
        "management account": [naming.MANAGEMENT],
        "every account": [naming.MANAGEMENT, *stack.accounts],
    }
    told = {(account, name) for name, where in rows() for account in places[where]}
    found = {
        (each.account, each.role.name)
        for each in blueprint(stack).roles
        if each.setting == (keys.PROVISIONING,)
        and not each.role.name.endswith(("-pipeline", "-trigger"))
    }
    assert told == found
