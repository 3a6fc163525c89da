from __future__ import annotations

from landfall.fleet.sandboxed import short_lived
from landfall.sandbox.provider.plugin.daemon import linger


def test_provider_processes_end_soon_after_their_part() -> None:
    assert linger(short_lived({})) == 1 < linger({})


def test_users_choice_of_how_long_processes_stay_wins() -> None:
    assert linger(short_lived({"LANDFALL_PROVIDER_LINGER": "30"})) == 30
