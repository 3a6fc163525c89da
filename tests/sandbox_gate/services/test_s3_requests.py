"""S3 requests as newer SDKs send them, and operations that the sandbox does not have."""

from __future__ import annotations

import base64
import inspect
import socket
import zlib
from urllib.parse import urlsplit

import pytest
from moto.core.utils import get_service_model
from moto.s3.responses import S3Response

from landfall.sandbox.services.s3.additions import ABSENT
from tests.sandbox_gate.conftest import Clients, Sandbox
from tests.sandbox_gate.wire import send

_DATA = b"a body that is sent in chunks" * 10


def crc32(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def chunked(data: bytes, trailer: str) -> bytes:
    parts = [data[at : at + 64] for at in range(0, len(data), 64)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return body + f"0\r\n{trailer}\r\n\r\n".encode()


@pytest.fixture
def bucket(aws: Clients) -> str:
    aws("s3", region="us-east-1").create_bucket(Bucket="newer-requests")
    return "newer-requests"


@pytest.mark.parametrize(
    ("algorithm", "checksum"), [("crc32", crc32(_DATA)), ("crc64nvme", "AAAAAAAAAAA=")]
)
def test_object_in_chunks_with_a_trailing_checksum_is_stored(
    sandbox: Sandbox, aws: Clients, bucket: str, algorithm: str, checksum: str
) -> None:
    answer = send(
        sandbox, "PUT", f"/{bucket}/key?x-id=PutObject",
        chunked(_DATA, f"x-amz-checksum-{algorithm}:{checksum}"), service="s3",
        headers={
            "Content-Encoding": "gzip,aws-chunked",
            "X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "X-Amz-Decoded-Content-Length": str(len(_DATA)),
            "X-Amz-Sdk-Checksum-Algorithm": algorithm.upper(),
            "X-Amz-Trailer": f"x-amz-checksum-{algorithm}",
        },
    )  # fmt: skip
    assert answer.status == 200
    assert answer.headers[f"x-amz-checksum-{algorithm}"] == checksum
    stored = aws("s3", region="us-east-1").get_object(Bucket=bucket, Key="key")
    assert stored["ContentEncoding"] == "gzip"
    assert stored["Body"].read() == _DATA


def test_settings_with_a_checksum_header_are_stored(
    sandbox: Sandbox, aws: Clients, bucket: str
) -> None:
    body = (
        b'<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
        b"<Expiration><Days>3</Days></Expiration><Filter><Prefix></Prefix></Filter><ID>x</ID>"
        b"<Status>Enabled</Status></Rule></LifecycleConfiguration>"
    )
    headers = {"Content-Type": "application/xml", "X-Amz-Checksum-Crc32": crc32(body)}
    answer = send(sandbox, "PUT", f"/{bucket}?lifecycle=", body, service="s3", headers=headers)
    assert answer.status == 200
    s3 = aws("s3", region="us-east-1")
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["Expiration"] == {"Days": 3}


def test_client_that_waits_for_100_continue_gets_it_once_and_at_once(
    sandbox: Sandbox, bucket: str
) -> None:
    scope = "AKIAIOSFODNN7EXAMPLE/20261128/us-east-1/s3/aws4_request"
    head = (
        f"PUT /{bucket}/waited HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(_DATA)}\r\nConnection: close\r\n"
        f"Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n"
        "\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(sandbox.url).port or 0), 10) as wire:
        wire.sendall(head.encode())
        # No byte of the body is sent before this answer, so the gate cannot have waited for it.
        assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(_DATA)
        answer = b"".join(iter(lambda: wire.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_buckets_come_in_pages_by_name(aws: Clients) -> None:
    s3 = aws("s3")
    for name in ("page-c", "page-a", "page-b", "other"):
        where = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    pages = s3.get_paginator("list_buckets").paginate(
        Prefix="page-", BucketRegion="eu-west-1", PaginationConfig={"PageSize": 2}
    )
    names = [[bucket["Name"] for bucket in page["Buckets"]] for page in pages]
    assert names == [["page-a", "page-b"], ["page-c"]]
    assert s3.list_buckets(BucketRegion="us-east-1")["Buckets"] == []
    (first, *_) = s3.list_buckets(MaxBuckets=1)["Buckets"]
    assert first["BucketRegion"] == "eu-west-1"
    names_of_all = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert names_of_all == ["other", "page-a", "page-b", "page-c"]


def test_request_payment_is_the_owners_until_set(aws: Clients, bucket: str) -> None:
    s3 = aws("s3", region="us-east-1")
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"


def test_subresource_that_the_sandbox_lacks_leaves_the_bucket_alone(
    sandbox: Sandbox, aws: Clients, bucket: str
) -> None:
    for query in ("metrics&id=x", "inventory&id=x", "metadataTable", "intelligent-tiering&id=x"):
        answer = send(sandbox, "DELETE", f"/{bucket}?{query}", service="s3")
        assert answer.status == 501, query
        assert b"The sandbox does not have s3:Delete" in answer.body
    aws("s3", region="us-east-1").head_bucket(Bucket=bucket)


def test_absent_operations_are_those_that_the_emulator_does_not_tell_apart() -> None:
    """The emulator distinguishes operations by the names that its handlers read."""
    handlers = {
        (kind, method): inspect.getsource(getattr(S3Response, f"_{kind}_response_{method}"))
        for kind in ("bucket", "key")
        for method in ("get", "put", "delete", "post")
    }
    model = get_service_model("s3")
    unknown = set()
    for name in model.operation_names:
        trait = model.operation_model(name).http_trait
        kind = "key" if "{Key" in trait.path else "bucket"
        handler = handlers.get((kind, trait.method.lower()), "")
        if trait.query_args and not any(f'"{query}"' in handler for query in trait.query_args):
            unknown.add(name)
    answered = {"DeleteObjects", "GetBucketRequestPayment", "PutBucketRequestPayment"}
    by_path = {"ListDirectoryBuckets", "WriteGetObjectResponse"}
    assert set(ABSENT) == (unknown - answered) | by_path
