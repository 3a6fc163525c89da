"""States of a small stack, in a backend that can stop before or after each change."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from landfall.blueprint import foundation_outputs, parts
from landfall.blueprint.parts import Part
from landfall.fleet.moving import resources, states
from landfall.fleet.moving.preparing import Prepared
from landfall.fleet.moving.resources import Registered
from landfall.fleet.moving.states import Exported
from landfall.problems import refuse
from landfall.settings import Stack
from tests.fleet.stacks import stack_of

ROOT = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:aws"
ACCOUNT = "landfall:account:Account"
MEMBER = "aws:organizations/account:Account"
ROLE = "aws:iam/role:Role"
SECRET = "4dabf18193072939515e22adb298388d"


class Killed(BaseException):
    """The process ends here."""


def uncut() -> Stack:
    """Return the stack without landfall:fleet."""
    stack = stack_of().model_copy(update={"fleet": None})
    stack.__dict__.pop("_computed", None)
    return stack


def program(stack: Stack, part: Part) -> list[Registered]:
    """Return what the program of a part registers: accounts, and a role in each."""
    prefix = f"urn:pulumi:{part.stack_of(stack.name)}::landfall"
    root = f"{prefix}::{ROOT}::landfall-{part.stack_of(stack.name)}"
    found = [Registered(root, ROOT), Registered(f"{prefix}::{PROVIDER}::default_7", PROVIDER)]
    for account in stack.accounts:
        component = f"{prefix}::{ACCOUNT}::{account}"
        provider = Registered(f"{prefix}::{PROVIDER}::{account}", PROVIDER)
        if part.foundation:
            below = f"{prefix}::{ACCOUNT}$"
            provider = Registered(f"{below}{PROVIDER}::{account}", PROVIDER, component)
            found += [
                Registered(component, ACCOUNT, root),
                Registered(f"{below}{MEMBER}::{account}", MEMBER, component),
            ]
        if part.holds(account):
            found += [provider, Registered(f"{prefix}::{ROLE}::{account}-role", ROLE, root)]
    return found


def state(stack: Stack, part: Part, *, salt: str = "one") -> Exported:
    """Return the state of a part as its own `up` would leave it."""
    found: list[dict[str, Any]] = []
    for each in program(stack, part):
        name = each.key[1]
        resource: dict[str, Any] = {"urn": each.urn, "type": each.type, "custom": ":" in each.type}
        if each.parent:
            resource["parent"] = each.parent
        if each.type == ROOT:
            resource["outputs"] = outputs(stack, part)
        elif each.type == PROVIDER:
            resource["id"] = f"id-of-{name}"
        elif each.type == ROLE:
            account = name.removesuffix("-role")
            provider = next(p for p in found if p["type"] == PROVIDER and _name(p) == account)
            member = next(
                (m["urn"] for m in found if m["type"] == MEMBER and _name(m) == account), ""
            )
            resource |= {
                "id": name,
                "provider": f"{provider['urn']}::{provider['id']}",
                "dependencies": [member] if member else [],
                "outputs": {"secret": {SECRET: "1b", "ciphertext": f"{salt}:{name}"}},
            }
        elif each.type == MEMBER:
            resource |= {"id": f"id-{name}", "provider": f"{found[1]['urn']}::{found[1]['id']}"}
        found.append(resource)
    deployment = {"secrets_providers": {"type": "passphrase", "state": {"salt": salt}}}
    return {"version": 3, "deployment": {**deployment, "resources": found}}


def outputs(stack: Stack, part: Part) -> dict[str, Any]:
    """Return the outputs of the program of a part."""
    found: dict[str, Any] = {}
    if part.foundation:
        found["accounts"] = {name: f"id-{name}" for name in stack.accounts}
    if part.foundation and not part.is_whole:
        found[foundation_outputs.NAME] = {
            "version": foundation_outputs.VERSION,
            "accounts": found["accounts"],
            "slices": foundation_outputs.slices(stack),
        }
    return found


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def prepare(stack: Stack, sources: Mapping[str, Exported]) -> Prepared:
    """Return the new states, as programs register their resources."""
    base = sources[stack.name]
    root = next(each for each in states.resources(base) if each["type"] == ROOT)
    found, by_name = {}, {}
    earlier = {name: states.resources(each) for name, each in sources.items()}
    for part in sorted(parts.parts(stack), key=lambda part: part.foundation):
        name = part.stack_of(stack.name)
        placed = resources.place(earlier, program(stack, part), root)
        assert not placed.problems
        placed.resources[0]["outputs"] = outputs(stack, part)
        by_name[name] = part
        found[name] = states.with_resources(base, list(placed.resources))
    return Prepared(by_name, found)


class Backend:
    """A backend in memory; `dies_at` counts the places, two at each change, of which one kills."""

    def __init__(self, content: dict[str, Exported]) -> None:
        self.content = content
        self.places, self.dies_at = 0, 0
        self.locked = ""
        self.plain: list[str] = []

    def listed(self) -> dict[str, str]:
        return dict.fromkeys(self.content, "")

    def read(self, stack: str, *, secrets: bool = False) -> Exported:
        if secrets:
            self.plain.append(stack)
        return copy.deepcopy(self.content[stack])

    def write(self, stack: str, exported: Mapping[str, Any]) -> None:
        self._reach()
        assert stack in self.content
        if stack == self.locked:
            raise refuse(f"another run has locked the state of stack {stack}")
        foreign = [
            each["urn"]
            for each in exported["deployment"]["resources"]
            if not each["urn"].startswith(f"urn:pulumi:{stack}::")
        ]
        assert not foreign
        self.content[stack] = json.loads(json.dumps(exported))
        self._reach()

    def create(self, part: Part) -> None:
        self._reach()
        assert part.stack_of("big") not in self.content
        self.content[part.stack_of("big")] = {"version": 3, "deployment": {}}
        self._reach()

    def remove(self, stack: str) -> None:
        self._reach()
        assert not states.resources(self.content[stack])
        del self.content[stack]
        self._reach()

    def _reach(self) -> None:
        self.places += 1
        if self.places == self.dies_at:
            raise Killed

    def owned(self) -> Iterator[tuple[str, str]]:
        """Yield the stack and the name of each resource in AWS."""
        for stack, exported in self.content.items():
            for each in states.resources(exported):
                if each["type"] in (MEMBER, ROLE):
                    yield stack, _name(each)
