"""Rules of encryption at rest: messages, streams, logs, secrets, images, builds, artifacts."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.rules import Severity
from policies.encryption import AT_REST, customer_key, names_aws_key
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource, is_true

customer_key("LF-LOGS-001", "log groups", {"aws:cloudwatch/logGroup:LogGroup": "kmsKeyId"})
customer_key(
    "LF-SNS-001",
    "topics",
    {"aws:sns/topic:Topic": "kmsMasterKeyId"},
    answers=controls(fsbp="SNS.1"),
)
customer_key(
    "LF-CB-001",
    "build outputs",
    {"aws:codebuild/project:Project": "encryptionKey"},
    answers=controls(fsbp="CodeBuild.3"),
)
customer_key("LF-CC-001", "repositories", {"aws:codecommit/repository:Repository": "kmsKeyId"})
customer_key("LF-CA-001", "package domains", {"aws:codeartifact/domain:Domain": "encryptionKey"})
customer_key("LF-SM-001", "secrets", {"aws:secretsmanager/secret:Secret": "kmsKeyId"})
customer_key(
    "LF-CT-001",
    "trails",
    {
        "aws:cloudtrail/trail:Trail": "kmsKeyId",
        "aws:cloudtrail/eventDataStore:EventDataStore": "kmsKeyId",
    },
    answers=controls(fsbp="CloudTrail.2", cis3="3.5", cis5="3.5"),
)
customer_key(
    "LF-ECR-001",
    "image repositories",
    {"aws:ecr/repository:Repository": "encryptionConfigurations.0.kmsKey"},
    answers=controls(fsbp="ECR.5"),
)
customer_key(
    "LF-BAK-001",
    "backup vaults",
    {
        "aws:backup/vault:Vault": "kmsKeyArn",
        "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault": "encryptionKeyArn",
    },
    answers=controls(fsbp="Backup.1"),
)
customer_key(
    "LF-LAM-001",
    "environment variables of functions",
    {"aws:lambda/function:Function": "kmsKeyArn"},
    severity=Severity.MEDIUM,
    when=lambda function: function.has("environment.variables"),
)
customer_key(
    "LF-SSM-001",
    "secure parameters",
    {"aws:ssm/parameter:Parameter": "keyId"},
    severity=Severity.MEDIUM,
    when=lambda parameter: parameter.text("type") == "SecureString",
)
customer_key(
    "LF-KIN-002",
    "video streams",
    {"aws:kinesis/videoStream:VideoStream": "kmsKeyId"},
    severity=Severity.MEDIUM,
)
customer_key(
    "LF-MSK-001",
    "Kafka clusters",
    {"aws:msk/cluster:Cluster": "encryptionInfo.encryptionAtRestKmsKeyArn"},
    severity=Severity.MEDIUM,
)


@resource_rule(
    "LF-SM-002",
    "replicas of secrets are encrypted with a customer-managed key",
    fix="Set kmsKeyId of every replica to a customer-managed key of its region.",
    types=["aws:secretsmanager/secret:Secret"],
    controls=controls(nist=AT_REST),
)
def _replica(resource: Resource) -> Iterator[Violation]:
    for path, _ in resource.items("replicas"):
        key = resource.get(f"{path}.kmsKeyId")
        if key is None or names_aws_key(key):
            yield Violation(resource, f"{path}.kmsKeyId", "does not name a customer-managed key")


@resource_rule(
    "LF-SQS-001",
    "queues are encrypted",
    fix="Set kmsMasterKeyId to a customer-managed key, or sqsManagedSseEnabled to true.",
    types=["aws:sqs/queue:Queue"],
    controls=controls(fsbp="SQS.1", nist=AT_REST),
)
def _queue(resource: Resource) -> Iterator[Violation]:
    if resource.is_set("sqsManagedSseEnabled"):
        return
    key = resource.get("kmsMasterKeyId")
    if key is None or names_aws_key(key):
        yield Violation(resource, "kmsMasterKeyId", "does not name a customer-managed key")


@resource_rule(
    "LF-KIN-001",
    "streams are encrypted with a customer-managed key",
    fix="Set encryptionType to KMS and kmsKeyId to a customer-managed key.",
    types=["aws:kinesis/stream:Stream"],
    controls=controls(fsbp="Kinesis.1", nist=AT_REST),
)
def _stream(resource: Resource) -> Iterator[Violation]:
    if resource.get("encryptionType") != "KMS":
        yield Violation(resource, "encryptionType", "is not KMS")
        return
    key = resource.get("kmsKeyId")
    if key is None or names_aws_key(key):
        yield Violation(resource, "kmsKeyId", "does not name a customer-managed key")


@resource_rule(
    "LF-FIRE-001",
    "delivery streams are encrypted",
    fix="Set serverSideEncryption.enabled to true, with a key of type CUSTOMER_MANAGED_CMK.",
    types=["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    controls=controls(fsbp="DataFirehose.1", nist=AT_REST),
)
def _delivery_stream(resource: Resource) -> Iterator[Violation]:
    if resource.has("kinesisSourceConfiguration") or resource.has("mskSourceConfiguration"):
        return  # the source's encryption applies; this property must not be set
    if not resource.is_set("serverSideEncryption.enabled"):
        yield Violation(resource, "serverSideEncryption.enabled", "is not true")


@resource_rule(
    "LF-CP-001",
    "pipelines keep artifacts under a customer-managed key",
    fix="Give every artifact store an encryptionKey of type KMS, by the key's ARN.",
    types=["aws:codepipeline/pipeline:Pipeline"],
    controls=controls(nist="SC-12 SC-28(1)"),
)
def _artifact_stores(resource: Resource) -> Iterator[Violation]:
    for path, _ in resource.items("artifactStores"):
        key = resource.get(f"{path}.encryptionKey.id")
        if key is None or names_aws_key(key):
            yield Violation(
                resource, f"{path}.encryptionKey.id", "does not name a customer-managed key"
            )


@resource_rule(
    "LF-CB-006",
    "builds encrypt artifacts and logs",
    fix="Remove encryptionDisabled.",
    types=["aws:codebuild/project:Project"],
    controls=controls(fsbp="CodeBuild.3", nist=AT_REST),
)
def _build_outputs(resource: Resource) -> Iterator[Violation]:
    places = ["artifacts", "logsConfig.s3Logs"]
    places += [path for path, _ in resource.items("secondaryArtifacts")]
    for place in places:
        if is_true(resource.get(f"{place}.encryptionDisabled")):
            yield Violation(resource, f"{place}.encryptionDisabled", "is true")


@resource_rule(
    "LF-CB-007",
    "exported test reports are encrypted with a customer-managed key",
    fix="Set exportConfig.s3Destination.encryptionKey to the ARN of a customer-managed KMS key, "
    "and remove encryptionDisabled.",
    types=["aws:codebuild/reportGroup:ReportGroup"],
    severity=Severity.MEDIUM,
    controls=controls(fsbp="CodeBuild.7", nist="SC-12 SC-28(1)"),
)
def _reports(resource: Resource) -> Iterator[Violation]:
    if resource.get("exportConfig.type") != "S3":
        return
    place = "exportConfig.s3Destination"
    if is_true(resource.get(f"{place}.encryptionDisabled")):
        yield Violation(resource, f"{place}.encryptionDisabled", "is true")
    key = resource.get(f"{place}.encryptionKey")
    if key is None or names_aws_key(key):
        yield Violation(resource, f"{place}.encryptionKey", "does not name a customer-managed key")


@resource_rule(
    "LF-ECR-002",
    "image tags are immutable",
    fix="Set imageTagMutability to IMMUTABLE, so that a tag always names the tested image.",
    types=["aws:ecr/repository:Repository"],
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="ECR.2", nist="CM-8 SI-7"),
)
def _image_tags(resource: Resource) -> Iterator[Violation]:
    if not resource.text("imageTagMutability", "MUTABLE").startswith("IMMUTABLE"):
        yield Violation(resource, "imageTagMutability", "is not IMMUTABLE")


@resource_rule(
    "LF-ATH-001",
    "query results are encrypted",
    fix="Set encryptionConfiguration of resultConfiguration, with SSE_KMS and your key.",
    types=["aws:athena/workgroup:Workgroup"],
    severity=Severity.MEDIUM,
    controls=controls(fsbp="Athena.1", nist=AT_REST),
)
def _query_results(resource: Resource) -> Iterator[Violation]:
    path = "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"
    if resource.get("configuration") is not None and resource.get(path) is None:
        yield Violation(resource, path, "is not set")
