"""The roles, policies and names of applications' delivery in the pipelines' account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from landfall.blueprint import builds, pipelines, symbols, testing
from landfall.blueprint.applications import chat_role, protected_branches
from landfall.blueprint.deployments import other_regions
from landfall.blueprint.roles import Role, schedule_role, trigger_role
from landfall.blueprint.secrets import PARAMETER, SECRET, Reference
from landfall.blueprint.sources import CODECOMMIT, CONNECTION, S3, Source
from landfall.blueprint.stack import packages, promoted
from landfall.blueprint.stack.computing import computing, of_pull_requests
from landfall.blueprint.stack.placed import Kind, Named, PlacedPolicy, PlacedRole
from landfall.blueprint.stack.repositories import reader_arn
from landfall.blueprint.stack.scope import Scope, application_path
from landfall.settings import branching, formerly, keys, naming, promotion
from landfall.settings import repositories as settings_of
from landfall.settings.delivery import Application, CodeCommitSource, ConnectionSource
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import destinations


def roles(scope: Scope) -> Iterator[PlacedRole]:
    """Yield the roles of all applications in the pipelines' account."""
    for name, application in scope.stack.delivery.applications.items():
        for role in _of_application(scope, name, application):
            yield _placed(scope, application_path(name), role)
        for environment in application.environments:
            path = application_path(name, environment)
            for role in _of_environment(scope, name, application, environment):
                yield _placed(scope, path, role)


def policies(scope: Scope) -> Iterator[PlacedPolicy]:
    """Yield the policies that protect branches in CodeCommit."""
    for name, application in scope.stack.delivery.applications.items():
        source = application.source
        if application.review is not None and isinstance(source, CodeCommitSource):
            branches = list(branching.protected(application))
            called = naming.protected_branches(name)
            account = settings_of.account(scope.stack, source)
            policy = protected_branches(called, scope.place(account), source.codecommit, branches)
            yield PlacedPolicy(account, (*application_path(name), "review"), policy)


def resources(scope: Scope) -> Iterator[Named]:
    """Yield pipelines, projects, reports and logs, the rules that start, and where sources are."""
    yield from _connections(scope)
    yield from _repositories(scope)
    for name, application in scope.stack.delivery.applications.items():
        yield from _reviews(scope, name, application)
        for kind, found, path in _names(scope, name, application):
            yield Named(kind, scope.hub, scope.stack.region, found, path)


def _placed(scope: Scope, path: Path, role: Role) -> PlacedRole:
    return PlacedRole(scope.hub, scope.stack.region, path, role)


def _of_application(scope: Scope, name: str, application: Application) -> Iterator[Role]:
    kinds, home = testing.source_kinds(application), scope.home
    tested = _source_tests(scope, name, application)
    if kinds:
        yield builds.source_tests_role(home, tested, scope.store(scope.stack.region))
        if split := testing.split_kinds(application):
            batch = naming.source_tests(name)
            names = [f"{batch}-{kind}" for kind in split]
            yield builds.batch_role(f"{batch}-batch", home, names)
    if branching.validation(application):
        yield from _validation(scope, name, application)
    told = application.observability
    if told.told and told.chat is not None:
        yield chat_role(home.partition, home.account_id, naming.chat_topic(name))


def _source_tests(scope: Scope, name: str, application: Application) -> builds.SourceTests:
    first = next(iter(application.environments))
    suites = application.tests.of_sources()
    environments = [computing(scope, suite) for suite in suites.values()]
    if testing.BUILD in testing.source_kinds(application):
        environments.append(of_pull_requests(scope, application.build))
    return builds.SourceTests(
        name,
        testing.pipelines(name, application),
        source(application, first),
        testing.source_kinds(application),
        formerly=formerly.application(name, application),
        environments=tuple(environments),
        covers=any(suite.coverage for suite in suites.values()),
    )


def _validation(scope: Scope, name: str, application: Application) -> Iterator[Role]:
    pipeline, place = naming.validation(name), scope.home
    single, batches = _source_projects(scope, name, application, testing.source_kinds(application))
    described = pipelines.Pipeline(
        pipeline,
        f"{pipeline}-pipeline",
        _read_as(scope, pipeline, application, source(application, None)),
        single,
        batches,
    )
    yield pipelines.pipeline_role(place, described, scope.store(scope.stack.region))
    yield from _trigger(scope, pipeline, application, None)


