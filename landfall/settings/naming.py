"""The names of a stack's resources. Deterministic, so that documents can refer to them early."""

from __future__ import annotations

import hashlib
import re

from landfall.aws.arns import iam_arn

ROLE_PATH = "landfall/"
"""The path of every role that Landfall creates."""

MANAGEMENT = "organization/management"
"""The name of the management account next to the keys of member accounts, which have no
slash."""

LOG_BUCKETS = "landfall-logs-"
"""What the names of the log archive's buckets start with."""

PIPELINE_ROLES = (
    "pipeline",
    "build",
    "batch",
    "trigger",
    "schedule",
    "source",
    "pulumi",
    "run",
    "deploy",
    "service",
)
"""The roles of a pipeline, in the delivery account and the target account.

A stack set's has `execution` too, in each of its target accounts.
"""


def partition(region: str) -> str:
    """Return the partition that a region belongs to: `aws`, `aws-us-gov` or `aws-cn`."""
    for prefix, name in (("us-gov-", "aws-us-gov"), ("cn-", "aws-cn")):
        if region.startswith(prefix):
            return name
    return "aws"


def global_region(partition_name: str) -> str:
    """Return the region of a partition's global services, as in their requests."""
    return {"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}.get(partition_name, "us-east-1")


ARTIFACT_PREFIX = 20
"""How many characters of a pipeline's name CodePipeline puts before the keys of its artifacts."""


def pipeline(application: str, environment: str) -> str:
    """Return the name of a pipeline and of its build project.

    A name over `ARTIFACT_PREFIX` characters begins with a digest of itself, so that two pipelines
    whose names begin alike still have artifacts of their own.
    """
    name = f"{application}-{environment}"
    if len(name) <= ARTIFACT_PREFIX:
        return name
    return f"{hashlib.sha256(name.encode()).hexdigest()[:4]}-{name}"


VALIDATION = "validation"
"""Replaces the environment in the name of the pull request pipeline."""


def validation(application: str) -> str:
    """Return the name of the pipeline that builds and tests pull requests."""
    return pipeline(application, VALIDATION)


def source_tests(application: str) -> str:
    """Return the name of the role of an application's source tests.

    The names of the test projects start with it.
    """
    return f"{application}-tests"


def protected_branches(application: str) -> str:
    """Return the name of the policy that protects the branches of an application's repository."""
    return f"{application}-protected-branches"


def deployed_tests(pipeline_name: str, kind: str) -> str:
    """Return the name of the project and role that test a pipeline's deployment."""
    return f"{pipeline_name}-{kind}"


def read_role(pipeline_name: str, kind: str) -> str:
    """Return the name of the tests' read role in the target account."""
    return f"{pipeline_name}-{kind}-reads"


def pipeline_role(application: str, environment: str, part: str) -> str:
    """Return the name of a role of a pipeline; `part` is one of `PIPELINE_ROLES`."""
    return f"{pipeline(application, environment)}-{part}"


SOURCE_EVENTS = "landfall-source-events"
"""The name of the event bus for repositories of other accounts, and of the role that sends to it
from such an account."""


def source_events(repository: str) -> str:
    """Return the name of the rule that sends a repository's events on: 64 characters at most."""
    name = f"{repository}-events"
    if len(name) <= 64:
        return name
    return f"{hashlib.sha256(name.encode()).hexdigest()[:8]}-{name}"[:64]


PROVISIONING = ("preview", "provision", "drift")
"""The provisioning pipelines: for pull requests, for merged commits, for drift."""


def provisioning(stack: str, part: str) -> str:
    """Return the name of a provisioning pipeline; `part` is one of `PROVISIONING`."""
    return f"{part}-{stack}"


def provisioning_role(stack: str, part: str) -> str:
    """Return the name of the role that reads (`read`) or applies (`apply`) a stack."""
    return f"provision-{stack}-{part}"


def artifact_prefix(pipeline_name: str) -> str:
    """Return the key prefix of a pipeline's artifacts; CodePipeline truncates it."""
    return pipeline_name[:ARTIFACT_PREFIX]


def artifact_bucket(account_id: str, region: str) -> str:
    """Return the name of a region's artifact bucket; bucket names are unique across AWS."""
    return f"landfall-artifacts-{account_id}-{region}"


def package_bucket(account_id: str, region: str) -> str:
    """Return the name of a region's bucket of packaged code."""
    return f"landfall-packages-{account_id}-{region}"


TRAIL = "landfall"
"""The name of the organization's trail."""

FINDINGS = "landfall-findings"
"""The name of the findings topic."""


def findings(receivers: str | None) -> str:
    """Return the name of the topic of some receivers of findings; None is the first one."""
    return FINDINGS if receivers is None else f"{FINDINGS}-{receivers}"


BACKUP_VAULT, BACKUP_ROLE = "landfall-backups", "backup"
"""The names of the vault and of the role that backup policies may name in each account."""

SESSIONS = "session-manager"
"""The name of the role, the instance profile and the policy of instances with Session Manager."""


EXTERNAL_ACCESS, UNUSED_ACCESS = "landfall-external-access", "landfall-unused-access"
"""The names of the organization's analyzers of access."""


def log_bucket(account_id: str, region: str) -> str:
    """Return the name of the organization's log bucket."""
    return f"{LOG_BUCKETS}{account_id}-{region}"


def budget(stack: str, account: str | None) -> str:
    """Return the name of an account's budget; None is the management account."""
    about = account or "management account"  # account keys have no space
    return "-".join(part for part in ("landfall", stack, about) if part)


def topic(application: str) -> str:
    """Return the name of an application's notification topic."""
    return f"{re.sub('[^A-Za-z0-9_-]', '-', application)}-notifications"


def dashboard(application: str) -> str:
    """Return the name of the dashboard of an application."""
    return f"landfall-{application.replace('.', '-')}"


def sampling_rule(pipeline_name: str) -> str:
    """Return the name of X-Ray's sampling rule of what a pipeline deploys: 32 characters at most.

    https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
    """
    return pipeline_name[:32]


def chat_topic(application: str) -> str:
    """Return the name of an application's chat topic."""
    return f"{re.sub('[^A-Za-z0-9_-]', '-', application)}-chat"


def provisioning_topic(stack: str) -> str:
    """Return the name of the provisioning topic."""
    return f"{re.sub('[^A-Za-z0-9_-]', '-', provisioning(stack, 'provision'))}"


def state_bucket(account_id: str, region: str) -> str:
    """Return the name of the state bucket that `landfall bootstrap` creates."""
    return f"landfall-state-{account_id}-{region}"


def secret(application: str, key: str, environment: str = "") -> str:
    """Return the name of a secret: of an application's builds, or of one environment."""
    return "/".join(part for part in (application, environment, key) if part)


def role_arn(partition_name: str, account_id: str, name: str) -> str:
    """Return the ARN of a role of this project."""
    return iam_arn(partition_name, account_id, f"role/{ROLE_PATH}{name}")


def guardrail(stack: str, name: str) -> str:
    """Return the policy name of a catalogue guardrail that is a whole document."""
    return "-".join(part for part in ("landfall", stack, name) if part)


def policy(stack: str, target: str, kind: str, number: int) -> str:
    """Return the name of a target's policy, unique in its stack; a target is a unit path or `Root`.

    Policy names must be unique in the organization, which other stacks may share.
    """
    label = re.sub("[^a-z0-9-]+", ".", target.lower())
    if label != target.lower().replace("/", ".") or "." in target or len(label) > 60:
        digest = hashlib.sha256(target.encode()).hexdigest()[:6]
        label = f"{label[:60]}-{digest}"
    return "-".join(part for part in ("landfall", stack, label, kind, str(number)) if part)
