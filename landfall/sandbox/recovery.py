"""Puts a stack right after its engine was killed, so that the next run makes nothing twice.

Three things are left behind: processes of providers, which may still be making a resource; the lock
on the stack; and operations that the state calls pending, of which nobody knows whether AWS carried
them out. `pulumi up` warns of the last and goes on, and so would make such a resource again.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from landfall.problems import refuse
from landfall.sandbox import accounts, begun, identities, state
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
    pending = bool(_open_operations(engine, state.deployment(directories)))
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
    unsure: list[str] = _unsettled(engine)
    for operation in _open_operations(engine, latest):
        resource = operation["resource"]
        name = resource["urn"].rpartition("::")[2]
        if operation["type"] != "creating":
            unsure.append(resource["urn"])
            report(f"  {name}: cut short while {operation['type']}; read again from AWS")
            continue
        if any(each["urn"] == resource["urn"] and not each.get("delete") for each in resources):
            continue  # recorded as made after all
        if not identities.is_known(resource["type"]):
            report(f"  {name}: {_unfound(resource)}")
            continue
        found = _find(engine, resource, resources)
        if found is None:
            report(f"  {name}: AWS does not have it; it will be made")
            continue
        report(f"  {name}: AWS has made it ({found}); taken over")
        resources.append({**resource, "id": found, "outputs": {}})
        unsure.append(resource["urn"])
    latest["pending_operations"] = []
    engine.directories.unsettled.write_text(json.dumps(unsure), encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=engine.directories.root) as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(exported), encoding="utf-8")
        engine.query("stack", "import", *stack, "--file", str(file))
    begun.forget(engine.directories)


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


def _unfound(resource: dict[str, Any]) -> str:
    """Say what comes of a pending resource that is not looked up."""
    token = resource["type"]
    harmless = not resource.get("custom") or token.startswith("pulumi:")
    if harmless or token in identities.REPEATABLE:
        return "it will be made again, which is the same"
    return f"nothing here can find a {token} in AWS; made again it may fail, or be there twice"


def _find(engine: Engine, resource: dict[str, Any], resources: list[dict[str, Any]]) -> str | None:
    token = resource["type"]
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for each in resources:
        taken[each["type"]].add(each.get("id", ""))
    inputs = resource.get("inputs", {})
    client = _client_of(engine, resource, resources)
    return identities.look_up(token, client, inputs, taken[token])


def _client_of(
    engine: Engine, resource: dict[str, Any], resources: list[dict[str, Any]]
) -> identities.Client:
    """Return a maker of clients in the account and region where the resource belongs."""
    url = engine.server.url
    require_loopback(url)
    provider_urn = str(resource.get("provider", "")).rpartition("::")[0]
    provider = next((each for each in resources if each["urn"] == provider_urn), {})
    inputs = provider.get("inputs", {})
    region = resource.get("inputs", {}).get("region") or inputs.get("region") or "us-east-1"
    # Typed loosely: the stubs know a client only by the literal name of its service.
    session: Any = boto3.Session(accounts.ACCESS_KEY, accounts.SECRET_KEY, region_name=region)
    config = Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2})
    for role in _assumed_roles(inputs):
        sts = session.client("sts", endpoint_url=url, config=config)
        got = sts.assume_role(RoleArn=role, RoleSessionName="landfall-recovery")["Credentials"]
        session = boto3.Session(
            got["AccessKeyId"],
            got["SecretAccessKey"],
            got["SessionToken"],
            region_name=region,
        )
    last = session

    def client(service: str) -> Any:
        return last.client(service, endpoint_url=url, config=config)

    return client


def _assumed_roles(provider_inputs: dict[str, Any]) -> list[str]:
    # The engine keeps a provider's structured inputs as JSON text.
    roles = provider_inputs.get("assumeRoles") or []
    if isinstance(roles, str):
        roles = json.loads(roles)
    return [role["roleArn"] for role in roles if role.get("roleArn")]
