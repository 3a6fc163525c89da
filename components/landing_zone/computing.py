"""Arguments of builds and tests, from their settings."""

import pulumi

from components.computing import CodeArtifactArgs, ComputingArgs, NetworkArgs
from components.delivery.generated_builds import GeneratedArgs, PushArgs
from components.landing_zone.ground import Ground
from landfall.blueprint.computing import CodeArtifact
from landfall.blueprint.stack.computing import computing
from landfall.blueprint.stack.scope import Scope
from landfall.settings import computing as settings_of
from landfall.settings.builds import Build, Push


def computing_args(
    settings: settings_of.Computing, scope: Scope, foundation: Ground
) -> ComputingArgs:
    """Return what a build or a test runs on, besides image and compute type."""
    args: ComputingArgs = {}
    if settings.gpu:
        args["gpu"] = True
    if settings.fleet is not None:
        args["fleet_arn"] = settings.fleet
    if settings.network is not None:
        args["network"] = _network(settings.network)
    if settings.registry_credentials is not None:
        args["registry_secret_arn"] = settings.registry_credentials.secret
        if settings.registry_credentials.key is not None:
            args["registry_key"] = settings.registry_credentials.key
    if settings.queued_minutes is not None:
        args["queued_minutes"] = settings.queued_minutes
    described = computing(scope, settings).codeartifact
    if settings.codeartifact is not None and described is not None:
        owner = foundation.accounts[settings.codeartifact.account or scope.hub]
        args["codeartifact"] = _codeartifact(settings.codeartifact, described, owner.account_id)
    if settings.runtimes:
        args["runtimes"] = {str(name): version for name, version in settings.runtimes.items()}
    return args


def _network(network: settings_of.BuildNetwork) -> NetworkArgs:
    return {
        "vpc_id": network.vpc,
        "subnet_ids": list(network.subnets),
        "security_group_ids": list(network.security_groups),
    }


def _codeartifact(
    settings: settings_of.CodeArtifact, described: CodeArtifact, owner: pulumi.Input[str]
) -> CodeArtifactArgs:
    return {
        "domain": described.domain,
        "domain_owner": owner,
        "repository": described.repository,
        "region": described.region,
        "tools": list(settings.tools),
        "publish": described.publish,
    }


def push_args(push: Push) -> PushArgs:
    """Return the image that a build pushes."""
    args: PushArgs = {
        "repository": push.ecr,
        "dockerfile": push.dockerfile,
        "context": push.context,
        "sbom": push.sbom,
    }
    if push.container is not None:
        args["container"] = push.container
    if push.fail_on is not None:
        args["fail_on"] = push.fail_on
    return args


def generated_args(build: Build) -> GeneratedArgs:
    """Return the buildspec of a build whose commands are in the settings."""
    args: GeneratedArgs = {"commands": list(build.commands), "artifacts": list(build.artifacts)}
    if build.push is not None:
        args["push"] = push_args(build.push)
    return args
