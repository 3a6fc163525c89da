"""Permissions of the roles of both shipped stacks, by the permission engine.

Each request that must be denied is paired with a similar one that must be allowed: a malformed
request would be denied too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.aws.source_keys import keys_of
from landfall.iam.documents import Document, parse
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import Request
from landfall.settings import Stack, naming, promotion
from landfall.settings.branching import validation
from tests.components.conftest import ORGANIZATION, Registered, account_id

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"


@dataclass
class Role:
    """A registered role."""

    account: str
    name: str
    arn: str
    trust: Document
    trusted: str
    identity: list[Document] = field(default_factory=list)


class Organization:
    """The roles and buckets of one stack, with their trusted principals."""

    def __init__(self, stack: Stack, registered: Registered) -> None:
        self.stack, self._registered = stack, registered
        assert stack.delivery_account is not None
        self.hub = stack.delivery_account
        self.bucket = naming.artifact_bucket(account_id(self.hub), REGION)

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Roles by the name of their account and their own, as in `delivery/orders-dev-build`."""
        found: dict[str, Role] = {}
        for each in self._registered.resources:
            if each.typ == "aws:iam/role:Role":
                account, inputs = Registered.account_of(each), dict(each.inputs)
                arn = f"arn:aws:iam::{account_id(account)}:role{inputs['path']}{inputs['name']}"
                trust = inputs["assumeRolePolicy"]
                found[f"{account}/{inputs['name']}"] = Role(
                    account, inputs["name"], arn, parse(trust, kind="trust"), trust
                )
        for each in self._registered.resources:
            if each.typ == "aws:iam/rolePolicy:RolePolicy":
                key = f"{Registered.account_of(each)}/{each.inputs['role']}"
                found[key].identity.append(parse(each.inputs["policy"], kind="identity"))
        return found

    def document(self, token: str, name: str, key: str) -> Document:
        """Return a resource's own policy."""
        return parse(json.dumps(self._registered.document(token, name, key)), kind="resource")

    @cached_property
    def artifacts(self) -> Document:
        """The policy of the artifact store's bucket."""
        return self.document("aws:s3/bucketPolicy:BucketPolicy", f"artifacts-{REGION}", "policy")

    @cached_property
    def pipelines(self) -> dict[str, str]:
        """The application of each pipeline, by the pipeline's name."""
        found = {}
        for name, application in self.stack.delivery.applications.items():
            for environment in promotion.heads(application):
                found[naming.pipeline(name, environment)] = name
            if validation(application):
                found[naming.validation(name)] = name
        return found

    @cached_property
    def promoted(self) -> set[str]:
        """The pipelines without a build, which start from what another one deployed."""
        return {
            naming.pipeline(name, environment)
            for name, application in self.stack.delivery.applications.items()
            for environment in promotion.heads(application)
            if not promotion.builds(application, environment)
        }

    def deployed_by(self, pipeline: str) -> set[str]:
        """Return the prefixes of the roles for the environments that a pipeline deploys to."""
        return {
            naming.pipeline(name, environment)
            for name, application in self.stack.delivery.applications.items()
            for environment in application.environments
            if promotion.pipeline(name, application, environment) == pipeline
        }

    def is_run(self, role: str, pipeline: str) -> bool:
        """Return whether a role is of a pipeline's build that deploys, which may write a plan."""
        return any(role in (f"{one}-pulumi", f"{one}-run") for one in self.deployed_by(pipeline))

    def builds(self) -> Iterator[Role]:
        """Yield the roles that CodeBuild assumes."""
        for role in self.roles.values():
            if "codebuild.amazonaws.com" in role.trusted:
                yield role

    def may(self, role: Role, action: str, resource: str, policy: Document | None) -> bool:
        """Return whether a role of the organization may do something."""
        owner = account_id(self.hub) if resource.startswith("arn:aws:s3:") else None
        context = {
            "aws:PrincipalOrgID": ORGANIZATION,
            "aws:SecureTransport": "true",
            "codeconnections:ProviderPermissionsRequired": "read_only",
        }
        request = Request(role.arn, action, resource, resource_account=owner, context=context)
        policies = Policies(identity=tuple(role.identity), resource=policy)
        return evaluate(request, policies).is_allowed

    def writes(self, role: Role, pipeline: str, artifact: str = "Build") -> bool:
        """Return whether a role may write an artifact of a pipeline."""
        key = f"{naming.artifact_prefix(pipeline)}/{artifact}/abc123"
        return self.may(role, "s3:PutObject", f"arn:aws:s3:::{self.bucket}/{key}", self.artifacts)

    def reads(self, role: Role, pipeline: str, artifact: str) -> bool:
        """Return whether a role may read an artifact of a pipeline."""
        key = f"{naming.artifact_prefix(pipeline)}/{artifact}/abc123"
        return self.may(role, "s3:GetObject", f"arn:aws:s3:::{self.bucket}/{key}", self.artifacts)

    def assumes(self, role: Role, other: Role) -> bool:
        """Return whether a role may assume another."""
        return self.may(role, "sts:AssumeRole", other.arn, other.trust)


