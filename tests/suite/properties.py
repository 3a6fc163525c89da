"""How Hypothesis chooses examples: the same ones at every run, or new ones with `make fuzz`.

The suite derives each property's seed from the property itself and replays the examples kept in
`tests/examples`. No check of it reads the clock, which would make the result depend on the load.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ReadOnlyDatabase
from hypothesis.internal.conjecture import providers

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
PROFILE_VARIABLE: Final = "LANDFALL_HYPOTHESIS_PROFILE"


def register(examples: Path = EXAMPLES) -> None:
    """Register the profiles `suite` and `fuzz`, and load the one that the environment names."""
    kept = DirectoryBasedExampleDatabase(examples)
    # Where CI is set, Hypothesis derandomizes by default: each profile says what it wants.
    timeless = settings(
        settings.get_profile("default"),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.register_profile("fuzz", timeless, database=kept, print_blob=True)
    # Hypothesis accepts a database beside `derandomize` only where `derandomize` is inherited.
    derandomized = settings(timeless, derandomize=True)
    settings.register_profile("suite", derandomized, database=ReadOnlyDatabase(kept))
    profile = os.environ.get(PROFILE_VARIABLE, "suite")
    settings.load_profile(profile)
    if profile == "suite":
        _ignore_constants_of_loaded_modules()


def _ignore_constants_of_loaded_modules() -> None:
    """Draw no values from the source code of imported modules.

    Hypothesis collects the constants of all loaded modules of the project, so a property's
    examples depend on which tests ran before it in the same process. It has no setting for that.
    """
    nothing = providers.Constants()
    providers._get_local_constants = lambda: nothing
