"""The bucket of the state and its keys, as boto3 sees them in the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from landfall import commands
from landfall.bootstrap.clients import Client
from landfall.bootstrap.plan import Plan
from landfall.cli import bootstrap as command
from landfall.iam import simulation
from landfall.problems import ProblemsError
from tests.bootstrap.conftest import Bootstrap
from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, create_account, trust

BUCKET = f"landfall-state-{MANAGEMENT}-eu-west-1"
KEYS = ("alias/landfall/state", "alias/landfall/secrets")
_WRITES = re.compile(r" (s3|kms|iam|sts):(?!Get|Head|List|Describe)(\w+) ")


def writes(sandbox: Sandbox) -> list[str]:
    """Return the calls so far that change something."""
    return [match[2] for match in _WRITES.finditer(sandbox.log.read_text())]


def read(sandbox: Sandbox, bucket: str, region: str = "eu-west-1") -> dict[str, Any]:
    """Return every setting of a bucket."""
    s3 = sandbox.client("s3", region=region)
    found = {
        "versioning": s3.get_bucket_versioning(Bucket=bucket)["Status"],
        "block": s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
        "ownership": s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"],
        "encryption": s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"],
        "policy": json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]),
        "lifecycle": s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
        "tags": s3.get_bucket_tagging(Bucket=bucket)["TagSet"],
        "logging": s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled"),
    }
    return found


def key(sandbox: Sandbox, alias: str, region: str = "eu-west-1") -> dict[str, Any]:
    """Return everything about the key behind an alias."""
    kms = sandbox.client("kms", region=region)
    metadata = kms.describe_key(KeyId=alias)["KeyMetadata"]
    policy = kms.get_key_policy(KeyId=metadata["KeyId"], PolicyName="default")["Policy"]
    return {
        "metadata": metadata,
        "policy": json.loads(policy),
        "rotates": kms.get_key_rotation_status(KeyId=metadata["KeyId"])["KeyRotationEnabled"],
        "tags": kms.list_resource_tags(KeyId=metadata["KeyId"])["Tags"],
    }


def everything(sandbox: Sandbox) -> dict[str, Any]:
    """Return all that bootstrap creates, without ids and times."""
    kms = sandbox.client("kms")
    found: dict[str, Any] = {name: read(sandbox, name) for name in (BUCKET, f"{BUCKET}-logs")}
    for alias in KEYS:
        found[alias] = key(sandbox, alias)
    state = found[KEYS[0]]["metadata"]["Arn"]
    for alias in KEYS:
        found[alias]["metadata"] = found[alias]["metadata"]["Description"]
    found["keys"] = len(kms.list_keys()["Keys"])
    text = json.dumps(found, default=str, sort_keys=True)
    parsed: dict[str, Any] = json.loads(text.replace(state, "KEY"))
    return parsed


def test_bootstrap_creates_bucket_and_keys_as_documented(
    sandbox: Sandbox, bootstrap: Bootstrap
) -> None:
    ran = bootstrap(tags=["cost-center=42"])
    assert set(ran.outcomes.values()) == {"created"}
    state, logs = read(sandbox, BUCKET), read(sandbox, f"{BUCKET}-logs")
    for bucket in (state, logs):
        assert bucket["versioning"] == "Enabled"
        assert set(bucket["block"].values()) == {True}
        assert bucket["ownership"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        assert bucket["policy"]["Statement"][0]["Condition"] == {
            "Bool": {"aws:SecureTransport": "false"}
        }
        assert {"Key": "cost-center", "Value": "42"} in bucket["tags"]
        (rule,) = bucket["lifecycle"]
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 365
    # Current versions of the state never expire.
    assert "Days" not in state["lifecycle"][0].get("Expiration", {})
    assert state["logging"]["TargetBucket"] == f"{BUCKET}-logs"
    (rule,) = state["encryption"]["Rules"]
    assert rule["BucketKeyEnabled"] is True
    made = key(sandbox, KEYS[0])
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": made["metadata"]["Arn"],
    }
    for alias in KEYS:
        assert key(sandbox, alias)["rotates"] is True
    assert ran.lines[-2:] == [
        f"  pulumi login 's3://{BUCKET}?region=eu-west-1'",
        "  pulumi stack init prod "
        "--secrets-provider='awskms://alias/landfall/secrets?region=eu-west-1'",
    ]


def test_next_commands_off_path_name_pulumi_by_its_path(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: None)
    command.bootstrap(region="eu-west-1")
    login, init = capsys.readouterr().out.splitlines()[-2:]
    pulumi = commands.pulumi()
    assert pulumi.endswith("/pulumi")
    assert login.startswith(f"  {pulumi} login 's3://")
    assert init.startswith(f"  {pulumi} stack init prod ")


def test_second_bootstrap_writes_nothing(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    bootstrap()
    before, made = writes(sandbox), everything(sandbox)
    assert len(before) > 15
    ran = bootstrap()
    assert set(ran.outcomes.values()) == {"unchanged"}
    assert writes(sandbox) == before
    assert everything(sandbox) == made


def test_bootstrap_after_an_interruption_resumes(
    sandbox: Sandbox, bootstrap: Bootstrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One session for all runs: loading the models of services is what takes long.
    session = boto3.Session()
    monkeypatch.setattr(boto3, "Session", lambda: session)
    before = len(writes(sandbox))
    bootstrap()
    whole, made = everything(sandbox), writes(sandbox)[before:]
    write, allowed = Client.write, [0]

    def limited(self: Client, operation: str, **arguments: Any) -> dict[str, Any]:
        if allowed[0] == 0:
            raise KeyboardInterrupt
        allowed[0] -= 1
        return write(self, operation, **arguments)

    monkeypatch.setattr(Client, "write", limited)
    cut = 0
    # Every other write: odd and even ones alike are cut off at one bucket or key or the other.
    for steps in range(0, 100, 2):
        sandbox.reset()
        allowed[0] = steps
        try:
            bootstrap()
            break
        except KeyboardInterrupt:
            cut += 1
        allowed[0] = 100
        bootstrap()
        assert everything(sandbox) == whole, f"cut after {steps} writes"
    assert cut == (len(made) + 1) // 2


def test_bootstrap_corrects_only_changed_settings(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    bootstrap()
    s3 = sandbox.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "theirs", "Value": "stays"}]})
    sandbox.client("kms").disable_key_rotation(KeyId=key(sandbox, KEYS[1])["metadata"]["KeyId"])
    before = len(writes(sandbox))
    ran = bootstrap()
    assert ran.outcomes == {
        f"key {KEYS[0]}": "unchanged",
        f"key {KEYS[1]}": "changed",
        f"bucket {BUCKET}-logs": "unchanged",
        f"bucket {BUCKET}": "changed",
    }
    assert sorted(writes(sandbox)[before:]) == [
        "EnableKeyRotation",
        "PutBucketTagging",
        "PutBucketVersioning",
    ]
    assert {"Key": "theirs", "Value": "stays"} in read(sandbox, BUCKET)["tags"]


def test_only_the_listed_principals_read_the_state(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    deploy = f"arn:aws:iam::{MANAGEMENT}:role/ci/deploy"
    ran = bootstrap(principals=[deploy])
    assert deploy in ran.lines[0]
    full = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    for alias in KEYS:
        found = key(sandbox, alias)
        for role, decision in ((deploy, "allowed"), (f"{deploy}er", "implicitDeny")):
            request = {
                "principal": role,
                "action": "kms:Decrypt",
                "resource": found["metadata"]["Arn"],
                "identityPolicies": [full],
                "resourcePolicy": found["policy"],
                "context": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
            }
            answer = simulation.answer(simulation.read(json.dumps(request)))
            assert answer["decision"] == decision, (alias, role, answer)


def test_bootstrap_without_principals_keeps_the_current_ones(
    sandbox: Sandbox, bootstrap: Bootstrap
) -> None:
    first = f"arn:aws:iam::{MANAGEMENT}:role/first"
    bootstrap(principals=[first])
    before = writes(sandbox)
    assert first in bootstrap().lines[0]
    assert writes(sandbox) == before
    other = "arn:aws:iam::444455556666:role/elsewhere"
    ran = bootstrap(principals=[first, other])
    key_arn = key(sandbox, KEYS[1])["metadata"]["Arn"]
    assert f"awskms:///{key_arn}?region=eu-west-1" in ran.lines[-1]
    granted = key(sandbox, KEYS[0])["policy"]["Statement"][1]["Principal"]["AWS"]
    assert granted == [f"arn:aws:iam::{MANAGEMENT}:root", "arn:aws:iam::444455556666:root"]


def test_a_session_stands_for_its_role(
    sandbox: Sandbox, bootstrap: Bootstrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, path = "provisioning", "/platform/people/"
    caller = sandbox.client("sts").get_caller_identity()["Arn"]
    sandbox.client("iam").create_role(
        RoleName=name, Path=path, AssumeRolePolicyDocument=trust(caller)
    )
    sandbox.client("iam").attach_role_policy(
        RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    arn = f"arn:aws:iam::{MANAGEMENT}:role{path}{name}"
    given = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    assert arn in bootstrap().lines[0]


@pytest.mark.parametrize(
    ("region", "partition", "dns"),
    [
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-east-1", "aws", "amazonaws.com"),
    ],
)
def test_every_partition_has_its_own_arns(region: str, partition: str, dns: str) -> None:
    plan = Plan(partition, MANAGEMENT, region, "state", (f"arn:{partition}:iam::1:role/a",))
    texts = [plan.key_policy("state"), plan.key_policy("secrets"), plan.logs_policy()]
    texts.append(plan.bucket_policy(f"arn:{partition}:kms:{region}:1:key/k"))
    arns = re.findall(r'"arn:([^:]*):', json.dumps(texts))
    assert set(arns) == {partition}
    via = plan.key_policy("state")["Statement"][1]["Condition"]["StringEquals"]["kms:ViaService"]
    assert via == f"s3.{region}.{dns}"


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
def test_bootstrap_works_in_every_partition(
    sandbox: Sandbox, bootstrap: Bootstrap, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    iam = sandbox.client("iam", region=region)
    iam.create_user(UserName="of-this-partition")
    partition = iam.meta.partition
    iam.attach_user_policy(
        UserName="of-this-partition",
        PolicyArn=f"arn:{partition}:iam::aws:policy/AdministratorAccess",
    )
    given = iam.create_access_key(UserName="of-this-partition")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    ran = bootstrap(region=region)
    assert set(ran.outcomes.values()) == {"created"}
    before = writes(sandbox)
    bootstrap(region=region)
    assert writes(sandbox) == before


def refused(run: Callable[[], Any]) -> ProblemsError:
    with pytest.raises(ProblemsError) as caught:
        run()
    return caught.value


def test_bucket_name_of_another_account_is_reported_before_any_creation(
    sandbox: Sandbox, bootstrap: Bootstrap
) -> None:
    organizations = sandbox.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    member = create_account(organizations, "other")
    sandbox.client("s3", account=member).create_bucket(
        Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    before = writes(sandbox)
    error = refused(lambda: bootstrap(bucket="taken"))
    assert error.exit_status == 2
    assert "taken belongs to another account" in str(error)
    assert writes(sandbox) == before


def test_bucket_in_another_region_is_reported_with_its_region(
    sandbox: Sandbox, bootstrap: Bootstrap
) -> None:
    sandbox.client("s3", region="us-east-1").create_bucket(Bucket="elsewhere")
    before = writes(sandbox)
    error = refused(lambda: bootstrap(bucket="elsewhere"))
    assert "elsewhere is in us-east-1, not in eu-west-1" in str(error)
    assert "--region us-east-1" in str(error)
    assert writes(sandbox) == before


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("kms.CreateKey", "kms:CreateKey"),
        ("kms.PutKeyPolicy", ""),
        ("s3.HeadBucket", "s3:ListBucket"),
        ("s3.PutBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("s3.PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ("s3.GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ],
)
def test_missing_permission_is_named(
    sandbox: Sandbox,
    bootstrap: Bootstrap,
    deny: Callable[[str], None],
    operation: str,
    action: str,
) -> None:
    deny(operation)
    if not action:
        bootstrap()  # it is not needed while nothing differs
        return
    error = refused(bootstrap)
    assert error.exit_status == 2
    assert len(error.problems) == 1
    assert action in str(error)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"region": "eu-west-l"}, "did you mean"),
        ({"region": "mars-north-1"}, "there is no region"),
        ({"bucket": "Not_A_Bucket"}, "--bucket"),
        ({"principals": ["deploy"]}, "--principal"),
        ({"tags": ["nothing"]}, "--tag"),
    ],
)
def test_wrong_options_are_refused(
    sandbox: Sandbox, bootstrap: Bootstrap, options: dict[str, Any], told: str
) -> None:
    error = refused(lambda: bootstrap(**options))
    assert error.exit_status == 1
    assert told in str(error)


def test_key_pending_deletion_is_not_used(sandbox: Sandbox, bootstrap: Bootstrap) -> None:
    bootstrap()
    sandbox.client("kms").schedule_key_deletion(KeyId=key(sandbox, KEYS[0])["metadata"]["KeyId"])
    assert "PendingDeletion" in str(refused(bootstrap))
