"""The tags of a bucket, through S3 and through S3 Control, are the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of
from tests.sandbox_gate.wire import Answer, send

_ARN = "arn:aws:s3:::tagged-by-both"
_WHERE = {"AccountId": MANAGEMENT, "ResourceArn": _ARN}


def tags_of(answer: Any, name: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer[name]}


@pytest.fixture
def bucket(aws: Clients) -> str:
    aws("s3", region="us-east-1").create_bucket(Bucket="tagged-by-both")
    return "tagged-by-both"


def test_bucket_tags_through_both_apis_are_the_same(aws: Clients, bucket: str) -> None:
    s3, control = aws("s3", region="us-east-1"), aws("s3control")
    assert control.list_tags_for_resource(**_WHERE)["Tags"] == []
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert tags_of(control.list_tags_for_resource(**_WHERE), "Tags") == {"a": "1"}
    control.tag_resource(**_WHERE, Tags=[{"Key": "b", "Value": "2"}])
    assert tags_of(s3.get_bucket_tagging(Bucket=bucket), "TagSet") == {"a": "1", "b": "2"}
    control.untag_resource(**_WHERE, TagKeys=["a", "never"])
    assert tags_of(s3.get_bucket_tagging(Bucket=bucket), "TagSet") == {"b": "2"}
    control.untag_resource(**_WHERE, TagKeys=["b"])
    assert error_of(s3.get_bucket_tagging, Bucket=bucket)[0] == "NoSuchTagSet"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ResourceArn": "arn:aws:s3:::no-such-bucket"}, "NoSuchResource"),
        ({"ResourceArn": _ARN.replace("arn:aws:", "arn:aws-cn:")}, "NoSuchResource"),
        ({"AccountId": "999988887777"}, "AccessDenied"),
    ],
)
def test_resource_of_nobody_or_others_is_refused(
    aws: Clients, bucket: str, change: dict[str, str], code: str
) -> None:
    control = aws("s3control")
    assert error_of(control.list_tags_for_resource, **{**_WHERE, **change})[0] == code
    assert error_of(control.untag_resource, **{**_WHERE, **change}, TagKeys=["a"])[0] == code


def test_bucket_of_another_account_is_refused(aws: Clients, member: str, bucket: str) -> None:
    control = aws("s3control", account=member)
    where = {"AccountId": member, "ResourceArn": _ARN}
    assert error_of(control.list_tags_for_resource, **where)[0] == "AccessDenied"


@pytest.mark.parametrize("keys", [["aws:mine"], ["a", "a"]])
def test_reserved_and_repeated_keys_are_refused(aws: Clients, bucket: str, keys: list[str]) -> None:
    tags = [{"Key": key, "Value": ""} for key in keys]
    assert error_of(aws("s3control").tag_resource, **_WHERE, Tags=tags)[0] == "InvalidTag"


def control(sandbox: Sandbox, method: str, path: str, body: bytes = b"") -> Answer:
    headers = {"Host": f"{MANAGEMENT}.localhost:80", "X-Amz-Account-Id": MANAGEMENT}
    return send(sandbox, method, path, body, service="s3", headers=headers)


def test_go_requests_with_an_encoded_arn_are_taken(sandbox: Sandbox, bucket: str) -> None:
    path = f"/v20180820/tags/arn%3Aaws%3As3%3A%3A%3A{bucket}"
    body = (
        b'<TagResourceRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"><Tags>'
        b"<Tag><Key>x</Key><Value>y</Value></Tag></Tags></TagResourceRequest>"
    )
    assert control(sandbox, "POST", path, body).status == 204
    listed = control(sandbox, "GET", path)
    assert listed.status == 200
    assert b"<Key>x</Key><Value>y</Value>" in listed.body
    assert control(sandbox, "DELETE", f"{path}?tagKeys=x").status == 204
    assert b"<Key>" not in control(sandbox, "GET", path).body


def test_bucket_created_with_tags_has_them(aws: Clients) -> None:
    s3 = aws("s3")
    where = {"LocationConstraint": "eu-west-1", "Tags": [{"Key": "k", "Value": "v"}]}
    s3.create_bucket(Bucket="born-with-tags", CreateBucketConfiguration=where)
    assert tags_of(s3.get_bucket_tagging(Bucket="born-with-tags"), "TagSet") == {"k": "v"}


def test_bucket_created_again_has_no_tags_of_the_last_one(aws: Clients, bucket: str) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert error_of(s3.get_bucket_tagging, Bucket=bucket)[0] == "NoSuchTagSet"
