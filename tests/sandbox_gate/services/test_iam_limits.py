"""Documents and principals that IAM, S3 and KMS refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust

ROOT = f"arn:aws:iam::{MANAGEMENT}:root"
ABSENT = f"arn:aws:iam::{MANAGEMENT}:role/Absent"


def _document(size: int = 0, **members: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | members
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    if size:
        pad = "arn:aws:s3:::" + "x" * (size - len(text) - len('"arn:aws:s3:::"') + len('"*"') - 0)
        return _document(**{**members, "Resource": pad})
    return text


def _role(iam: Any, name: str = "role") -> str:
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(ROOT))["Role"]["Arn"]
    return arn


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("no json", "invalid Json"),
        ("{}", "Syntax errors"),
        (_document(Principal="*"), "prohibited field Resource"),
        ('{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}', "Missing required"),
        (trust(ABSENT), f'Invalid principal in policy: "AWS":"{ABSENT}"'),
        (trust("arn:aws:iam::111122223333:nonsense/x"), "Invalid principal"),
    ],
)
def test_trust_policy_that_iam_refuses_is_refused(
    aws: Clients, document: str, message: str
) -> None:
    iam = aws("iam")
    create = {"RoleName": "new", "AssumeRolePolicyDocument": document}
    code, found = error_of(iam.create_role, **create)
    assert code == "MalformedPolicyDocument"
    assert message in found
    _role(iam)
    code, _ = error_of(iam.update_assume_role_policy, RoleName="role", PolicyDocument=document)
    assert code == "MalformedPolicyDocument"


def test_principals_that_exist_or_are_unknown_are_accepted(aws: Clients) -> None:
    iam = aws("iam")
    arn = _role(iam)
    outside = "arn:aws:iam::999999999999:role/Theirs"
    for number, principal in enumerate((arn, ROOT, MANAGEMENT, outside, "*")):
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=trust(principal))


def test_trust_policy_over_the_size_limit_is_refused(aws: Clients) -> None:
    long = trust(ROOT, StringEquals={"aws:PrincipalTag/x": "y" * 2048})
    code, _ = error_of(aws("iam").create_role, RoleName="r", AssumeRolePolicyDocument=long)
    assert code == "LimitExceeded"


def test_managed_policy_size_excludes_white_space(aws: Clients) -> None:
    iam = aws("iam")
    fits = _document(6144)
    assert len(fits) == 6144
    iam.create_policy(PolicyName="fits", PolicyDocument=json.dumps(json.loads(fits), indent=4))
    code, _ = error_of(iam.create_policy, PolicyName="large", PolicyDocument=_document(6145))
    assert code == "LimitExceeded"


def test_inline_policies_of_a_role_share_a_size_limit(aws: Clients) -> None:
    iam = aws("iam")
    _role(iam)
    put = {"RoleName": "role", "PolicyDocument": _document(6000)}
    iam.put_role_policy(PolicyName="one", **put)
    iam.put_role_policy(PolicyName="one", **put)
    assert error_of(iam.put_role_policy, PolicyName="two", **put)[0] == "LimitExceeded"


def test_identity_policy_with_a_principal_is_refused(aws: Clients) -> None:
    iam = aws("iam")
    document = _document(Principal="*")
    code, _ = error_of(iam.create_policy, PolicyName="x", PolicyDocument=document)
    assert code == "MalformedPolicyDocument"


def test_managed_policies_over_ten_of_a_role_are_refused(aws: Clients) -> None:
    iam = aws("iam")
    _role(iam)
    arns = [each["Arn"] for each in iam.list_policies(Scope="AWS", MaxItems=11)["Policies"]]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="role", PolicyArn=arn)
    code, message = error_of(iam.attach_role_policy, RoleName="role", PolicyArn=arns[10])
    assert (code, "PoliciesPerRole: 10" in message) == ("LimitExceeded", True)
    assert error_of(iam.delete_role, RoleName="role")[0] == "DeleteConflict"


def test_missing_boundary_is_refused(aws: Clients) -> None:
    code, _ = error_of(
        aws("iam").create_role,
        RoleName="r",
        AssumeRolePolicyDocument=trust(ROOT),
        PermissionsBoundary=f"arn:aws:iam::{MANAGEMENT}:policy/absent",
    )
    assert code == "NoSuchEntity"


@pytest.mark.parametrize(
    "name", ["Upper-Case", "ab", "dots..twice", "192.168.1.1", "xn--name", "name-s3alias", "-name"]
)
def test_bucket_names(sandbox: Any, name: str) -> None:
    s3 = sandbox.new_client("s3", "us-east-1")
    s3.meta.events.unregister("before-parameter-build.s3")
    assert error_of(s3.create_bucket, Bucket=name)[0] == "InvalidBucketName"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("no json", "valid JSON"),
        (_document(), "Principal"),
        (_document(Principal={"AWS": ABSENT}), "Invalid principal"),
    ],
)
def test_bucket_policies(aws: Clients, policy: str, message: str) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="with-a-policy")
    code, found = error_of(s3.put_bucket_policy, Bucket="with-a-policy", Policy=policy)
    assert code == "MalformedPolicy"
    assert message in found
    assert error_of(s3.get_bucket_policy, Bucket="with-a-policy")[0] == "NoSuchBucketPolicy"


def test_bucket_with_objects_cannot_be_deleted(aws: Clients) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="full-bucket")
    s3.put_object(Bucket="full-bucket", Key="k", Body=b"x")
    assert error_of(s3.delete_bucket, Bucket="full-bucket")[0] == "BucketNotEmpty"


def _key_policy(principal: str, action: str = "kms:*") -> str:
    return _document(Principal={"AWS": principal}, Action=action)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("no json", "not a valid policy"),
        (_key_policy(ABSENT), "invalid principals"),
        (_key_policy("arn:aws:iam::999999999999:root"), "will not allow you"),
        (_key_policy(ROOT, "kms:Decrypt"), "will not allow you"),
    ],
)
def test_key_policies(aws: Clients, policy: str, message: str) -> None:
    kms = aws("kms")
    code, found = error_of(kms.create_key, Policy=policy)
    assert code == "MalformedPolicyDocumentException"
    assert message in found
    key = kms.create_key(Policy=_key_policy(ROOT))["KeyMetadata"]["KeyId"]
    code, _ = error_of(kms.put_key_policy, KeyId=key, PolicyName="default", Policy=policy)
    assert code == "MalformedPolicyDocumentException"


def test_key_policy_lockout_is_accepted_with_the_bypass_flag(aws: Clients) -> None:
    policy = _key_policy("arn:aws:iam::999999999999:root")
    assert aws("kms").create_key(Policy=policy, BypassPolicyLockoutSafetyCheck=True)
