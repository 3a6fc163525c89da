"""Data that the emulator reads late is the same, and is not read at the start."""

from __future__ import annotations

import subprocess
import sys

from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients

_NOT_READ = """
from landfall.sandbox import server
server.prepare("111122223333", 0)
from landfall.sandbox.gate import registry
from moto.ec2.models import ec2_backends, instance_types
registry.load("ec2")
backend = ec2_backends["111122223333"]["eu-west-1"]
print("amis" in vars(backend), vars(instance_types.INSTANCE_TYPES))
print([dict(each) for each in instance_types.INSTANCE_TYPE_OFFERINGS.values()])
from moto.batch.models import EC2_INSTANCE_FAMILIES, EC2_INSTANCE_TYPES
print(len(EC2_INSTANCE_FAMILIES) > 100, "t3.micro" in EC2_INSTANCE_TYPES)
from botocore.session import get_session
session = get_session()
print(session.get_available_regions("kms", "aws-cn"), session.get_available_regions("none"))
"""


def test_data_is_not_read_before_a_request_needs_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NOT_READ], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == [
        "False {}",
        "[{}, {}, {}]",
        "True True",
        "['cn-north-1', 'cn-northwest-1'] []",
    ]


def test_instance_types_have_their_offerings_of_each_region(aws: Clients) -> None:
    ec2 = aws("ec2")

    [described] = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert described["VCpuInfo"]["DefaultVCpus"] == 2
    asked = {"Filters": [{"Name": "instance-type", "Values": ["t3.micro"]}]}
    offered = ec2.describe_instance_type_offerings(LocationType="availability-zone", **asked)
    zones = {each["Location"] for each in offered["InstanceTypeOfferings"]}
    assert zones == {f"{REGION}{zone}" for zone in "abc"}
    assert {each["LocationType"] for each in offered["InstanceTypeOfferings"]} == {
        "availability-zone"
    }


def test_images_of_aws_have_snapshots(aws: Clients) -> None:
    ec2 = aws("ec2")

    snapshots = {each["SnapshotId"] for each in ec2.describe_snapshots()["Snapshots"]}
    images = ec2.describe_images(Owners=["amazon"])["Images"]

    assert len(images) > 1000
    assert {each["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"] for each in images} <= snapshots


def test_policies_of_aws_have_their_document_and_one_id_in_all_accounts(
    aws: Clients, member: str
) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    ids = {
        aws("iam", account=each).get_policy(PolicyArn=arn)["Policy"]["PolicyId"]
        for each in (MANAGEMENT, member)
    }
    iam = aws("iam", account=member)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    read = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]

    assert len(ids) == 1
    assert read["Document"]["Statement"][0]["Effect"] == "Allow"
    assert read["IsDefaultVersion"]
