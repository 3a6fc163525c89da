"""After a first run that ended early, each resource of a stack can be looked up in AWS."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.recovery import identities
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered, registered_by, registered_by_shipped
from tests.components.everything import EVERYTHING
from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, create_account, start

# Ids that the mocks make up; a preview does not know them, and nothing is looked up with them.
_MADE_UP = re.compile(r"-id\b|permissionSet/ssoins|:graph:")


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, str]]:
    """An organization with one member account and nothing else."""
    process, sandbox = start(tmp_path_factory.mktemp("sandbox") / "server.log")
    organizations = sandbox.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    yield sandbox, create_account(organizations, "member")
    process.terminate()
    process.wait(60)


def _registered(stack: str) -> Registered:
    if stack != "everything":
        return registered_by_shipped(stack)
    settings = parse(copy.deepcopy(EVERYTHING), locations=Locations("Pulumi.test.yaml"))
    return registered_by(lambda: LandingZone(settings).exports(), accounts=True)


@pytest.mark.parametrize("stack", ["dev", "prod", "everything"])
def test_no_look_up_fails_where_nothing_is_set_up_yet(
    stack: str, early: tuple[Sandbox, str]
) -> None:
    sandbox, member = early
    asked, failed = set(), []
    for resource in _registered(stack).resources:
        inputs: dict[str, Any] = dict(resource.inputs)
        provider = Registered.account_of(resource)
        is_member = not provider.startswith("management") and bool(provider)
        key = (resource.typ, is_member)
        if not identities.is_known(resource.typ) or key in asked:
            continue
        if _MADE_UP.search(json.dumps(inputs, default=str)):
            continue
        asked.add(key)

        region = "us-east-1" if provider.endswith("us-east-1") else "eu-west-1"
        region = inputs.get("region", region)

        def client(service: str, region: str = region, is_member: bool = is_member) -> Any:
            account = member if is_member else MANAGEMENT
            return sandbox.client(service, region=region, account=account)

        try:
            identities.look_up(resource.typ, client, inputs)
        except Exception as error:
            failed.append(f"{resource.typ} by {provider or 'default'}: {error}")
    assert "\n".join(failed) == ""
    assert len(asked) > 25
