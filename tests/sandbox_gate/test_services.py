"""Every file of a service is loaded: its folder with it, its look-ups with all others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx
import pytest
from botocore.session import get_session

from landfall.sandbox.gate import registry
from landfall.sandbox.twin.loading import SERVICES
from tests.suite.imports import graph

ROOM = "landfall.sandbox.services"
FOLDERS = sorted(path for path in registry.SERVICES.iterdir() if (path / "__init__.py").is_file())
MODELS = {
    registry.FOLDERS.get(name, name.replace("-", "_")): name
    for name in get_session().get_available_services()
}


def test_folders_are_named_like_botocores_services() -> None:
    assert [folder.name for folder in FOLDERS if folder.name not in MODELS] == []


def test_every_folder_is_a_package() -> None:
    modules = {file.parent for file in registry.SERVICES.rglob("*.py")}
    assert modules == set(FOLDERS)


def test_every_file_of_a_service_is_loaded_with_it() -> None:
    imports = graph()
    forgotten = set()
    for folder in FOLDERS:
        loaded = set()
        for module in (f"{ROOM}.{folder.name}.{kind}" for kind in (*registry.KINDS, "twin")):
            if module in imports:
                loaded |= {module, *networkx.descendants(imports, module)}
        files = (file for file in folder.glob("*.py") if file.stem != "__init__")
        forgotten |= {f"{ROOM}.{folder.name}.{file.stem}" for file in files} - loaded
    assert forgotten == set()


def test_every_service_with_a_loader_of_snapshots_is_loaded_with_a_twin() -> None:
    folders = {folder.name for folder in FOLDERS if (folder / "twin.py").is_file()}
    assert folders == {service.replace("-", "_") for service in SERVICES}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize(
    ("file", "of"), [("limits.py", registry.limits_of), ("additions.py", registry.addition_of)]
)
def test_limits_and_additions_are_registered_for_their_own_service(
    folder: Path, file: str, of: Callable[[str, str], object]
) -> None:
    service = MODELS[folder.name]
    registry.load(service)
    operations = get_session().get_service_model(service).operation_names
    registered = any(of(service, operation) for operation in operations)
    assert registered == (folder / file).is_file()


def test_every_file_of_look_ups_is_imported_and_named_like_its_service() -> None:
    package = "landfall.recovery.identities"
    imports = graph()
    files = {module for module in imports if module.startswith(f"{package}.")}
    assert files <= networkx.descendants(imports, package)
    names = {module.rpartition(".")[2] for module in files} - {"registry", "repeatable"}
    # `lambda` is a keyword of Python.
    assert names - {"awslambda"} <= set(MODELS)
