"""The tests of applications, and the pipelines of their pull requests, from settings."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi

from components.cross_account_role import CrossAccountRole
from components.delivery.deployed_tests import DeployedTests
from components.delivery.generated_builds import build_spec
from components.delivery.suites import (
    SourceTests,
    StoreArgs,
    SuiteArgs,
    TestProjectArgs,
)
from components.delivery.validation import Validation
from components.landing_zone import arguments
from components.landing_zone.arguments import variables_of
from components.landing_zone.computing import computing_args, generated_args
from components.landing_zone.ground import Ground, StoreOf
from components.landing_zone.sources import Sources
from landfall.aws.codebuild.environments import own_architecture
from landfall.blueprint import testing
from landfall.blueprint.roles import CrossAccount
from landfall.blueprint.stack.scope import Scope
from landfall.blueprint.stack.targets import read_roles
from landfall.settings import branching, formerly, naming, promotion
from landfall.settings.delivery import Application, ConnectionSource
from landfall.settings.review import Review
from landfall.settings.testing import Suite
from landfall.settings.waves import destinations

# https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification
_GITHUB_KEYS = "https://github.com/web-flow.gpg"


class _Coverage(TypedDict):
    coverage_group_arn: NotRequired[pulumi.Output[str]]


class Testing:
    """The tests of one application: projects shared by its pipelines."""

    def __init__(
        self,
        scope: Scope,
        foundation: Ground,
        store: StoreOf,
        sources: Sources,
        name: str,
        application: Application,
    ) -> None:
        stack, hub = scope.stack, scope.hub
        self._scope, self._stack, self._hub = scope, stack, hub
        self._foundation, self._store = foundation, store
        self._sources, self._name, self._application = sources, name, application
        self._made: SourceTests | None = None
        suites = list(self._source_suites())
        deployed = any(application.tests.of_deployment(each) for each in application.environments)
        if suites or deployed:
            self._made = SourceTests(
                f"{name}-tests",
                {
                    "application": name,
                    "formerly": formerly.application(name, application),
                    "account_id": foundation.accounts[hub].account_id,
                    "region": stack.region,
                    "log_days": stack.delivery.log_days,
                    "partition": stack.partition,
                    "store": self._place(),
                    "source": sources.of_builder(name, application, next(iter(self._environments))),
                    "pipelines": list(testing.pipelines(name, application)),
                    "suites": suites,
                    "covers": testing.covers(application),
                },
                opts=foundation.in_account(hub),
            )
        if branching.validation(application):
            self._validation()

    @property
    def _environments(self) -> list[str]:
        return list(self._application.environments)

    def before_build(self, environment: str) -> list[TestProjectArgs]:
        """Return the source tests of an environment's pipeline."""
        if self._made is None:
            return []
        return [
            self._made.projects[kind]
            for kind in testing.before_build(self._application, environment)
        ]

    def after_deployment(self, environment: str) -> list[TestProjectArgs]:
        """Create the deployment tests of an environment's pipeline."""
        suites = self._application.tests.of_deployment(environment)
        if self._made is None or not suites:
            return []
        stack, settings = self._stack, self._application.environments[environment]
        there = destinations(settings, stack)[0][0]
        pipeline = naming.pipeline(self._name, environment)
        roles: dict[str, pulumi.Input[str]] = {
            kind: read_role(self._scope, self._foundation, there.account, role)
            for kind, role in read_roles(
                self._scope, self._name, self._application, environment
            ).items()
        }
        made = DeployedTests(
            f"{pipeline}-deployed",
            {
                "application": self._name,
                "formerly": formerly.application(self._name, self._application),
                "environment": environment,
                "pipeline_name": pipeline,
                "runs_in": promotion.pipeline(self._name, self._application, environment),
                "account_id": self._foundation.accounts[self._hub].account_id,
                "region": stack.region,
                "partition": stack.partition,
                "store": self._place(),
                "source": self._sources.of_builder(self._name, self._application, environment),
                "target_account_id": self._foundation.accounts[there.account].account_id,
                "target_region": there.region,
                "report_group_arn": self._made.report_group_arn,
                "log_group_name": self._made.log_group_name,
                "suites": [self._suite_args(kind, suite) for kind, suite in suites.items()],
                "read_role_arns": roles,
                **self._coverage(),
            },
            opts=self._foundation.in_account(self._hub),
        )
        return made.projects

    def _place(self) -> StoreArgs:
        return {
            "bucket_name": self._store.bucket_name,
            "bucket_arn": self._store.bucket_arn,
            "key_arn": self._store.key_arn,
        }

    def _coverage(self) -> _Coverage:
        made = self._made and self._made.coverage_group_arn
        return {"coverage_group_arn": made} if made else {}

    def _source_suites(self) -> Iterator[SuiteArgs]:
        suites = self._application.tests.of_sources()
        for kind in testing.source_kinds(self._application):
            if kind in suites:
                yield self._suite_args(kind, suites[kind])
            elif kind == testing.REVIEW:
                yield _review(self._application, self._application.review)
            else:
                yield self._build()

    def _build(self) -> SuiteArgs:
        """Return the build of pull requests, which pushes and publishes nothing."""
        build = self._application.build
        args: SuiteArgs = {
            "kind": testing.BUILD,
            "image": build.image,
            "compute_type": build.compute_type,
            "privileged": build.privileged,
            "buildspec": build.buildspec,
            "environment": build.environment,
            "timeout_minutes": build.timeout_minutes,
            "batch": build.batch,
            "computing": computing_args(build, self._scope, self._foundation),
        }
        if "codeartifact" in args["computing"]:
            args["computing"]["codeartifact"]["publish"] = False
        if build.generated:
            architecture = own_architecture(build.image) or build.architecture or "x86_64"
            args["buildspec"] = build_spec(generated_args(build), args["computing"], architecture)
        if build.architecture is not None:
            args["architecture"] = build.architecture
        return args

    def _suite_args(self, kind: str, suite: Suite) -> SuiteArgs:
        args: SuiteArgs = {
            "kind": kind,
            "image": suite.image,
            "compute_type": suite.compute_type,
            "timeout_minutes": suite.timeout_minutes,
            "commands": list(suite.commands),
            "environment": dict(suite.environment),
            "computing": computing_args(suite, self._scope, self._foundation),
        }
        if suite.architecture is not None:
            args["architecture"] = suite.architecture
        if suite.coverage is not None:
            args["coverage"] = {
                "files": list(suite.coverage.files),
                "format": suite.coverage.format,
            }
        matrix = {name: list(values) for name, values in suite.matrix.items()}
        if suite.shards:
            matrix["SHARD"] = [str(number) for number in range(1, suite.shards + 1)]
            args["environment"]["SHARDS"] = str(suite.shards)
        if matrix:
            args["matrix"] = matrix
        return args

    def _validation(self) -> None:
        assert self._made is not None  # noqa: S101 - validation has a build at least
        pipeline = naming.validation(self._name)
        Validation(
            pipeline,
            {
                "pipeline_name": pipeline,
                "account_id": self._foundation.accounts[self._hub].account_id,
                "region": self._stack.region,
                "partition": self._stack.partition,
                "store": self._place(),
                "source": self._sources.of_validation(self._name, self._application),
                "tests": list(self._made.projects.values()),
                "tests_at_once": self._stack.quota("concurrentBuilds"),
                "retry_tests": self._application.tests.retry,
                "variables": variables_of(self._application),
            },
            opts=self._foundation.in_account(self._hub),
        )


def read_role(
    scope: Scope, foundation: Ground, account: str, described: CrossAccount
) -> pulumi.Output[str]:
    """Return the ARN of the role with which tests read an account; create it in its own part."""
    values = foundation.values
    if not foundation.holds(account):
        found: pulumi.Output[str] = values.output(scope.own_role_arn(account, described.name))
        return found
    args, options = arguments.of_role(described, values), foundation.in_account(account)
    return CrossAccountRole(described.name, args, opts=options).role_arn


def _review(application: Application, review: Review | None) -> SuiteArgs:
    keys = ""
    if review is not None and isinstance(application.source, ConnectionSource):
        keys = review.keys or _GITHUB_KEYS
    return {
        "kind": testing.REVIEW,
        "image": Suite().image,
        "timeout_minutes": 10,
        "environment": {
            "HOTFIXES": "1" if application.strategy == "gitflow" and review else "",
            "KEYS": keys,
            "NAMES": "\n".join(branching.names(application)),
            "PROTECTED": "\n".join(branching.protected(application)),
            "SINCE": (review and review.since) or "",
        },
    }
