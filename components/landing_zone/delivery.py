"""Artifact stores, sources, and a pipeline for each application and environment, from settings."""

from collections.abc import Mapping

from components.delivery.building import BuildArgs, PackagesArgs
from components.delivery.environments import EnvironmentArgs
from components.delivery.pipeline import Pipeline, PipelineArgs
from components.landing_zone.arguments import variables_of
from components.landing_zone.computing import computing_args, generated_args, push_args
from components.landing_zone.cross_account_roles import Access
from components.landing_zone.deployments import Targets, rollback_args
from components.landing_zone.ground import Ground, StoreOf
from components.landing_zone.observability import observe
from components.landing_zone.sources import Sources
from components.landing_zone.testing import Testing
from components.landing_zone.workloads import Workloads, build_references
from landfall.blueprint import symbols
from landfall.blueprint.deployments import deployment_of
from landfall.blueprint.stack import delivery, packages, promoted
from landfall.blueprint.stack.scope import Scope
from landfall.settings import branching, formerly, naming, promotion, starting
from landfall.settings.delivery import Application
from landfall.settings.projects import cache_kind


class Delivery:
    """The pipelines of applications, by name."""

    def __init__(
        self, scope: Scope, foundation: Ground, access: Access, stores: Mapping[str, StoreOf]
    ) -> None:
        stack = scope.stack
        self._scope, self._stack, self._foundation, self._hub = scope, stack, foundation, scope.hub
        self.stores = stores
        self.pipelines: dict[str, Pipeline] = {}
        self._targets = Targets(scope, foundation)
        Workloads(scope, foundation).make_build_secrets()
        sources = Sources(scope, foundation, access, self.stores[stack.region])
        for name, application in stack.delivery.applications.items():
            home = self.stores[stack.region]
            testing = Testing(scope, foundation, home, sources, name, application)
            for environment in promotion.heads(application):
                pipeline = self._pipeline(name, application, environment, sources, testing)
                self.pipelines[naming.pipeline(name, environment)] = pipeline
            observe(scope, foundation, name, application)

    def _packages(self, region: str) -> PackagesArgs:
        values, store = self._foundation.values, self._scope.packages(region)
        return {
            "region": region,
            "bucket_name": values.output(store.bucket_arn.rpartition(":")[2]),
            "bucket_arn": values.output(store.bucket_arn),
            "key_arn": self.stores[region].key_arn,
        }

    def _pipeline(
        self,
        name: str,
        application: Application,
        environment: str,
        sources: Sources,
        testing: Testing,
    ) -> Pipeline:
        stack, settings = self._stack, application.environments[environment]
        pipeline_name = naming.pipeline(name, environment)
        home = self.stores[stack.region]
        args: PipelineArgs = {
            "pipeline_name": pipeline_name,
            "environments": [
                self._environment(name, application, each, testing)
                for each in promotion.members(application, environment)
            ],
            "pipeline_role_name": naming.pipeline_role(name, environment, "pipeline"),
            "build_role_name": naming.pipeline_role(name, environment, "build"),
            "trigger_role_name": naming.pipeline_role(name, environment, "trigger"),
            "account_id": self._foundation.accounts[self._hub].account_id,
            "region": stack.region,
            "partition": stack.partition,
            "bucket_name": home.bucket_name,
            "bucket_arn": home.bucket_arn,
            "key_arn": home.key_arn,
            "log_days": stack.delivery.log_days,
            "source": sources.of_environment(name, application, environment),
            "execution_mode": (settings.execution_mode or application.execution_mode).upper(),
            "remote_stores": {
                region: {
                    "bucket_name": self.stores[region].bucket_name,
                    "bucket_arn": self.stores[region].bucket_arn,
                    "key_arn": self.stores[region].key_arn,
                }
                for region in delivery.regions(stack, application, environment)
            },
        }
        if promotion.builds(application, environment):
            args["build"] = self._build(name, application, environment)
            args["tests"] = testing.before_build(environment)
            args["tests_at_once"] = stack.quota("concurrentBuilds")
            args["retry_tests"] = application.tests.retry
        self._starts(args, name, application, environment)
        return Pipeline(pipeline_name, args, opts=self._foundation.in_account(self._hub))

    def _starts(
        self, args: PipelineArgs, name: str, application: Application, environment: str
    ) -> None:
        settings = application.environments[environment]
        if application.variables:
            args["variables"] = variables_of(application)
        if settings.schedule:
            args["schedule_role_name"] = naming.pipeline_role(name, environment, "schedule")
            args["schedules"] = [
                {"expression": each.expression, "time_zone": each.time_zone}
                for each in settings.schedule
            ]
        if settings.started_by:
            args["started_by"] = list(starting.pipelines(self._stack, settings.started_by))

    def _environment(
        self, name: str, application: Application, environment: str, testing: Testing
    ) -> EnvironmentArgs:
        settings = application.environments[environment]
        deployment = deployment_of(self._stack, name, environment)
        args: EnvironmentArgs = {
            "pipeline_name": naming.pipeline(name, environment),
            "formerly": formerly.pipeline(name, application, environment).name,
            "environment": environment,
            "deployment": self._foundation.values.parts(deployment),
            "waves": self._targets.of_environment(name, application, environment),
            "rollback": rollback_args(settings, branching.entry(application, environment)),
            "deployed_tests": testing.after_deployment(environment),
        }
        if "runner" in args["deployment"]:
            part = args["deployment"]["runner"]
            args["runner_role_name"] = naming.pipeline_role(name, environment, part)
        if settings.approval is not None:
            args["approval"] = {"timeout_minutes": settings.approval.timeout_minutes}
            if settings.approval.notify:
                args["approval"]["notify"] = list(settings.approval.notify)
        if later := promotion.promoted_to(application, environment):
            args["promotes"] = [
                {
                    "pipeline_name": naming.pipeline(name, each),
                    "artifacts": list(promoted.received(application, each)),
                }
                for each in later
            ]
        return args

    def _build(self, name: str, application: Application, environment: str) -> BuildArgs:
        build = application.build
        args: BuildArgs = {
            "image": build.image,
            "compute_type": build.compute_type,
            "buildspec": build.buildspec,
            "environment": build.environment,
            "timeout_minutes": build.timeout_minutes,
            "privileged": build.privileged,
            "cache": cache_kind(build),
            "computing": computing_args(build, self._scope, self._foundation),
        }
        if build.architecture is not None:
            args["architecture"] = build.architecture
        for region in packages.built_regions(self._scope, application, environment):
            args.setdefault("packages", []).append(self._packages(region))
        built_for = promotion.built_for(application, environment)
        if groups := promoted.groups(application, built_for):
            args["artifacts"] = list(groups)
        if build.batch:
            args["batch_role_name"] = naming.pipeline_role(name, environment, "batch")
        if build.generated:
            args["generated"] = generated_args(build)
        if build.push is not None:
            args["push"] = push_args(build.push)
        if build.permissions:
            args["permissions"] = [it.iam_json() for it in build.permissions]
        if references := build_references(name, application):
            args["secrets"] = references
            key = symbols.service_key(self._hub, self._stack.region)
            args["secrets_key_arn"] = self._foundation.values.output(key)
        return args
