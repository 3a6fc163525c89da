"""`make test-providers`: run the end-to-end tests with each AWS provider on this machine.

Exit status 0 where all passed, 1 where a test failed with one of them, 2 where there is none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from landfall.sandbox import plugins, provider_choice
from toolchain import terraform_provider

ROOT: Final = Path(__file__).parents[2]
# What the engine does with a provider; the rest of `engine` is about the engine itself.
END_TO_END: Final = ("tests/sandbox", "tests/sandbox_lifecycle", "tests/sandbox_provider")


def names(environment: Mapping[str, str]) -> list[str]:
    """Return what LANDFALL_PROVIDER is set to for each provider, best first."""
    official = plugins.official_of_user(environment)
    found = terraform_provider.all_found(environment)
    return [provider_choice.OFFICIAL] * bool(official) + [str(each) for each in found]


def command(provider: str) -> list[str]:
    """Return the pytest command for one provider."""
    # Our plugin over a Terraform provider is tested only where it is what runs.
    folders = END_TO_END[: 2 if provider == provider_choice.OFFICIAL else 3]
    options = ["-m", "engine", "--numprocesses", "4", "--dist", "loadfile"]
    return [sys.executable, "-m", "pytest", *options, "--no-loadscope-reorder", *folders]


def run_each(
    providers: Iterable[str], run: Callable[[str], int], clock: Callable[[], float] = time.monotonic
) -> tuple[int, list[str]]:
    """Run the tests with each provider; return the status, and a line about each."""
    status, lines = 0, []
    for provider in providers:
        began = clock()
        failed = run(provider) != 0
        status = status or int(failed)
        lines.append(f"{provider}  {'failed' if failed else 'passed'}  {clock() - began:.0f} s")
    return status, lines


def _pytest(provider: str) -> int:
    print(f"Provider {provider}", flush=True)
    environment = {**os.environ, plugins.VARIABLE: provider, "PYTHONHASHSEED": "0"}
    return subprocess.run(command(provider), cwd=ROOT, env=environment, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """Run from the command line: with the providers named, or with all."""
    providers = list(arguments) or names(os.environ)
    if not providers:
        print("No AWS provider is on this machine: see `make provider`.", file=sys.stderr)
        return 2
    status, lines = run_each(providers, _pytest)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
