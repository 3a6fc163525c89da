"""Rules of pipelines and builds: approval, rollback, no credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from landfall.rules import Severity
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource, UndecidedError, is_true, is_unknown

_PIPELINES = ("aws:codepipeline/pipeline:Pipeline",)
_PROJECTS = ("aws:codebuild/project:Project",)

# Matches the name of a variable; its value is never shown.
_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY(_ID)?|PRIVATE_?KEY|CREDENTIALS?)$",
    re.IGNORECASE,
)
# AWS's own access keys, GitHub's, GitLab's and Slack's tokens, private keys.
_SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abpr]-"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def _secret(name: str, value: Any) -> bool:
    """Return whether a variable is a credential, by its name or the form of its value."""
    if isinstance(value, str) and not is_unknown(value) and _SECRET_VALUE.search(value):
        return True
    # A reference to a secret (an ARN, a parameter's path) is not a credential.
    reference = isinstance(value, str) and value.startswith(("arn:", "/", "{{resolve:"))
    return bool(_SECRET_NAME.search(name)) and not reference


@resource_rule(
    "LF-CB-002",
    "builds hold no credentials in plain text",
    fix="Use type SECRETS_MANAGER or PARAMETER_STORE and name the secret.",
    types=_PROJECTS,
    severity=Severity.CRITICAL,
    controls=controls(fsbp="CodeBuild.2", nist="IA-5(7) SC-28"),
)
def _build_credentials(resource: Resource) -> Iterator[Violation]:
    for path, variable in resource.items("environment.environmentVariables"):
        if resource.text(f"{path}.type", "PLAINTEXT") != "PLAINTEXT":
            continue
        name, value = resource.text(f"{path}.name"), variable.get("value")
        if _secret(name, value):
            yield Violation(resource, f"{path}.value", "is a credential in plain text")
        elif is_unknown(value):
            raise UndecidedError(f"{path}.value", resource)


@resource_rule(
    "LF-LAM-002",
    "functions hold no credentials in plain text",
    fix="Put the credential into Secrets Manager, give the function its ARN, and read it there.",
    types=["aws:lambda/function:Function"],
    severity=Severity.CRITICAL,
    controls=controls(nist="IA-5(7) SC-28"),
)
def _function_credentials(resource: Resource) -> Iterator[Violation]:
    variables = resource.get("environment.variables", {})
    unknown = None
    for name, value in variables.items():
        if _secret(str(name), value):
            yield Violation(resource, "environment.variables", "holds a credential in plain text")
            return
        unknown = unknown or is_unknown(value)
    if unknown:
        raise UndecidedError("environment.variables", resource)


@resource_rule(
    "LF-CB-004",
    "builds are not privileged",
    fix="Remove privilegedMode, unless the build makes container images.",
    types=_PROJECTS,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(fsbp="CodeBuild.5", nist="AC-6"),
)
def _privileged(resource: Resource) -> Iterator[Violation]:
    if resource.is_set("environment.privilegedMode"):
        yield Violation(resource, "environment.privilegedMode", "is true")


@resource_rule(
    "LF-CB-005",
    "sources of builds contain no credentials",
    fix="Use a connection or Secrets Manager, and remove the credentials from the URL.",
    types=_PROJECTS,
    severity=Severity.CRITICAL,
    controls=controls(fsbp="CodeBuild.1", nist="IA-5(7)"),
)
def _source(resource: Resource) -> Iterator[Violation]:
    places = ["source", *(path for path, _ in resource.items("secondarySources"))]
    for place in places:
        if re.match(r"[a-z+]+://[^/@]+@", resource.text(f"{place}.location")):
            yield Violation(resource, f"{place}.location", "contains credentials")


@resource_rule(
    "LF-CP-002",
    "pipelines are of type V2",
    fix="Set pipelineType to V2; triggers, rollback and conditions need it.",
    types=_PIPELINES,
    severity=Severity.LOW,
    level="advisory",
    controls=controls(nist="CM-3"),
)
def _version(resource: Resource) -> Iterator[Violation]:
    if resource.text("pipelineType", "V1") != "V2":
        yield Violation(resource, "pipelineType", "is not V2")


@resource_rule(
    "LF-CP-003",
    "pipelines that roll back run one execution at a time",
    fix="Use executionMode QUEUED or SUPERSEDED; CodePipeline refuses rollback with PARALLEL.",
    types=_PIPELINES,
    controls=controls(nist="CM-3 SI-17"),
)
def _rollback(resource: Resource) -> Iterator[Violation]:
    if resource.get("executionMode") != "PARALLEL":
        return
    for path, _ in resource.items("stages"):
        results = [resource.get(f"{path}.onFailure.result")]
        for when in ("onFailure", "onSuccess", "beforeEntry"):
            results.append(resource.get(f"{path}.{when}.condition.result"))
        if "ROLLBACK" in results:
            yield Violation(
                resource, path, "rolls back, but the pipeline runs executions in parallel"
            )


def _deployments(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the path of each deploy action, with the name of its stage."""
    for stage, _ in resource.items("stages"):
        for action, _ in resource.items(f"{stage}.actions"):
            if _is_deployment(resource, action):
                yield action, resource.text(f"{stage}.name")


