"""`landfall up` and a `landfall env` shell under the real engine, without AWS resources."""

import io
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from landfall.problems import ProblemsError
from landfall.sandbox import engine, environment, lifecycle, plugins, state, update
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Kind, Provider
from landfall.sandbox.watching import View
from tests.sandbox_lifecycle.conftest import Said, stub, up_process

pytestmark = pytest.mark.engine
Make = Callable[..., Directories]

PROGRAM = """
import pulumi

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tiny:index:Thing", name)
        self.register_outputs({})

Thing("a"); Thing("b")
pulumi.export("greeting", pulumi.Config().require("greeting"))
pulumi.export("secret", pulumi.Output.secret("sesame"))
pulumi.export("organizationId", "o-1234567890")
pulumi.export("managementAccountId", "111111111111")
pulumi.export("accounts", {"audit": "222222222222", "orders-dev": "333333333333"})
pulumi.export("roles", {})
pulumi.export("artifactStores", {"eu-west-1": {"bucket": "artifacts", "keyArn": "arn:x"}})
pulumi.export("pipelines", {"orders-dev": "arn:y"})
"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def check(args, report):
    if args.urn.endswith("::" + "b"):
        report("no b")

PolicyPack("tiny-pack", [ResourceValidationPolicy(
    "no-b", "Nothing called b.", check, enforcement_level=EnforcementLevel.{})])
"""
SLEEPER = """
import pathlib, time
pathlib.Path("begun").touch()
time.sleep(600)
"""
# Sleeps only where the stack is locked, which a preview does not do.
UPDATING_SLEEPER = f"""
import pulumi
if not pulumi.runtime.is_dry_run():
{SLEEPER.replace(chr(10), chr(10) + "    ")}
"""


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins.pulumi_cli, "installer_obstacle", lambda: "test")


def _up(
    directories: Directories, said: Said, *, view: View | None = None, **options: object
) -> tuple[int, str]:
    screen = io.StringIO()
    view = view or View(Console(file=screen, width=100))
    status = update.run(directories, said, view, command=stub(), **options)  # type: ignore[arg-type]
    return status, screen.getvalue()


def _pack(directories: Directories, level: str) -> None:
    folder = directories.checkout / "policies"
    folder.mkdir(exist_ok=True)
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(PACK.replace("{}", level))


