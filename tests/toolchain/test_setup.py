"""`make setup`: output, two runs at once, interruptions, and failures."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.standins import LOCK, MOMENTS, Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    yield made
    made.end()


def test_setup_of_a_fresh_checkout_says_what_takes_how_long(checkout: Checkout) -> None:
    status, said = checkout.run()
    assert status == 0, said
    lines = said.splitlines()
    assert lines[0] == (
        "Setting up: .venv takes about 5 s, the packages about 1 min, the Pulumi CLI is there"
    )
    assert lines[1].startswith("Made .venv (Python 3.")
    assert lines[-1].startswith("Setup took ")
    for step in ("virtual environment", "packages", "Pulumi CLI"):
        assert f"{step} 0." in lines[-1] or f"{step} 1." in lines[-1] or step in lines[-1]
    assert checkout.is_whole


def test_setup_of_a_whole_checkout_does_and_says_nothing(checkout: Checkout) -> None:
    checkout.run()
    before = checkout.moments()
    assert checkout.run() == (0, "")
    assert checkout.moments() == before


def test_setup_without_the_cli_says_how_long_it_may_take(checkout: Checkout) -> None:
    checkout.environment["PATH"] = "/usr/bin:/bin"
    checkout.hold("venv")
    setup = checkout.start()
    assert setup.stdout is not None
    said = setup.stdout.readline()
    assert "the Pulumi CLI about 20 s, or about 3 min where it has to be built" in said


def test_second_setup_waits_for_the_first_and_installs_nothing_again(checkout: Checkout) -> None:
    checkout.hold("installing")
    first = checkout.start()
    checkout.reach("installing")
    second = checkout.start()
    assert second.stdout is not None
    assert second.stdout.readline() == (
        "Another process is setting up this folder (installing the packages); waiting for it\n"
    )
    checkout.release("installing")
    assert first.communicate(timeout=120)[0]
    said, _ = second.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Installing the packages" not in said
    assert checkout.moments().count("installing") == 1
    assert checkout.is_whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", MOMENTS)
def test_interrupted_setup_goes_on_to_a_whole_one(
    checkout: Checkout, moment: str, number: signal.Signals
) -> None:
    said = checkout.stop_at(moment, number)
    assert "Traceback" not in said
    if number != signal.SIGKILL:
        assert said.endswith("Interrupted; `make setup` continues from here.\n")
    assert not checkout.is_whole
    status, said = checkout.run()
    assert status == 0, said
    assert checkout.is_whole
    # What was whole is not made again.
    assert checkout.moments().count("itself") == (2 if moment == "itself" else 1)
    assert checkout.run() == (0, "")


def test_setup_whose_parent_alone_is_killed_keeps_others_waiting(checkout: Checkout) -> None:
    checkout.hold("installing")
    first = checkout.start()
    checkout.reach("installing")
    first.kill()  # pip goes on
    first.wait()
    second = checkout.start()
    assert second.stdout is not None
    assert second.stdout.readline().startswith("Another process is setting up this folder")
    checkout.release("installing")
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 0, said
    assert checkout.is_whole


def test_interrupted_change_of_the_lock_is_not_taken_for_the_old_one(checkout: Checkout) -> None:
    checkout.run()
    old = checkout.stamps
    lock = checkout.folder / "requirements.lock"
    lock.write_text(LOCK.replace("alpha", "delta").replace("beta", "epsilon"))
    checkout.stop_at("installing", signal.SIGKILL)
    assert checkout.stamps == [".landfall-unfinished"]
    lock.write_text(LOCK)
    status, said = checkout.run()
    assert status == 0, said
    assert checkout.stamps == old
    assert checkout.is_whole


def test_setup_with_a_new_lock_keeps_the_environment(checkout: Checkout) -> None:
    checkout.run()
    (checkout.folder / "requirements.lock").write_text(LOCK.replace("alpha", "delta"))
    status, said = checkout.run()
    assert status == 0
    assert "Keeping .venv" in said
    assert checkout.moments().count("venv") == 1


def test_setup_without_the_record_of_the_toolchain_writes_it_again(checkout: Checkout) -> None:
    checkout.run()
    (checkout.folder / ".landfall" / "toolchain.json").unlink()
    status, said = checkout.run()
    assert status == 0
    assert "Installing the packages" not in said
    assert checkout.is_whole


def _refused(checkout: Checkout) -> str:
    """Run a setup that is refused; return the one error that it prints."""
    status, said = checkout.run()
    assert status == 2, said
    assert said.count("error: ") == 1
    assert "Traceback" not in said
    return said.partition("error: ")[2]


def test_setup_without_python_says_so(checkout: Checkout) -> None:
    checkout.environment["PYTHON"] = "no-such-python"
    assert _refused(checkout).startswith(
        "Python 3.11, 3.12 or 3.13 is needed; `no-such-python` is missing."
    )


def test_setup_with_an_old_python_says_so(checkout: Checkout, tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    checkout.environment["PYTHON"] = str(old)
    assert f"`{old}` is Python 3.9.2." in _refused(checkout)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/usr/bin/python3: No module named venv", "lacks the module venv or ensurepip"),
        ("ensurepip is not available", "lacks the module venv or ensurepip"),
        ("Error: [Errno 28] No space left on device: '/x'", "the disk is full"),
        ("Error: something else", "Error: something else"),
    ],
)
def test_setup_that_cannot_make_an_environment_says_why(
    checkout: Checkout, words: str, sentence: str
) -> None:
    checkout.fail("venv", words)
    assert sentence in _refused(checkout).splitlines()[0]


NO_NETWORK = """\
WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError'
ERROR: Could not find a version that satisfies the requirement beta==1.0 (from versions: none)
ERROR: No matching distribution found for beta==1.0"""
NO_PROXY = "ERROR: Could not install packages due to an OSError: ... (Caused by ProxyError('x'))"
CUT_OFF = """\
ERROR: Exception:
Traceback (most recent call last):
  File "response.py", line 438, in _error_catcher
pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out."""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
READ_ONLY = "ERROR: Could not install: [Errno 30] Read-only file system: '/x/beta.py'"
CHANGED = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
OTHER = "ERROR: beta requires a different Python"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (NO_NETWORK, "the package beta 1.0 could not be downloaded"),
        (NO_PROXY, "the package beta 1.0 could not be downloaded"),
        (CUT_OFF, "the package beta 1.0 could not be downloaded"),
        (FULL, "the disk is full"),
        (READ_ONLY, "/x/beta.py cannot be written"),
        (CHANGED, "the package beta 1.0 that was downloaded is not the one"),
        (OTHER, "could not be installed: beta requires a different Python"),
    ],
)
def test_setup_that_cannot_install_says_why_and_goes_on_later(
    checkout: Checkout, words: str, sentence: str
) -> None:
    checkout.fail("pip", words)
    said = _refused(checkout)
    assert sentence in said.splitlines()[0]
    if "downloaded" in sentence and words != CHANGED:
        assert "The package index, or the proxy to it, must be reachable" in said
    assert words.splitlines()[-1] in (checkout.folder / ".landfall" / "setup.log").read_text()
    checkout.succeed("pip")
    assert checkout.run()[0] == 0
    assert checkout.is_whole


def test_setup_whose_pip_is_killed_names_the_signal(checkout: Checkout) -> None:
    checkout.kill_pip()
    assert "SIGKILL ended pip" in _refused(checkout).splitlines()[0]
    assert checkout.stamps == [".landfall-unfinished"]


def test_setup_that_cannot_write_names_the_place(checkout: Checkout) -> None:
    (checkout.folder / ".landfall").write_text("a file where the folder goes")
    assert ".landfall cannot be created or changed" in _refused(checkout)
