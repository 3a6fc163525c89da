"""Artifact stores, sources, and a pipeline for each application and environment, from settings."""

from components.artifacts import ArtifactStore
from components.delivery.building import PackagesArgs
from components.delivery.pipeline import Pipeline, PipelineArgs
from components.landing_zone import arguments
from components.landing_zone.computing import computing_args, generated_args, push_args
from components.landing_zone.cross_account_roles import Access
from components.landing_zone.deployments import Targets, rollback_args
from components.landing_zone.foundation import Foundation
from components.landing_zone.observability import observe
from components.landing_zone.service_keys import make_service_keys
from components.landing_zone.sources import Sources
from components.landing_zone.testing import Testing
from components.landing_zone.workloads import Workloads, build_references
from landfall.blueprint import symbols
from landfall.blueprint.deployments import deployment_of, other_regions
from landfall.blueprint.stack import packages, stores
from landfall.blueprint.stack.scope import Scope
from landfall.settings import Stack, branching, formerly, naming
from landfall.settings.delivery import Application
from landfall.settings.projects import cache_kind


class Delivery:
    """The delivery of applications: stores by region, pipelines by name."""

    def __init__(self, stack: Stack, foundation: Foundation, access: Access) -> None:
        delivery = stack.delivery
        assert stack.delivery_account is not None  # noqa: S101 - settings are checked
        self._stack, self._foundation, self._hub = stack, foundation, stack.delivery_account
        scope = self._scope = Scope(stack, self._hub)
        self.stores: dict[str, ArtifactStore] = {}
        self.pipelines: dict[str, Pipeline] = {}
        for region in stores.regions(scope):
            self.stores[region] = self._store(region)
        make_service_keys(scope, foundation)
        self._targets = Targets(scope, foundation)
        Workloads(scope, foundation)
        sources = Sources(scope, foundation, access, self.stores[stack.region])
        for name, application in delivery.applications.items():
            home = self.stores[stack.region]
            testing = Testing(scope, foundation, home, sources, name, application)
            for environment in application.environments:
                pipeline = self._pipeline(name, application, environment, sources, testing)
                self.pipelines[naming.pipeline(name, environment)] = pipeline
            observe(scope, foundation, name, application)

    def _store(self, region: str) -> ArtifactStore:
        values, described = self._foundation.values, stores.store(self._scope, region)
        options = self._foundation.in_account(self._scope.store_account)
        name = f"artifacts-{region}"
        made = ArtifactStore(name, arguments.of_store(described, values), opts=options)
        values.know(symbols.artifact_key(region), made.key_arn)
        return made

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
        roles = {
            part: naming.pipeline_role(name, environment, part) for part in naming.PIPELINE_ROLES
        }
        home = self.stores[stack.region]
        args: PipelineArgs = {
            "pipeline_name": pipeline_name,
            "formerly": formerly.pipeline(name, application, environment).name,
            "pipeline_role_name": roles["pipeline"],
            "build_role_name": roles["build"],
            "trigger_role_name": roles["trigger"],
            "environment": environment,
            "account_id": self._foundation.accounts[self._hub].account_id,
            "region": stack.region,
            "partition": stack.partition,
            "bucket_name": home.bucket_name,
            "bucket_arn": home.bucket_arn,
            "key_arn": home.key_arn,
            "log_days": stack.delivery.log_days,
            "source": sources.of_environment(application, environment),
            "build": {
                "image": application.build.image,
                "compute_type": application.build.compute_type,
                "buildspec": application.build.buildspec,
                "environment": application.build.environment,
                "timeout_minutes": application.build.timeout_minutes,
                "privileged": application.build.privileged,
                "cache": cache_kind(application.build),
                "computing": computing_args(application.build, self._scope, self._foundation),
            },
            "deployment": self._foundation.values.parts(deployment_of(stack, name, environment)),
            "waves": self._targets.of_environment(name, application, environment),
            "rollback": rollback_args(settings, branching.entry(application, environment)),
            "remote_stores": {
                region: {
                    "bucket_name": self.stores[region].bucket_name,
                    "bucket_arn": self.stores[region].bucket_arn,
                    "key_arn": self.stores[region].key_arn,
                }
                for region in other_regions(settings, application, stack)
            },
        }
        if "runner" in args["deployment"]:
            args["runner_role_name"] = roles[args["deployment"]["runner"]]
        if application.execution_mode == "superseded":
            args["execution_mode"] = "SUPERSEDED"
        if application.build.architecture is not None:
            args["build"]["architecture"] = application.build.architecture
        for region in packages.regions(self._scope, application, environment):
            args["build"].setdefault("packages", []).append(self._packages(region))
        if application.build.batch:
            args["build"]["batch_role_name"] = roles["batch"]
        if application.build.generated:
            args["build"]["generated"] = generated_args(application.build)
        if application.build.push is not None:
            args["build"]["push"] = push_args(application.build.push)
        if application.build.permissions:
            args["build"]["permissions"] = [it.iam_json() for it in application.build.permissions]
        args["tests"] = testing.before_build(environment)
        args["tests_at_once"] = stack.quota("concurrentBuilds")
        args["retry_tests"] = application.tests.retry
        args["deployed_tests"] = testing.after_deployment(environment)
        if references := build_references(name, application):
            args["build"]["secrets"] = references
            key = symbols.service_key(self._hub, stack.region)
            args["build"]["secrets_key_arn"] = self._foundation.values.output(key)
        if settings.approval is not None:
            args["approval"] = {"timeout_minutes": settings.approval.timeout_minutes}
            if settings.approval.notify:
                args["approval"]["notify"] = list(settings.approval.notify)
        return Pipeline(pipeline_name, args, opts=self._foundation.in_account(self._hub))
