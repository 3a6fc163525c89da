"""Functions (`aws.get_caller_identity()`), answered by Terraform's data sources."""

from __future__ import annotations

from typing import Final

from landfall.sandbox.provider.errors import InputFault, InputsError
from landfall.sandbox.provider.plugin.session import Session
from landfall.sandbox.provider.values.convert import to_pulumi, to_terraform
from landfall.sandbox.provider.values.properties import Properties

# Results with other names in newer versions: data source -> Pulumi name -> attribute.
_RESULTS: Final[dict[str, dict[str, str]]] = {"aws_region": {"region": "name"}}


def invoke(session: Session, token: str, arguments: Properties) -> Properties:
    """Answer a function; raises `InputsError` for arguments that the data source lacks."""
    function = session.catalog.function(token)
    given = dict(arguments)
    region = given.pop("region", None) if function.regional else None
    faults: list[InputFault] = []
    config = to_terraform(given, function.shape, session.assets.path, faults)
    if faults:
        raise InputsError(faults)
    configuration = session.in_region(region)
    process = session.process(configuration)
    state = process.read_data(function.name, function.block, config)
    result = to_pulumi(state, function.shape)
    for name, attribute in _RESULTS.get(function.name, {}).items():
        result.setdefault(name, state.get(attribute))
    if function.regional and "region" not in result:
        result["region"] = configuration.region
    if state.get("id") is not None:
        result["id"] = state["id"]
    return result
