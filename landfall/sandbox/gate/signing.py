"""Services by signing name: `sso-admin` signs as `sso`.

The table is derived from botocore's models, which takes seconds, so it is stored next to this file;
`python -m landfall.sandbox.gate.signing` regenerates it, and a test compares it with botocore.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("signing.json")


@cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table


def services_signing_as(name: str) -> tuple[str, ...]:
    """Return the botocore services with this signing name, the one of the same name first."""
    return tuple(_table().get(name, (name,)))


def derive() -> dict[str, list[str]]:
    """Return signing name -> services from botocore, without services that sign as themselves."""
    from botocore.session import get_session

    loader = get_session().get_component("data_loader")
    table: dict[str, list[str]] = {}
    for service in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        name = metadata.get("signingName") or metadata["endpointPrefix"]
        table.setdefault(name, []).append(service)
    return {
        name: sorted(services, key=lambda service: (service != name, service))
        for name, services in sorted(table.items())
        if services != [name]
    }


if __name__ == "__main__":
    _TABLE.write_text(json.dumps(derive(), indent=1) + "\n", encoding="utf-8")