def _of_environment(
    scope: Scope, name: str, application: Application, environment: str
) -> Iterator[Role]:
    stack, place = scope.stack, scope.home
    store, pipeline = scope.store(stack.region), naming.pipeline(name, environment)
    if promotion.builds(application, environment):
        yield builds.build_role(place, build(scope, name, application, environment), store)
        if application.build.batch:
            role_name = naming.pipeline_role(name, environment, "batch")
            yield builds.batch_role(role_name, place, [pipeline])
    for kind, suite in application.tests.of_deployment(environment).items():
        test = _deployed_test(scope, name, application, environment, kind)
        yield builds.deployed_test_role(place, test, store)
        if testing.is_split(suite):
            yield builds.batch_role(f"{test.name}-batch", place, [test.name])
    deploy_roles = deploy_role_arns(scope, name, application, environment)
    if part := _runner(application, environment):
        role_name = naming.pipeline_role(name, environment, part)
        former = formerly.pipeline(name, application, environment).name
        runs_in = promotion.pipeline(name, application, environment)
        runner = builds.Runner(pipeline, role_name, part, deploy_roles, former, runs_in)
        yield builds.runner_role(place, runner, store)
    if promotion.head(application, environment) == environment:
        described = _pipeline(scope, name, application, environment)
        yield pipelines.pipeline_role(place, described, store)
        yield from _trigger(scope, pipeline, application, environment)
        if application.environments[environment].schedule:
            yield schedule_role(
                naming.pipeline_role(name, environment, "schedule"),
                f"Starts pipeline {pipeline} on schedule",
                place,
                place.arn("codepipeline", pipeline),
            )


def build(scope: Scope, name: str, application: Application, environment: str) -> builds.Build:
    """Return the build of an environment's pipeline."""
    references = build_references(name, application)
    key = symbols.service_key(scope.hub, scope.stack.region) if references else None
    return builds.Build(
        naming.pipeline(name, environment),
        naming.pipeline_role(name, environment, "build"),
        source(application, environment),
        caches=application.build.cache == "s3",
        packages=packages.stores(scope, application, environment),
        secrets=references,
        secrets_key_arn=key,
        formerly=formerly.pipeline(name, application, environment).name,
        environment=computing(scope, application.build),
        permissions=tuple(each.iam_json() for each in application.build.permissions),
        pushes_to=application.build.push.ecr if application.build.push else "",
    )


def build_references(name: str, application: Application) -> tuple[Reference, ...]:
    """Return the secrets in variables of an application's builds."""
    return tuple(
        reference(secret.store, formerly.secret(name, application, key))
        for key, secret in application.secrets.items()
        if secret.variable
    )


def reference(store: str, name: str) -> Reference:
    """Return the reference to a secret of a store."""
    return Reference(PARAMETER, f"/{name}") if store == PARAMETER else Reference(SECRET, name)


def source(application: Application, environment: str | None) -> Source:
    """Return an environment's source; None is the pull request pipeline."""
    settings = application.source
    image = application.image.ecr if application.image and environment is not None else ""
    if isinstance(settings, ConnectionSource):
        return Source(
            CONNECTION,
            connection_arn=symbols.connection(settings.connection),
            repository=settings.repository,
            full_clone=branching.cloned(application),
            submodules=settings.submodules,
            image=image,
        )
    if isinstance(settings, CodeCommitSource):
        # CodeBuild's role can't clone a repository of another account: it has no policy of its own.
        cloned = branching.cloned(application) and settings.account is None
        return Source(CODECOMMIT, repository=settings.codecommit, full_clone=cloned, image=image)
    return Source(S3, bucket=settings.bucket, key=settings.key, image=image)


def _read_as(scope: Scope, pipeline: str, application: Application, found: Source) -> Source:
    """Return a source with the role of the repository's account, if that is another one."""
    return replace(found, role_arn=reader_arn(scope, application, pipeline))


def deploy_role_arns(
    scope: Scope, name: str, application: Application, environment: str
) -> tuple[str, ...]:
    """Return the ARNs of an environment's deploy roles, by wave."""
    role = naming.pipeline_role(name, environment, "deploy")
    return tuple(
        scope.own_role_arn(there.account, f"{role}{there.suffix}")
        for wave in destinations(application.environments[environment], scope.stack)
        for there in wave
    )


