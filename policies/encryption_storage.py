"""Rules of encryption at rest: disks, file systems, databases, caches and search domains."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.rules import Severity
from policies.encryption import AT_REST, customer_key, flag, names_aws_key
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource, is_true

flag(
    "LF-EBS-001",
    "volumes are encrypted",
    {
        "aws:ebs/volume:Volume": "encrypted",
        "aws:ebs/snapshotCopy:SnapshotCopy": "encrypted",
    },
    controls(fsbp="EC2.3", cis3="2.2.1", cis5="5.1.1", nist=AT_REST),
)
flag(
    "LF-RDS-001",
    "databases are encrypted",
    {"aws:rds/instance:Instance": "storageEncrypted"},
    controls(fsbp="RDS.3", cis3="2.3.1", cis5="2.2.1", nist=AT_REST),
    # A replica has the encryption of its source.
    when=lambda instance: not instance.has("replicateSourceDb"),
)
flag(
    "LF-RDS-002",
    "database clusters are encrypted",
    {
        "aws:rds/cluster:Cluster": "storageEncrypted",
        "aws:docdb/cluster:Cluster": "storageEncrypted",
        "aws:neptune/cluster:Cluster": "storageEncrypted",
    },
    controls(fsbp="RDS.27 DocumentDB.1 Neptune.1", nist=AT_REST),
    # Aurora Serverless v1 and a secondary of a global database are always encrypted, or as their
    # source is.
    when=lambda cluster: (
        cluster.text("engineMode") != "serverless"
        and not cluster.has("replicationSourceIdentifier")
    ),
)
customer_key(
    "LF-DDB-001",
    "tables",
    {
        "aws:dynamodb/table:Table": "serverSideEncryption.kmsKeyArn",
        "aws:dynamodb/tableReplica:TableReplica": "kmsKeyArn",
    },
)
flag(
    "LF-DDB-002",
    "DynamoDB Accelerator clusters are encrypted",
    {"aws:dax/cluster:Cluster": "serverSideEncryption.enabled"},
    controls(fsbp="DynamoDB.3", nist=AT_REST),
)
flag(
    "LF-EFS-001",
    "file systems are encrypted",
    {"aws:efs/fileSystem:FileSystem": "encrypted"},
    controls(fsbp="EFS.1", cis3="2.4.1", cis5="2.3.1", nist=AT_REST),
)
customer_key(
    "LF-FSX-001",
    "FSx file systems",
    {
        "aws:fsx/lustreFileSystem:LustreFileSystem": "kmsKeyId",
        "aws:fsx/windowsFileSystem:WindowsFileSystem": "kmsKeyId",
        "aws:fsx/ontapFileSystem:OntapFileSystem": "kmsKeyId",
        "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "kmsKeyId",
    },
    severity=Severity.MEDIUM,
    level="advisory",
)
flag(
    "LF-RS-001",
    "warehouses are encrypted",
    {"aws:redshift/cluster:Cluster": "encrypted"},
    controls(fsbp="Redshift.10", nist=AT_REST),
)
customer_key(
    "LF-RS-002",
    "serverless warehouses",
    {"aws:redshiftserverless/namespace:Namespace": "kmsKeyId"},
    answers=controls(fsbp="RedshiftServerless.4"),
    severity=Severity.MEDIUM,
)
flag(
    "LF-EC-001",
    "caches are encrypted at rest",
    {"aws:elasticache/replicationGroup:ReplicationGroup": "atRestEncryptionEnabled"},
    controls(fsbp="ElastiCache.4", nist=AT_REST),
)
customer_key(
    "LF-EC-002",
    "serverless caches and MemoryDB clusters",
    {
        "aws:elasticache/serverlessCache:ServerlessCache": "kmsKeyId",
        "aws:memorydb/cluster:Cluster": "kmsKeyArn",
    },
    severity=Severity.MEDIUM,
    level="advisory",
)
flag(
    "LF-OS-001",
    "search domains are encrypted at rest",
    {
        "aws:opensearch/domain:Domain": "encryptAtRest.enabled",
        "aws:elasticsearch/domain:Domain": "encryptAtRest.enabled",
    },
    controls(fsbp="OpenSearch.1 ES.1", nist=AT_REST),
)
customer_key(
    "LF-SAGE-001",
    "volumes of notebooks",
    {"aws:sagemaker/notebookInstance:NotebookInstance": "kmsKeyId"},
    severity=Severity.MEDIUM,
)

_INSTANCES = ("aws:ec2/instance:Instance",)
_TEMPLATES = ("aws:ec2/launchTemplate:LaunchTemplate",)


@resource_rule(
    "LF-EBS-002",
    "disks of instances are encrypted",
    fix="Set encrypted to true on every block device, or make encryption the account's default.",
    types=[*_INSTANCES, *_TEMPLATES],
    controls=controls(fsbp="EC2.3", cis3="2.2.1", cis5="5.1.1", nist=AT_REST),
)
def _block_devices(resource: Resource) -> Iterator[Violation]:
    paths = []
    if resource.type in _INSTANCES:
        paths = [p for p in ("rootBlockDevice",) if resource.get(p) is not None]
        paths += [path for path, _ in resource.items("ebsBlockDevices")]
    else:
        mappings = [f"{path}.ebs" for path, _ in resource.items("blockDeviceMappings")]
        paths = [path for path in mappings if resource.get(path) is not None]
    for path in paths:
        value = resource.get(f"{path}.encrypted")
        # If absent, the account's default or the snapshot decides; only an explicit false is wrong.
        if value is not None and not is_true(value):
            yield Violation(resource, f"{path}.encrypted", "is not true")


@resource_rule(
    "LF-EBS-003",
    "encryption of new volumes is on by default",
    fix="Set enabled to true.",
    types=["aws:ebs/encryptionByDefault:EncryptionByDefault"],
    controls=controls(fsbp="EC2.7", nist=AT_REST),
)
def _by_default(resource: Resource) -> Iterator[Violation]:
    if not is_true(resource.get("enabled", True)):
        yield Violation(resource, "enabled", "is not true")


_SNAPSHOT_COPIES = {
    "aws:rds/snapshotCopy:SnapshotCopy": "kmsKeyId",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "kmsKeyId",
}


@resource_rule(
    "LF-RDS-003",
    "copies of snapshots are encrypted with a customer-managed key",
    fix="Set kmsKeyId to the ARN of a customer-managed KMS key.",
    types=list(_SNAPSHOT_COPIES),
    severity=Severity.MEDIUM,
    controls=controls(fsbp="RDS.4", nist=AT_REST),
)
def _snapshot_copy(resource: Resource) -> Iterator[Violation]:
    path = _SNAPSHOT_COPIES[resource.type]
    value = resource.get(path)
    if value is None or names_aws_key(value):
        yield Violation(resource, path, "does not name a customer-managed key")