@pytest.fixture(scope="module", params=["dev", "prod"])
def organization(
    request: pytest.FixtureRequest, shipped: Callable[[str], Registered]
) -> Organization:
    return Organization(stack_files.load(request.param, ROOT), shipped(request.param))


def test_build_writes_only_artifacts_of_its_own_pipeline(organization: Organization) -> None:
    writers = set()
    for role in organization.builds():
        written = {name for name in organization.pipelines if organization.writes(role, name)}
        own = {name for name in organization.pipelines if f"{name}-build" == role.name}
        own |= {name for name in organization.pipelines if organization.is_run(role.name, name)}
        assert written == own, role.name
        writers |= written
    # A promoted pipeline has neither a build nor a plan.
    expected = {
        name
        for name in organization.pipelines
        if not name.endswith("-validation") and name not in organization.promoted
    }
    assert writers == expected


def test_tests_read_only_the_sources_of_their_application(
    organization: Organization,
) -> None:
    seen = 0
    for role in organization.builds():
        if not role.name.endswith("-tests"):
            continue
        application = role.name.removesuffix("-tests")
        own = {name for name, other in organization.pipelines.items() if other == application}
        for name in organization.pipelines:
            has_sources = name in own and name not in organization.promoted
            assert organization.reads(role, name, "Source") == has_sources, (role.name, name)
            assert not organization.reads(role, name, "Build")
        seen += 1
    assert seen >= 2


def provisioning(stack: str) -> set[tuple[str, str]]:
    """Return which builds of the stack's own delivery act as which roles, by name."""
    return {
        (f"provision-{stack}-plan", f"provision-{stack}-read"),
        (f"drift-{stack}-check", f"provision-{stack}-read"),
        (f"provision-{stack}-apply", f"provision-{stack}-apply"),
    }


def test_plan_artifact_is_not_writable_by_other_pipelines(
    organization: Organization,
) -> None:
    pipeline = naming.provisioning(organization.stack.name, "provision")
    for artifact, writer in (("Source", None), ("Plan", f"{pipeline}-plan")):
        writers = {
            role.name
            for role in organization.roles.values()
            if organization.writes(role, pipeline, artifact)
        }
        assert writers == {f"{pipeline}-pipeline", *([writer] if writer else [])}


def test_no_build_assumes_the_role_of_another_pipeline(organization: Organization) -> None:
    roles = organization.roles.values()
    allowed = {
        (role.name, other.name)
        for role in organization.builds()
        for other in roles
        if organization.assumes(role, other)
    }
    own = provisioning(organization.stack.name)
    assert own <= allowed
    allowed -= own
    for role, other in allowed:
        pipeline = next(
            one
            for name in organization.pipelines
            for one in (name, *organization.deployed_by(name))
            if role.startswith(f"{one}-")
        )
        assert other.startswith(f"{pipeline}-"), (role, other)
    runs = [
        role
        for role in organization.builds()
        if any(organization.is_run(role.name, name) for name in organization.pipelines)
    ]
    reading = [role for role in roles if role.name.endswith("-reads")]
    # Programs act as their deploy roles, tests as the roles that read for them; nothing else.
    assert len(allowed) == len(runs) + len(reading)


