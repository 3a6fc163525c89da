"""Raw HTTP requests to the sandbox, and botocore clients that speak a given protocol."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from tests.sandbox_gate.conftest import REGION, Sandbox

CBOR = "smithy-rpc-v2-cbor"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def send(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    service: str,
    region: str = REGION,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send the bytes unchanged, with a fake signature: the sandbox reads only its scope."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(sandbox.url).port, timeout=10)
    scope = f"AKIAIOSFODNN7EXAMPLE/20261128/{region}/{service}/aws4_request"
    sent = {
        "Content-Length": str(len(body)),
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        **(headers or {}),
    }
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, found, answer.read())


def client_speaking(sandbox: Sandbox, service: str, protocol: str) -> Any:
    """Return a client whose service model lists only one protocol, so that it must use it."""
    session = botocore.session.Session()
    loader = Loader()  # its own: sessions share theirs
    session.register_component("data_loader", loader)
    load = loader.load_service_model

    def patched(name: str, kind: str, *args: Any, **kwargs: Any) -> Any:
        model = load(name, kind, *args, **kwargs)
        if kind == "service-2":
            only = {"protocol": protocol, "protocols": [protocol]}
            model = {**model, "metadata": {**model["metadata"], **only}}
        return model

    loader.load_service_model = patched
    return session.create_client(
        service,
        region_name=REGION,
        endpoint_url=sandbox.url,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}, parameter_validation=False),
    )