def _runner(application: Application, environment: str) -> str | None:
    """Return the part in the name of the build that deploys, if any."""
    return (application.environments[environment].deploy or application.deploy).runner


def _deployed_test(
    scope: Scope, name: str, application: Application, environment: str, kind: str
) -> builds.DeployedTest:
    pipeline = naming.pipeline(name, environment)
    settings = application.environments[environment]
    suite = application.tests.of_deployment(environment)[kind]
    there = destinations(settings, scope.stack)[0][0]
    role = scope.own_role_arn(there.account, naming.read_role(pipeline, kind))
    return builds.DeployedTest(
        name,
        pipeline,
        kind,
        source(application, environment),
        role if suite.reads else None,
        formerly=formerly.application(name, application),
        environment=computing(scope, suite),
        covers=suite.coverage is not None,
        runs_in=promotion.pipeline(name, application, environment),
    )


def _source_projects(
    scope: Scope, name: str, application: Application, kinds: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ARNs of single-build tests and of batch tests."""
    split = testing.split_kinds(application)

    def arn(kind: str) -> str:
        return scope.home.arn("codebuild", f"project/{naming.source_tests(name)}-{kind}")

    single = tuple(arn(kind) for kind in kinds if kind not in split)
    return single, tuple(arn(kind) for kind in kinds if kind in split)


def _pipeline(
    scope: Scope, name: str, application: Application, environment: str
) -> pipelines.Pipeline:
    stack, place = scope.stack, scope.home
    pipeline, members = (
        naming.pipeline(name, environment),
        promotion.members(application, environment),
    )
    single, batches = _projects(scope, name, application, environment)
    approvals = [
        f"{naming.pipeline(name, each)}-approval"
        for each in members
        if (approval := application.environments[each].approval) and approval.notify
    ]
    return pipelines.Pipeline(
        pipeline,
        naming.pipeline_role(name, environment, "pipeline"),
        promoted.source(scope, name, application, environment)
        or _read_as(scope, pipeline, application, source(application, environment)),
        single,
        batches,
        tuple(arn for each in members for arn in deploy_role_arns(scope, name, application, each)),
        topic_arns=tuple(place.arn("sns", topic) for topic in approvals),
        remote_stores={
            region: scope.store(region) for region in regions(stack, application, environment)
        },
        promotions=promoted.of_pipeline(name, application, environment),
    )


def regions(stack: Stack, application: Application, first: str) -> tuple[str, ...]:
    """Return the regions of a pipeline's actions, without the home region."""
    found = (
        region
        for each in promotion.members(application, first)
        for region in other_regions(application.environments[each], application, stack)
    )
    return tuple(dict.fromkeys(found))


def _projects(
    scope: Scope, name: str, application: Application, first: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ARNs of a pipeline's projects: of single builds and of batches."""
    place, kinds = scope.home, testing.before_build(application, first)
    single, batches = _source_projects(scope, name, application, kinds)
    members = promotion.members(application, first)
    for environment in members:
        pipeline = naming.pipeline(name, environment)
        for kind, suite in application.tests.of_deployment(environment).items():
            arn = place.arn("codebuild", f"project/{naming.deployed_tests(pipeline, kind)}")
            single, batches = _added(arn, single, batches, batch=testing.is_split(suite))
    if promotion.builds(application, first):
        arn = place.arn("codebuild", f"project/{naming.pipeline(name, first)}")
        single, batches = _added(arn, single, batches, batch=application.build.batch)
    for environment in members:
        if part := _runner(application, environment):
            pipeline = naming.pipeline(name, environment)
            single = (*single, place.arn("codebuild", f"project/{pipeline}-{part}"))
    return single, batches


def _added(
    arn: str, single: tuple[str, ...], batches: tuple[str, ...], *, batch: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (single, (*batches, arn)) if batch else ((*single, arn), batches)


def _rules(
    scope: Scope, pipeline: str, application: Application, environment: str | None
) -> list[str]:
    """Return the rules that start a pipeline, as in their ARNs: after the bus, if it has a name."""
    if environment is not None and not promotion.builds(application, environment):
        return []
    found = source(application, environment)
    ends = [f"{pipeline}-start"] if found.kind == S3 else []
    if found.kind == CODECOMMIT:
        bus = f"{naming.SOURCE_EVENTS}/" if settings_of.elsewhere(scope.stack, application) else ""
        triggers = (
            branching.validation(application)
            if environment is None
            else branching.triggers(application, environment)
        )
        ends = [f"{bus}{pipeline}-start" for _ in triggers]
    if found.image:
        ends.append(f"{pipeline}-image")
    if environment is not None and application.environments[environment].started_by:
        ends.append(f"{pipeline}-after")
    return ends


def _trigger(
    scope: Scope, pipeline: str, application: Application, environment: str | None
) -> Iterator[Role]:
    rules = _rules(scope, pipeline, application, environment)
    if rules:
        yield trigger_role(
            f"{pipeline}-trigger",
            f"The trigger role of pipeline {pipeline}",
            scope.home,
            rules,
            scope.home.arn("codepipeline", pipeline),
        )


def _names(scope: Scope, name: str, application: Application) -> Iterator[tuple[Kind, str, Path]]:
    path = application_path(name)
    kinds = testing.source_kinds(application)
    deployed = any(application.tests.of_deployment(each) for each in application.environments)
    if kinds or deployed:
        yield "log-group", builds.test_log_group(formerly.application(name, application)), path
        group = builds.source_tests_name(name)
        yield "report-group", group, path
        if testing.covers(application):
            yield "report-group", builds.coverage_group(group), path
    for kind in kinds:
        yield "project", f"{naming.source_tests(name)}-{kind}", path
    if branching.validation(application):
        yield "pipeline", naming.validation(name), path
        for rule in dict.fromkeys(_rules(scope, naming.validation(name), application, None)):
            yield "rule", rule, path
    if application.image is not None:
        yield "image-repository", application.image.ecr, (*path, "image")
    if application.build.push is not None:
        yield "image-repository", application.build.push.ecr, (*path, "build", "push")
    for environment in application.environments:
        for kind_, found in _names_of_environment(scope, name, application, environment):
            yield kind_, found, application_path(name, environment)


def _reviews(scope: Scope, name: str, application: Application) -> Iterator[Named]:
    source, path = application.source, (*application_path(name), "review")
    if isinstance(source, CodeCommitSource) and application.review is not None:
        account, region = settings_of.account(scope.stack, source), scope.stack.region
        yield Named("approval-rule", account, region, f"{name}-review", path)
        yield Named("approval-association", account, region, source.codecommit, path)


def _repositories(scope: Scope) -> Iterator[Named]:
    """Yield the repositories in CodeCommit, once each; applications may share one."""
    paths: dict[tuple[str, str], Path] = {}
    for name, application in scope.stack.delivery.applications.items():
        source = application.source
        if isinstance(source, CodeCommitSource):
            key = (settings_of.account(scope.stack, source), source.codecommit)
            paths.setdefault(key, (*application_path(name), "source"))
    for (account, repository), path in paths.items():
        yield Named("repository", account, scope.stack.region, repository, path)


def _names_of_environment(
    scope: Scope, name: str, application: Application, environment: str
) -> Iterator[tuple[Kind, str]]:
    pipeline = naming.pipeline(name, environment)
    former = formerly.pipeline(name, application, environment).name
    part = _runner(application, environment)
    ends = [f"-{part}"] if part else []
    if promotion.head(application, environment) == environment:
        yield "pipeline", pipeline
    if promotion.builds(application, environment):
        ends.insert(0, "")
    for end in ends:
        yield "project", f"{pipeline}{end}"
        yield "log-group", builds.build_log_group(f"{former}{end}")
    for kind in application.tests.of_deployment(environment):
        yield "project", naming.deployed_tests(pipeline, kind)
    for rule in dict.fromkeys(_rules(scope, pipeline, application, environment)):
        yield "rule", rule
    for number, _ in enumerate(application.environments[environment].schedule, 1):
        yield "schedule", f"{pipeline}-{number}"


def _connections(scope: Scope) -> Iterator[Named]:
    for name, connection in scope.stack.delivery.connections.items():
        if connection.id is not None:
            continue
        path: Path = (keys.DELIVERY, "connections", name)
        yield Named("connection", scope.hub, scope.stack.region, name, path)
        if connection.self_managed:
            yield Named("host", scope.hub, scope.stack.region, name, path)
