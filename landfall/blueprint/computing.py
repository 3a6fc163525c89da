"""What a project's role needs for the environment it runs in: its image, network and packages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from landfall.aws.arns import arn_of
from landfall.aws.codebuild.environments import ecr_repository
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


@dataclass(frozen=True, slots=True)
class CodeArtifact:
    """A CodeArtifact repository; `owner` is the account id of its domain."""

    domain: str
    repository: str
    owner: str
    region: str
    publish: bool = False


@dataclass(frozen=True, slots=True)
class Computing:
    """The environment of a project.

    `registry_secret` is the ARN of its registry's credentials, `registry_key` the id or ARN of the
    key that encrypts them; `subnets` and `security_groups` are ids.
    """

    image: str = ""
    registry_secret: str = ""
    registry_key: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    codeartifact: CodeArtifact | None = None


PLAIN = Computing()
"""An environment that needs no permissions: a public image, without a network."""


def permissions(place: Place, environments: Iterable[Computing]) -> list[Statement]:
    """Return what a role needs for all environments of its projects, each statement once."""
    given = list(dict.fromkeys(environments))
    return [
        *_images(place, given),
        *_registries(place, given),
        *_networks(place, given),
        *_packages(place, given),
    ]


def _images(place: Place, environments: Sequence[Computing]) -> list[Statement]:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/sample-ecr.html."""
    found = [each for it in environments if (each := ecr_repository(it.image))]
    if not found:
        return []
    repositories = [
        arn_of(place.partition, "ecr", f"repository/{name}", region=region, account=account)
        for account, region, name in dict.fromkeys(found)
    ]
    return [
        log_in_to_registry("LogInToPull"),
        statement("PullBuildImage", actions=PULL, resources=repositories),
    ]


def log_in_to_registry(sid: str) -> Statement:
    """Return the statement for ECR's login, which has no resources."""
    return statement(sid, actions=["ecr:GetAuthorizationToken"], resources=["*"])


def _registries(place: Place, environments: Sequence[Computing]) -> list[Statement]:
    """https://docs.aws.amazon.com/codebuild/latest/userguide/sample-private-registry.html."""
    secrets = list(dict.fromkeys(it.registry_secret for it in environments if it.registry_secret))
    keys = dict.fromkeys(
        key if key.startswith("arn:") else place.arn("kms", f"key/{key}")
        for it in environments
        if (key := it.registry_key)
    )
    statements = []
    if secrets:
        actions = ["secretsmanager:GetSecretValue"]
        statements.append(statement("ReadRegistryLogin", actions=actions, resources=secrets))
    if keys:
        statements.append(
            statement(
                "DecryptRegistryLogin",
                actions=["kms:Decrypt"],
                resources=list(keys),
                conditions={
                    "StringEquals": {"kms:ViaService": f"secretsmanager.{place.region}.{place.dns}"}
                },
            )
        )
    return statements


def _networks(place: Place, environments: Sequence[Computing]) -> list[Statement]:
    """Return the statements for network interfaces in these subnets, with these groups, alone.

    User Guide, 'Allow CodeBuild access to AWS services required to create a VPC network interface'.
    """
    subnets = [
        place.arn("ec2", f"subnet/{each}")
        for each in dict.fromkeys(each for it in environments for each in it.subnets)
    ]
    groups = [
        place.arn("ec2", f"security-group/{each}")
        for each in dict.fromkeys(each for it in environments for each in it.security_groups)
    ]
    if not subnets:
        return []
    interfaces = place.arn("ec2", "network-interface/*")
    within: dict[str, Any] = {"ArnEquals": {"ec2:Subnet": subnets}}
    return [
        statement(
            "FindNetwork",
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
        ),
        statement(
            "CreateNetworkInterface",
            actions=["ec2:CreateNetworkInterface"],
            resources=[interfaces, *subnets, *groups],
        ),
        statement(
            "DeleteNetworkInterface",
            actions=["ec2:DeleteNetworkInterface"],
            resources=[interfaces],
            conditions=within,
        ),
        statement(
            "LendNetworkInterfaceToCodeBuild",
            actions=["ec2:CreateNetworkInterfacePermission"],
            resources=[interfaces],
            conditions={
                "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
                **within,
            },
        ),
    ]


def _packages(place: Place, environments: Sequence[Computing]) -> list[Statement]:
    """https://docs.aws.amazon.com/codeartifact/latest/ug/auth-and-access-control-permissions-reference.html."""
    found = list(
        dict.fromkeys(it.codeartifact for it in environments if it.codeartifact is not None)
    )
    if not found:
        return []

    def arn(found: CodeArtifact, resource: str) -> str:
        return arn_of(
            place.partition,
            "codeartifact",
            resource,
            region=found.region,
            account=found.owner,
        )

    repositories = [arn(it, f"repository/{it.domain}/{it.repository}") for it in found]
    statements = [
        statement(
            "LogInToPackages",
            actions=["codeartifact:GetAuthorizationToken"],
            resources=[arn(it, f"domain/{it.domain}") for it in found],
        ),
        statement(
            "GetTokenForPackages",
            actions=["sts:GetServiceBearerToken"],
            resources=["*"],
            conditions={"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}},
        ),
        statement(
            "ReadPackages",
            actions=["codeartifact:GetRepositoryEndpoint", "codeartifact:ReadFromRepository"],
            resources=repositories,
        ),
    ]
    if published := [it for it in found if it.publish]:
        statements.append(
            statement(
                "PublishPackages",
                actions=[
                    "codeartifact:PublishPackageVersion",
                    "codeartifact:PutPackageMetadata",
                ],
                resources=[arn(it, f"package/{it.domain}/{it.repository}/*") for it in published],
            )
        )
    return statements