def test_pipeline_assumes_only_its_own_deploy_roles(organization: Organization) -> None:
    deployed = set()
    for role in organization.roles.values():
        if not role.name.endswith("-pipeline"):
            continue
        pipeline = role.name.removesuffix("-pipeline")
        assumed = {
            other.name for other in organization.roles.values() if organization.assumes(role, other)
        }
        own = tuple(f"{one}-deploy" for one in organization.deployed_by(pipeline))
        assert all(name.startswith(own) for name in assumed), (pipeline, assumed)
        deployed |= {pipeline} if assumed else set()
    assert deployed == {name for name in organization.pipelines if "-validation" not in name}


# AWS Config documents the account for its roles, and no ARN of an aggregator.
# https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
# CloudTrail sends no source for the role of its log group.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
WITHOUT_SOURCE = {
    "config-aggregator": ["config.amazonaws.com"],
    "landfall-trail": ["cloudtrail.amazonaws.com"],
}


def required(condition: dict[str, dict[str, Any]], key: str, service: str) -> list[str]:
    """Return the values that a trust policy requires; `IfExists` only for a key that AWS lacks."""
    sources = [str(each) for keys in condition.values() if (each := keys.get("aws:SourceArn"))]
    sent = key.lower() in keys_of(service, "role", *sources)
    ((operator, values),) = (
        (operator, keys[key]) for operator, keys in condition.items() if key in keys
    )
    assert operator.endswith("IfExists") is not sent, (service, key)
    return [values] if isinstance(values, str) else values


def test_service_roles_trust_one_account_and_named_resources(
    organization: Organization,
) -> None:
    seen = 0
    for role in organization.roles.values():
        for statement in json.loads(role.trusted)["Statement"]:
            if "Service" not in statement.get("Principal", {}):
                continue
            (service,) = statement["Principal"]["Service"]
            condition = statement.get("Condition", {})
            account = account_id(role.account)
            if role.name in WITHOUT_SOURCE:
                assert [service] == WITHOUT_SOURCE[role.name]
                continue
            assert required(condition, "aws:SourceAccount", service) == [account]
            for source in required(condition, "aws:SourceArn", service):
                assert f":{account}:" in source
                # An id that CloudFormation chooses follows the name of a stack set; AWS Backup
                # documents no resource of its own that it would tell.
                named = not source.endswith(":*") or ":stackset/" in source
                assert named or service == "backup.amazonaws.com"
            seen += 1
    assert seen > 20


def test_batch_role_starts_only_builds_of_its_batch(organization: Organization) -> None:
    for role in organization.builds():
        for name in organization.pipelines:
            arn = f"arn:aws:codebuild:{REGION}:{account_id(organization.hub)}:project/{name}"
            started = organization.may(role, "codebuild:StartBuild", arn, None)
            assert started == (role.name == f"{name}-batch"), role.name


def test_developer_changes_the_main_branch_only_by_pull_request(
    shipped: Callable[[str], Registered],
) -> None:
    organization = Organization(stack_files.load("prod", ROOT), shipped("prod"))
    role = organization.roles["delivery/catalog-developer"]
    denials = organization._registered.document("aws:iam/policy:Policy", "catalog-review", "policy")
    attached = organization._registered.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attached["catalog-review-1"]["role"] == "catalog-developer"
    identity = (*role.identity, parse(json.dumps(denials), kind="identity"))
    repository = f"arn:aws:codecommit:{REGION}:{account_id('delivery')}:catalog"

    def may(action: str, reference: str | None) -> bool:
        context = {"codecommit:References": reference} if reference else {}
        request = Request(role.arn, action, repository, context=context)
        return evaluate(request, Policies(identity=identity)).is_allowed

    assert may("codecommit:GitPush", "refs/heads/feature/a")
    assert not may("codecommit:GitPush", "refs/heads/main")
    assert may("codecommit:GitPull", None)
    # Git sends one request before it names the branch that it pushes to.
    assert may("codecommit:GitPush", None)
    assert may("codecommit:MergePullRequestBySquash", "refs/heads/main")
    assert not may("codecommit:OverridePullRequestApprovalRules", None)