def _is_deployment(resource: Resource, action: str) -> bool:
    """Return whether an action deploys; one that copies an artifact to the store does not."""
    if resource.get(f"{action}.category") != "Deploy":
        return False
    whole = resource.get(f"{action}.configuration.Extract") == "false"
    if resource.get(f"{action}.provider") != "S3" or not whole:
        return True
    stores = {resource.get(f"{store}.location") for store, _ in resource.items("artifactStores")}
    return resource.get(f"{action}.configuration.BucketName") not in stores


@resource_rule(
    "LF-CP-004",
    "deployments use a role of the target account",
    fix="Set the action's roleArn to a role of the target account for this action only.",
    types=_PIPELINES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="AC-5 AC-6"),
)
def _role(resource: Resource) -> Iterator[Violation]:
    for action, _ in _deployments(resource):
        if not resource.has(f"{action}.roleArn"):
            yield Violation(
                resource, f"{action}.roleArn", "is not set, so the action uses the pipeline's role"
            )


_PRODUCTION = re.compile(r"(?<![a-z])(prod|production|prd|live)(?![a-z])", re.IGNORECASE)


@resource_rule(
    "LF-CP-005",
    "deployments to production need an approval",
    fix="Add a stage with a Manual approval action before it, or an entry condition.",
    types=_PIPELINES,
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="CM-3 CM-5 SA-10"),
)
def _approval(resource: Resource) -> Iterator[Violation]:
    name = resource.text("name")
    approved = False
    for stage, _ in resource.items("stages"):
        approved = approved or resource.has(f"{stage}.beforeEntry")
        for action, _ in resource.items(f"{stage}.actions"):
            category = resource.get(f"{action}.category")
            approved = approved or category == "Approval"
            production = _PRODUCTION.search(f"{name} {resource.text(f'{stage}.name')}")
            if production and not approved and _is_deployment(resource, action):
                yield Violation(resource, action, "deploys to production without an approval")


@resource_rule(
    "LF-CP-006",
    "sources use a connection",
    fix="Use provider CodeStarSourceConnection, which stores no token in the pipeline.",
    types=_PIPELINES,
    controls=controls(fsbp="CodeBuild.1", nist="IA-5(7)"),
)
def _oauth(resource: Resource) -> Iterator[Violation]:
    for stage, _ in resource.items("stages"):
        for action, _ in resource.items(f"{stage}.actions"):
            if resource.has(f"{action}.configuration.OAuthToken"):
                yield Violation(resource, f"{action}.configuration.OAuthToken", "is a token")


@resource_rule(
    "LF-CD-001",
    "failed deployments roll back",
    fix="Enable autoRollbackConfiguration with DEPLOYMENT_FAILURE.",
    types=["aws:codedeploy/deploymentGroup:DeploymentGroup"],
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="CM-3 SI-17"),
)
def _goes_back(resource: Resource) -> Iterator[Violation]:
    if not is_true(resource.get("autoRollbackConfiguration.enabled")):
        yield Violation(resource, "autoRollbackConfiguration.enabled", "is not true")
