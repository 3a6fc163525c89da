"""Shipped stack files contain no id that was computed for their own sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall.sandbox.accounts import management_account_id, member_account_id
from landfall.sandbox.across_services.identity_center_ids import ids
from landfall.stack_files import load

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_shipped_stack_file_has_no_id_of_its_sandbox(stack: str) -> None:
    settings = load(stack, ROOT)
    management = management_account_id(stack)
    names = [account.name or key for key, account in settings.accounts.items()]
    computed = {
        management,
        *ids(management),
        *(member_account_id(management, name, ()) for name in names),
    }
    assert len(computed) == 3 + len(names)
    written = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    assert [each for each in sorted(computed) if each in written] == []
