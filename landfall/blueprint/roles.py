"""Roles: their trust and their permissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landfall.aws import source_keys
from landfall.blueprint.places import Place
from landfall.blueprint.statements import (
    Statement,
    accounts_of,
    exactly,
    service_trust,
    statement,
)
from landfall.settings import naming

USERS = "ExactUsersWithMfa"
"""The id of the trust statement for users."""


@dataclass(frozen=True, slots=True)
class Role:
    """One IAM role.

    `policies` are the inline policies: name to statements. `managed` are the ARNs of attached
    policies, `boundary` is the ARN of the permissions boundary. A `session_hours` of None is AWS's
    default.
    """

    name: str
    trust: Sequence[Statement]
    policies: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    description: str | None = None
    managed: tuple[str, ...] = ()
    boundary: str | None = None
    session_hours: int | None = None
    path: str = f"/{naming.ROLE_PATH}"

    @property
    def path_and_name(self) -> str:
        """The name with its path, as in ARNs: `landfall/reader`."""
        return f"{self.path}{self.name}".removeprefix("/")

    @property
    def statements(self) -> list[Statement]:
        """The statements of all inline policies."""
        return [each for policy in self.policies.values() for each in policy]


@dataclass(frozen=True, slots=True)
class Policy:
    """One customer managed policy."""

    name: str
    statements: Sequence[Statement]
    description: str | None = None
    path: str = f"/{naming.ROLE_PATH}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of an OIDC provider that may assume a role.

    `host` is the issuer's URL without its scheme, `audience` the `aud` and `subjects` the `sub`
    that tokens may have; `*` and `?` in a subject are wildcards.
    """

    provider_arn: str
    host: str
    audience: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assertions:
    """Assertions of a SAML provider that may assume a role; `audience` is AWS's sign-in page."""

    provider_arn: str
    audience: str


@dataclass(frozen=True, slots=True)
class CrossAccount:
    """A role that exact roles and users of the organization, services, SAML and tokens may assume.

    Services act for the account `account_id`.
    Users must have MFA. AWS does not say it of the session of a role, so roles cannot be asked.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """

    name: str
    organization_id: str
    trusted: Sequence[str]
    statements: Sequence[Statement] = ()
    description: str | None = None
    federated: Sequence[Tokens] = ()
    users: Sequence[str] = ()
    services: Sequence[str] = ()
    saml: Sequence[Assertions] = ()
    account_id: str = ""
    external_id: str | None = None
    managed: tuple[str, ...] = ()
    boundary: str | None = None
    session_hours: int = 1
    path: str = f"/{naming.ROLE_PATH}"

    def role(self) -> Role:
        """Return the role; its inline policy has the role's name."""
        trust = [self._roles()] if self.trusted else []
        trust += [self._users()] if self.users else []
        trust += [
            _service(f"Service{n}", each, self.account_id)
            for n, each in enumerate(self.services, 1)
        ]
        trust += [_assertions(f"Saml{n}", each) for n, each in enumerate(self.saml, 1)]
        trust += [_tokens(f"Tokens{n}", each) for n, each in enumerate(self.federated, 1)]
        return Role(
            self.name,
            trust,
            {self.name: self.statements} if self.statements else {},
            description=self.description,
            managed=self.managed,
            boundary=self.boundary,
            session_hours=self.session_hours,
            path=self.path,
        )

    def _roles(self) -> Statement:
        conditions: dict[str, dict[str, Any]] = exactly(self.trusted, self.organization_id)
        if self.external_id is not None:
            conditions["StringEquals"]["sts:ExternalId"] = self.external_id
        return statement(
            "ExactRolesOfTheOrganization",
            actions=["sts:AssumeRole"],
            principals={"AWS": accounts_of(self.trusted)},
            conditions=conditions,
        )

    def _users(self) -> Statement:
        return statement(
            USERS,
            actions=["sts:AssumeRole"],
            principals={"AWS": accounts_of(self.users)},
            conditions={
                **exactly(self.users, self.organization_id),
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
            },
        )


def _service(sid: str, service: str, account_id: str) -> Statement:
    """Return the trust in a service that acts for resources of the account.

    The resources do not exist yet, and a service may act for those of another service.
    """
    sent = source_keys.ACCOUNT in source_keys.keys_of(service, "role")
    operator = "StringEquals" if sent else "StringEqualsIfExists"
    return statement(
        sid,
        actions=["sts:AssumeRole"],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions={operator: {"aws:SourceAccount": account_id}},
    )


SIGN_IN = {
    "aws": "https://signin.aws.amazon.com/saml",
    "aws-cn": "https://signin.amazonaws.cn/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
}
"""The audience of SAML assertions for the console, by partition."""


def _assertions(sid: str, trusted: Assertions) -> Statement:
    """Return the trust in the users of a SAML provider, who sign in to the console.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html
    """
    return statement(
        sid,
        actions=["sts:AssumeRoleWithSAML"],
        principals={"Federated": trusted.provider_arn},
        conditions={"StringEquals": {"SAML:aud": trusted.audience}},
    )


def _tokens(sid: str, trusted: Tokens) -> Statement:
    """Return the statement for tokens of one provider.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    host = trusted.host
    conditions: dict[str, dict[str, Any]] = {"StringEquals": {f"{host}:aud": trusted.audience}}
    patterns = any(set("*?") & set(subject) for subject in trusted.subjects)
    operator = "StringLike" if patterns else "StringEquals"
    conditions.setdefault(operator, {})[f"{host}:sub"] = list(trusted.subjects)
    return statement(
        sid,
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": trusted.provider_arn},
        conditions=conditions,
    )


def codebuild_role(name: str, description: str, place: Place, projects: Sequence[str]) -> Role:
    """Return a role, without permissions yet, that CodeBuild takes for these projects alone."""
    arns = [place.arn("codebuild", f"project/{project}") for project in projects]
    return Role(name, [service_trust("codebuild", place.account_id, arns)], description=description)


def codepipeline_role(name: str, description: str, place: Place, pipeline: str) -> Role:
    """Return a role, without permissions yet, that CodePipeline takes for this pipeline alone."""
    arn = place.arn("codepipeline", pipeline)
    trust = service_trust("codepipeline", place.account_id, [arn])
    return Role(name, [trust], description=description)


def schedule_role(name: str, description: str, place: Place, pipeline_arn: str) -> Role:
    """Return the role with which EventBridge Scheduler starts a pipeline.

    Scheduler tells the group of a schedule, not the schedule.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    start = statement(
        "StartThisPipeline",
        actions=["codepipeline:StartPipelineExecution"],
        resources=[pipeline_arn],
    )
    group = place.arn("scheduler", "schedule-group/default")
    trust = service_trust("scheduler", place.account_id, [group], "OnlyForSchedulesOfThisAccount")
    return Role(name, [trust], {"schedule": [start]}, description=description)


def trigger_role(
    name: str, description: str, place: Place, rules: Sequence[str], pipeline_arn: str
) -> Role:
    """Return the role with which these rules of EventBridge start a pipeline."""
    arns = [place.arn("events", f"rule/{rule}") for rule in rules]
    start = statement(
        "StartThisPipeline",
        actions=["codepipeline:StartPipelineExecution"],
        resources=[pipeline_arn],
    )
    trust = service_trust("events", place.account_id, arns)
    return Role(name, [trust], {"trigger": [start]}, description=description)
