import boto3
from moto.core.utils import get_pagination_model

from landfall import service_models


def test_sessions_read_each_service_model_once() -> None:
    service_models.share()

    first, second = boto3.Session(), boto3.Session()

    loaders = [session._session.get_component("data_loader") for session in (first, second)]
    assert loaders[0] is loaders[1]
    assert first._session.get_service_data("sts") is second._session.get_service_data("sts")


def test_models_of_the_emulator_are_not_those_of_clients() -> None:
    service_models.share()
    clients = boto3.Session()._session.get_component("data_loader")

    assert service_models._of_the_emulator() is not clients
    assert get_pagination_model("iam")["ListRoles"]["result_key"] == "Roles"
