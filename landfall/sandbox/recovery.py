"""Puts a stack right after its engine was killed, so that the next run makes nothing twice.

Three things are left behind: processes of providers, which may still be making a resource; the lock
on the stack; and operations that the state calls pending, of which nobody knows whether AWS carried
them out. `pulumi up` warns of the last and goes on, and so would make such a resource again.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from landfall.problems import refuse
from landfall.recovery import settling
from landfall.recovery.clients import Clients
from landfall.recovery.creations import half_made
from landfall.recovery.settling import Outcome, Settled
from landfall.sandbox import accounts, begun, state
from landfall.sandbox.engine import Engine
from landfall.sandbox.server_process import require_loopback

Report = Callable[[str], None]

_DYING_SECONDS = 2.0

# What an engine starts, official or ours, as it stands in a command line.
_PLUGIN_PROGRAMS = (
    "landfall.sandbox.provider",
    "pulumi-analyzer-",
    "pulumi-language-",
    "pulumi-resource-",
    "terraform-provider-",
    "toolchain.language_host",
    "toolchain/program.py",
)


def recover(engine: Engine, report: Report) -> None:
    """Clear away what a killed engine left; does nothing, fast, where all is well.

    Raises:
        ProblemsError: another engine is at work on the stack.

    """
    directories = engine.directories
    locks = state.locks(directories)
    held = _held(locks)
    if held:
        raise refuse(
            f"another pulumi (process {held[0].pid}) is working on stack {directories.stack}",
            "Wait for it to end, or interrupt it, and run this again.",
        )
    restored = state.restore(directories)
    begun.keep(directories)  # of a run that was killed before it could do so
    latest = state.deployment(directories)
    pending = bool(_open_operations(engine, latest) or half_made(latest))
    if not locks and not pending and not restored and not directories.unsettled.exists():
        return
    report("An earlier run was cut short; putting the stack right first.")
    end_orphans(engine)
    if locks:
        engine.query("cancel", "--yes", "--stack", directories.stack)
    if pending:
        settle(engine, report)
    read_again(engine)


def _held(locks: list[state.Lock]) -> list[state.Lock]:
    """Return the locks whose process lives on; one that was just killed may take a moment to go."""
    deadline = time.monotonic() + _DYING_SECONDS
    while held := [lock for lock in locks if lock.is_held()]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return held


def end_orphans(engine: Engine) -> None:
    """End the provider and program processes whose engine is gone.

    They are known by their program and by the sandbox's PULUMI_HOME in their environment. While one
    lives, AWS may yet get a request from it.
    """
    home = str(engine.directories.pulumi_home)
    orphans = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline()[:6])
            if (
                any(program in command for program in _PLUGIN_PROGRAMS)
                and process.environ().get("PULUMI_HOME") == home
            ):
                orphans.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or another user's
    for process in orphans:
        _signal(process.terminate)
    _, alive = psutil.wait_procs(orphans, timeout=3)
    for process in alive:
        _signal(process.kill)
    psutil.wait_procs(alive, timeout=3)


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        return


def settle(engine: Engine, report: Report) -> None:
    """Take what AWS has made into the state, and drop the other pending operations.

    The state is edited through `pulumi stack export` and `import`: in the engine's 3.259
    `pulumi refresh --import-pending-creates` only marks the operation. What is taken in so has no
    more than its id: `read_again` must follow, and the list of what it is to read is written before
    the state is, so that it follows even if this process is killed between the two.
    """
    stack = ("--stack", engine.directories.stack)
    exported = json.loads(engine.query("stack", "export", *stack))
    latest = exported["deployment"]
    resources: list[dict[str, Any]] = latest.setdefault("resources", [])
    present = {each["urn"] for each in resources if not each.get("delete")}
    unsure: list[str] = [*_unsettled(engine), *half_made(latest)]
    creations = []
    for operation in _open_operations(engine, latest):
        resource = operation["resource"]
        if operation["type"] != "creating":
            unsure.append(resource["urn"])
            name = resource["urn"].rpartition("::")[2]
            report(f"  {name}: cut short while {operation['type']}; read again from AWS")
        elif resource["urn"] not in present:  # else recorded as made after all
            creations.append(resource)
    settled = settling.look_up(creations, resources, _clients(engine))
    for each in settled:
        report(f"  {each.name}: {_told(each)}")
    added = settling.missing(
        [each for each in settled if each.outcome is Outcome.FOUND], creations, resources
    )
    resources += added
    unsure += [each["urn"] for each in added]
    latest["pending_operations"] = []
    engine.directories.unsettled.write_text(json.dumps(unsure), encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=engine.directories.root) as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(exported), encoding="utf-8")
        engine.query("stack", "import", *stack, "--file", str(file))
    begun.forget(engine.directories)


def _told(settled: Settled) -> str:
    """Say what comes of a resource whose creation was cut short."""
    match settled.outcome:
        case Outcome.FOUND:
            return f"AWS has made it ({settled.id}); taken over"
        case Outcome.ABSENT:
            return "AWS does not have it; it will be made"
        case Outcome.REPEATABLE:
            return "it will be made again, which is the same"
        case Outcome.HELD:
            return "the state has it by another name"
        case Outcome.UNSEARCHABLE | Outcome.UNDECIDED:
            return (
                f"nothing here can find this {settled.type} in AWS; made again it may fail, or be"
                " there twice"
            )


def _clients(engine: Engine) -> Clients:
    url = engine.server.url
    require_loopback(url)

    def session(profile: str | None, region: str | None) -> Any:
        return boto3.Session(
            accounts.ACCESS_KEY, accounts.SECRET_KEY, region_name=region or "us-east-1"
        )

    config = Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2})
    return Clients(session, url, config)


def _open_operations(engine: Engine, latest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the state calls pending, and the creations that it does not know of."""
    pending = state.pending_operations(latest)
    known = {operation["resource"]["urn"] for operation in pending}
    known |= {each["urn"] for each in latest.get("resources") or []}
    unseen = [each for each in begun.recorded(engine.directories) if each["urn"] not in known]
    return [*pending, *({"type": "creating", "resource": each} for each in unseen)]


def read_again(engine: Engine) -> None:
    """Refresh the resources of which the state is unsure."""
    latest = state.deployment(engine.directories)
    present = {each["urn"] for each in latest.get("resources") or []}
    targets = [f"--target={urn}" for urn in _unsettled(engine) if urn in present]
    if targets:
        stack = ("--stack", engine.directories.stack)
        engine.query("refresh", "--yes", "--skip-preview", *stack, *targets, timeout=600)
    engine.directories.unsettled.unlink(missing_ok=True)


def _unsettled(engine: Engine) -> list[str]:
    try:
        urns: list[str] = json.loads(engine.directories.unsettled.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return urns