def test_up_twice_changes_nothing_and_keeps_the_stack_file(
    make: Make, said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    directories = make(program=PROGRAM)
    _pack(directories, "ADVISORY")
    before = directories.stack_file.read_bytes()
    files = set(directories.checkout.iterdir())
    status, screen = _up(directories, said)
    assert status == 0, screen
    assert "Stack dev is deployed in the sandbox" in screen
    assert "o-1234567890 (management account 111111111111)" in screen
    assert "2: audit, orders-dev" in screen
    assert "1: artifacts (eu-west-1)" in screen
    assert "Roles" in screen
    assert "passed (tiny-pack: 0 mandatory, 1 advisory)" in screen
    assert "3 created" in screen
    assert screen.count("make ") >= 3  # what to try next
    assert screen.count("advice: Nothing called b. no b") == 1
    assert "sesame" not in screen + capfd.readouterr().out
    assert screen.index("Preview of stack dev") < screen.index("Update of stack dev")
    status, screen = _up(directories, said)
    assert status == 0
    assert "Update of" not in screen  # the preview has shown that nothing changes
    assert "3 unchanged" in screen
    assert "created" not in screen
    assert directories.stack_file.read_bytes() == before
    assert set(directories.checkout.iterdir()) - files <= {directories.checkout / "__pycache__"}
    assert not directories.events.exists()  # it held the secret


def test_a_plain_shell_works_on_the_same_stack_and_keeps_the_stack_file(
    make: Make, said: Said
) -> None:
    directories = make(program=PROGRAM)
    before = directories.stack_file.read_bytes()
    opened = engine.open_sandbox(directories, said, command=stub())
    exports = environment.exports(
        directories, opened.server, opened.pulumi.parent, opened.provider, os.environ
    )

    def shell(line: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", f'eval "$EXPORTS"\n{line}'],
            cwd=directories.checkout,
            env={**os.environ, "EXPORTS": exports},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{line}: {done.stdout}"
        assert directories.stack_file.read_bytes() == before, line
        return done.stdout

    for line in (
        "pulumi preview -s dev",
        "pulumi up -s dev --yes --skip-preview",
        "pulumi up -s dev --yes --expect-no-changes",
        "pulumi refresh -s dev --yes",
        "pulumi stack -s dev",
        "pulumi stack ls",
        "pulumi stack export -s dev",
        "pulumi stack history -s dev --json",
        "pulumi config -s dev",
        "pulumi config get greeting -s dev",
        "pulumi about -s dev",
        "pulumi cancel -s dev --yes",
        "pulumi destroy -s dev --yes",
    ):
        shell(line)
    outputs = shell("pulumi up -s dev --yes -f && pulumi stack output -s dev --json --show-secrets")
    assert '"secret": "sesame"' in outputs
    # A change of the stack file is seen at the next command.
    before = before.replace(b"hello", b"goodbye")
    directories.stack_file.write_bytes(before)
    shell("pulumi up -s dev --yes -f")
    assert shell("pulumi stack output greeting -s dev").strip() == "goodbye"


def test_config_set_in_such_a_shell_changes_the_tracked_file(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    opened = engine.open_sandbox(directories, said, command=stub())
    opened.query("config", "set", "greeting", "hi", "--stack", "dev")
    assert "tiny:greeting: hi" in " ".join(directories.stack_file.read_text().split())
    assert "encryptionsalt" not in directories.stack_file.read_text()


def test_stack_file_with_another_salt_is_rehearsed(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    text = directories.stack_file.read_text() + "encryptionsalt: v1:AAAA:v1:BBBB:CCCC\n"
    directories.stack_file.write_text(text)
    assert _up(directories, said)[0] == 0
    assert directories.stack_file.read_text() == text


def test_failed_up_exits_1_and_the_next_run_resumes(make: Make, said: Said) -> None:
    directories = make(program="import pulumi\nraise pulumi.RunError('no such unit')\n")
    status, screen = _up(directories, said)
    assert status == 1
    assert screen.splitlines() == [
        "Preview of stack dev",
        "error: no such unit",
        "Preview failed",
    ]
    assert said[-1] == "Nothing was changed. Fix the errors, then: make up"
    (directories.checkout / "__main__.py").write_text(PROGRAM)
    assert _up(directories, said)[0] == 0


def test_mandatory_policy_stops_the_run_before_any_creation(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    _pack(directories, "MANDATORY")
    status, screen = _up(directories, said)
    assert status == 1
    assert "error [POLICY] high: Nothing called b. no b\n    on tiny:index:Thing b" in screen
    assert "refused (tiny-pack: 1 mandatory, 0 advisory)" in said.text
    assert not state.deployment(directories).get("resources")


def test_verbose_shows_the_engines_own_text(
    make: Make, said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    directories = make(program=PROGRAM)
    view = View(Console(file=io.StringIO()), verbose=True)
    assert _up(directories, said, view=view)[0] == 0
    shown = capfd.readouterr().out
    assert shown.index("Previewing update") < shown.index("Updating")


def test_preview_reports_changes_and_changes_nothing(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    screen = io.StringIO()
    assert update.preview(directories, said, View(Console(file=screen)), command=stub()) == 0
    assert "  + create 2 Thing: a, b" in screen.getvalue().splitlines()
    assert said[-1] == "Stack dev: 3 to create. To apply: make up"
    assert not state.deployment(directories).get("resources")
    assert _up(directories, said)[0] == 0
    assert update.preview(directories, said, View(Console(file=screen)), command=stub()) == 0
    assert said[-1] == "Stack dev is up to date: 3 unchanged. Nothing to apply."


def test_a_preview_that_fails_ends_with_status_one(make: Make, said: Said) -> None:
    directories = make(program="import pulumi\nraise pulumi.RunError('no such unit')\n")
    screen = io.StringIO()
    assert update.preview(directories, said, View(Console(file=screen)), command=stub()) == 1
    assert "error: no such unit" in screen.getvalue()
    assert said[-1] == "Nothing was changed. Fix the errors, then: make preview"


def test_without_a_provider_the_stack_is_only_planned(
    make: Make, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = make(program=PROGRAM)
    monkeypatch.setattr(plugins, "ensure", lambda *arguments, **named: Provider(Kind.PLAN_ONLY, ""))
    status, screen = _up(directories, said)
    assert status == 0
    assert "Stack dev previewed" in screen
    assert "3 to create" in screen
    assert said[-1].startswith(
        "Only previewed. To apply it in the sandbox, install the aws provider"
    )
    assert not state.deployment(directories).get("resources")


def test_a_hung_sandbox_is_one_clear_error(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    server = lifecycle.start(directories, said, command=stub()).server
    os.kill(server.pid, signal.SIGSTOP)
    with pytest.raises(ProblemsError, match="does not answer at") as caught:
        _up(directories, said, answer_seconds=0.3)
    assert caught.value.exit_status == 2


def test_killed_sandbox_is_created_again(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM)
    _up(directories, said)
    server = engine.attach(directories, said)
    os.kill(server.pid, signal.SIGKILL)
    psutil.Process(server.pid).wait(60)
    status, screen = _up(directories, said)
    assert status == 0
    assert "3 created" in screen


def test_a_stack_without_a_file_is_refused_with_those_there_are(make: Make, said: Said) -> None:
    directories = make("dev")
    other = Directories(directories.checkout, directories.home, "staging")
    with pytest.raises(ProblemsError) as caught:
        engine.open_sandbox(other, said, command=stub())
    assert "Pulumi.staging.yaml" in str(caught.value)
    assert "stacks here: dev" in str(caught.value)
    assert not other.root.exists()


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited for 60 s"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_the_engine_and_prints_how_to_resume(
    make: Make, said: Said, tmp_path: Path, number: signal.Signals
) -> None:
    directories = make(program=SLEEPER)
    running = up_process(directories, tmp_path / "output", stub())
    _until((directories.checkout / "begun").exists)
    running.send_signal(number)
    assert running.wait(30) == 130
    text = (tmp_path / "output").read_text()
    assert (
        text.count(
            "Interrupted. Resources created so far are kept. To continue: `make up STACK=dev`"
        )
        == 1
    )
    assert "Traceback" not in text
    assert not state.locks(directories)
    (directories.checkout / "__main__.py").write_text(PROGRAM)
    assert _up(directories, said)[0] == 0


def test_up_after_a_kill_frees_the_lock_and_resumes(make: Make, said: Said, tmp_path: Path) -> None:
    directories = make(program=UPDATING_SLEEPER)
    running = up_process(directories, tmp_path / "output", stub())
    _until((directories.checkout / "begun").exists)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(30)
    (lock,) = state.locks(directories)
    os.kill(lock.pid, signal.SIGKILL)  # it is in a process group of its own
    _until(lambda: not psutil.pid_exists(lock.pid))
    (directories.checkout / "__main__.py").write_text(PROGRAM)
    status, screen = _up(directories, said)
    assert status == 0
    assert "3 created" in screen
    assert not state.locks(directories)


def test_stack_locked_by_another_engine_is_unchanged(make: Make, said: Said) -> None:
    directories = make(program=SLEEPER)
    opened = engine.open_sandbox(directories, said, command=stub())
    other = subprocess.Popen(
        [str(opened.pulumi), "up", "--yes", "--skip-preview", "--stack", "dev"],
        cwd=directories.checkout,
        env=dict(opened.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _until((directories.checkout / "begun").exists)
    with pytest.raises(ProblemsError, match=f"another pulumi .process {other.pid}. is working"):
        _up(directories, said)
    assert state.locks(directories)
    other.send_signal(signal.SIGINT)
    other.wait(30)


def test_two_ups_at_once_take_turns(
    make: Make, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = make(program=PROGRAM)
    statuses: list[int] = []
    # Signal handlers run in the main thread, so only the wait is in the other.
    monkeypatch.setattr(update, "_run", lambda *arguments: 0)
    with lifecycle.locked(directories.run_lock):
        thread = threading.Thread(target=lambda: statuses.append(_up(directories, said)[0]))
        thread.start()
        _until(lambda: "Waiting for another `landfall up` of stack dev." in said)
        assert statuses == []
    thread.join(30)
    assert statuses == [0]


def test_repeated_policy_finding_is_counted_once(tmp_path: Path) -> None:
    from landfall.sandbox.summary import read_events

    finding = {
        "policyEvent": {
            "enforcementLevel": "advisory",
            "policyName": "p",
            "resourceUrn": "urn",
            "message": "m",
        }
    }
    log = tmp_path / "events"
    log.write_text("\n".join([json.dumps(finding), json.dumps(finding), '{"policyEv']))
    assert read_events(log).findings.advisory == 1
    assert read_events(tmp_path / "none").changes == {}
