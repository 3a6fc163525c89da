"""Repair a stack after its engine was killed, so that the next run creates nothing twice.

A killed engine leaves three things behind: provider processes, which may still create a resource;
the lock on the stack; and pending operations in the state, with an unknown outcome in AWS.
`pulumi up` only warns about pending operations, and would create such a resource again.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from landfall.problems import refuse
from landfall.recovery import settling
from landfall.recovery.clients import RETRIES, Clients
from landfall.recovery.creations import half_made
from landfall.recovery.settling import Outcome, Settled
from landfall.sandbox import accounts, begun, first_run, orphans, state
from landfall.sandbox.engine import Engine
from landfall.sandbox.server_process import require_loopback

Report = Callable[[str], None]

_DYING_SECONDS = 2.0


def recover(engine: Engine, report: Report) -> None:
    """Clean up after a killed engine; fast if there is nothing to do.

    Raises:
        ProblemsError: another engine is working on the stack.

    """
    directories = engine.directories
    locks = state.locks(directories)
    held = _held(locks)
    if held:
        raise refuse(
            f"another pulumi (process {held[0].pid}) is working on stack {directories.stack}",
            "wait for it to end, or interrupt it, then run the command again",
        )
    restored = state.restore(directories)
    begun.keep(directories)  # for a run that was killed before it did this
    latest = state.deployment(directories)
    pending = bool(_open_operations(engine, latest) or half_made(latest))
    unsaved = directories.unsaved.exists()
    unclear = unsaved or directories.unsettled.exists()
    if not locks and not pending and not restored and not unclear:
        return
    report("An earlier run was interrupted. Repairing the stack first.")
    orphans.end(directories.pulumi_home)
    if locks:
        engine.query("cancel", "--yes", "--stack", directories.pulumi_stack)
    if unsaved:
        first_run.recover(engine, report)
        begun.forget(directories)
    elif pending:
        settle(engine, report)
    read_again(engine)


def _held(locks: list[state.Lock]) -> list[state.Lock]:
    """Return the locks whose process is alive; wait briefly for one that was just killed."""
    deadline = time.monotonic() + _DYING_SECONDS
    while held := [lock for lock in locks if lock.is_held()]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return held


def settle(engine: Engine, report: Report) -> None:
    """Import resources that AWS created into the state, and drop the other pending operations.

    The state is edited through `pulumi stack export` and `import`:
    `pulumi refresh --import-pending-creates` only marks the operation. An imported resource has
    only its id, so `read_again` must follow. Its list of resources is written before the state, so
    that it runs even if this process is killed between the two.
    """
    stack = ("--stack", engine.directories.pulumi_stack)
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
            report(f"  {name}: interrupted while {operation['type']}; reading it again from AWS")
        elif resource["urn"] not in present:  # otherwise it was recorded as created
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
    """Return what happens to a resource whose creation was interrupted."""
    match settled.outcome:
        case Outcome.FOUND:
            return f"found in AWS ({settled.id}); imported"
        case Outcome.ABSENT:
            return "not in AWS; it will be created"
        case Outcome.REPEATABLE:
            return "it will be created again, which is harmless"
        case Outcome.HELD:
            return "the state has it under another name"
        case Outcome.UNSEARCHABLE | Outcome.UNDECIDED:
            return (
                f"there is no look-up for {settled.type}; creating it again may fail or"
                " create a duplicate"
            )


def _clients(engine: Engine) -> Clients:
    url = engine.server.url
    require_loopback(url)

    def session(profile: str | None, region: str | None) -> Any:
        return boto3.Session(
            accounts.ACCESS_KEY, accounts.SECRET_KEY, region_name=region or "us-east-1"
        )

    config = Config(s3={"addressing_style": "path"}, proxies={})
    return Clients(session, url, RETRIES.merge(config))


def _open_operations(engine: Engine, latest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pending operations of the state, and creations that it does not contain."""
    pending = state.pending_operations(latest)
    known = {operation["resource"]["urn"] for operation in pending}
    known |= {each["urn"] for each in latest.get("resources") or []}
    unseen = [each for each in begun.recorded(engine.directories) if each["urn"] not in known]
    return [*pending, *({"type": "creating", "resource": each} for each in unseen)]


def read_again(engine: Engine) -> None:
    """Refresh the resources that the state does not fully know."""
    latest = state.deployment(engine.directories)
    present = {each["urn"] for each in latest.get("resources") or []}
    targets = [f"--target={urn}" for urn in _unsettled(engine) if urn in present]
    if targets:
        stack = ("--stack", engine.directories.pulumi_stack)
        engine.query("refresh", "--yes", "--skip-preview", *stack, *targets, timeout=600)
    engine.directories.unsettled.unlink(missing_ok=True)


def _unsettled(engine: Engine) -> list[str]:
    try:
        urns: list[str] = json.loads(engine.directories.unsettled.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return urns
