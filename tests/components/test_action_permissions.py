"""The role of each action may do what AWS's action reference asks of it.

Driven by the catalogue: a new kind of deployment is checked as soon as a pipeline has its action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from landfall.aws.codepipeline.catalogue import find
from landfall.aws.codepipeline.configuration import kind_of, rule_kind_of
from landfall.aws.codepipeline.kinds import ActionType
from landfall.aws.codepipeline.permissions import Grant, Where, needed
from landfall.iam.documents import Document, parse
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import Request
from tests.components.conftest import ACCOUNTS, ORGANIZATION, Registered, account_id
from tests.components.test_codepipeline_actions import structure
from tests.components.test_deployments import registered
from tests.components.test_program_deployments import programs

__all__ = ["programs", "registered"]

PIPELINE = "aws:codepipeline/pipeline:Pipeline"
REGION = "eu-west-1"
# The services that an action hands a role to.
PASSED_TO = ("cloudformation.amazonaws.com", "ecs-tasks.amazonaws.com")


class Roles:
    """The identity policies of registered roles, by the end of their ARN: `role/landfall/x`."""

    def __init__(self, registered: Registered, ids: Callable[[str], str] = account_id) -> None:
        self.accounts: dict[str, str] = {}
        self.documents: dict[str, list[Document]] = {}
        paths: dict[tuple[str, str], str] = {}
        for each in registered.resources:
            if each.typ == "aws:iam/role:Role":
                path = f"role{each.inputs['path']}{each.inputs['name']}"
                account = Registered.account_of(each)
                paths[account, each.inputs["name"]] = path
                self.accounts[path] = ids(account)
        for each in registered.resources:
            if each.typ == "aws:iam/rolePolicy:RolePolicy":
                path = paths[Registered.account_of(each), each.inputs["role"]]
                found = parse(each.inputs["policy"], kind="identity")
                self.documents.setdefault(path, []).append(found)

    def with_own_roles(self, step: dict[str, Any]) -> dict[str, Any]:
        """Return a step whose RoleArn has its account: the mocks give every role the same one."""
        configuration = dict(step.get("configuration", {}))
        if given := configuration.get("RoleArn"):
            path = given.split(":", 5)[5]
            configuration["RoleArn"] = f"arn:aws:iam::{self.accounts[path]}:{path}"
        return {**step, "configuration": configuration}

    def allowed(self, path: str, grant: Grant) -> bool:
        """Return whether a role's own policies allow a permission on its resource.

        Without a resource, on one of those that its statements name.
        """
        identity = tuple(self.documents.get(path, ()))
        resources = [grant.resource] if grant.resource else list(_named(identity))
        principal = f"arn:aws:iam::{self.accounts[path]}:{path}"
        return any(
            self._evaluate(principal, grant.permission, resource, service, identity)
            for resource in resources
            for service in PASSED_TO
        )

    @staticmethod
    def _evaluate(
        principal: str, permission: str, resource: str, service: str, identity: tuple[Document, ...]
    ) -> bool:
        context = {
            "aws:PrincipalOrgID": ORGANIZATION,
            "iam:PassedToService": service,
            "ecs:CreateAction": "RegisterTaskDefinition",
        }
        request = Request(principal, permission, resource, context=context)
        return evaluate(request, Policies(identity=identity)).is_allowed


def _named(documents: tuple[Document, ...]) -> Iterator[str]:
    for document in documents:
        for statement in document.statements:
            for resource in statement.resources or ():
                yield resource.replace("*", "x")


def steps(
    pipelines: Mapping[str, Mapping[str, Any]],
) -> Iterator[tuple[str, dict[str, Any], ActionType, str]]:
    """Yield each action and condition rule: where it is, itself, its type and its role."""
    for inputs in pipelines.values():
        pipeline = structure(inputs)
        for stage in pipeline["stages"]:
            found = [(action, kind_of(action)) for action in stage["actions"]]
            for moment in ("beforeEntry", "onSuccess", "onFailure"):
                for condition in stage.get(moment, {}).get("conditions", []):
                    found += [(rule, rule_kind_of(rule)) for rule in condition["rules"]]
            for step, kind in found:
                assert kind is not None
                where = f"{pipeline['name']}/{stage['name']}/{step['name']}"
                yield where, step, kind, step.get("roleArn", pipeline["roleArn"])


def denied(registered: Registered, ids: Callable[[str], str] = account_id) -> list[str]:
    roles, missing = Roles(registered, ids), []
    for where, step, kind, role_arn in steps(registered.of(PIPELINE)):
        path = role_arn.split(":", 5)[5]
        place = Where("aws", step.get("region", REGION), roles.accounts[path])
        step = roles.with_own_roles(step)
        missing += [
            f"{where}: {path} lacks {grant.permission} on {grant.resource}"
            for grant in needed(step, kind, place)
            if not roles.allowed(path, grant)
        ]
    return missing


def test_role_of_an_action_has_the_permissions_of_its_reference(registered: Registered) -> None:
    assert denied(registered, ACCOUNTS.__getitem__) == []
    kinds = {kind.provider for _, _, kind, _ in steps(registered.of(PIPELINE))}
    assert {"CodeDeploy", "CodeDeployToECS", "Lambda", "CloudFormation", "S3"} <= kinds


def test_role_of_a_program_cluster_step_or_site_has_the_permissions_of_its_reference(
    programs: Registered,
) -> None:
    assert denied(programs, ACCOUNTS.__getitem__) == []
    found = {(kind.category, kind.provider) for _, _, kind, _ in steps(programs.of(PIPELINE))}
    assert {("Deploy", "EKS"), ("Invoke", "Lambda"), ("Deploy", "S3")} <= found


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_role_of_an_action_of_a_shipped_stack_has_its_permissions(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    assert denied(shipped(stack)) == []


def test_role_without_a_permission_is_reported(registered: Registered) -> None:
    roles = Roles(registered, ACCOUNTS.__getitem__)
    path = "role/landfall/site-prod-deploy"
    grant = Grant("s3:PutObject", "arn:aws:s3:::example-site/index.html")
    assert roles.allowed(path, grant)
    assert not roles.allowed(path, Grant("s3:PutObject", "arn:aws:s3:::another/index.html"))
    assert not roles.allowed(path, Grant("lambda:InvokeFunction", None))


@pytest.mark.parametrize(
    ("category", "provider", "configuration", "some", "none"),
    [
        ("Build", "CodeBuild", {}, "codebuild:StartBuild", "codebuild:StartBuildBatch"),
        (
            "Build",
            "CodeBuild",
            {"BatchEnabled": "true"},
            "codebuild:StartBuildBatch",
            "codebuild:StartBuild",
        ),
        (
            "Deploy",
            "CloudFormation",
            {"ActionMode": "CHANGE_SET_EXECUTE"},
            "cloudformation:ExecuteChangeSet",
            "cloudformation:CreateChangeSet",
        ),
        (
            "Deploy",
            "Lambda",
            {"FunctionAlias": "live"},
            "lambda:UpdateAlias",
            "cloudwatch:DescribeAlarms",
        ),
    ],
)
def test_permission_is_needed_only_by_the_configuration_that_uses_it(
    category: str, provider: str, configuration: dict[str, str], some: str, none: str
) -> None:
    kind = find(category, provider)
    assert kind is not None
    assert some in kind.needed(configuration)
    assert none not in kind.needed(configuration)
    assert none in kind.permissions
