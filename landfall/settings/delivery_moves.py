"""What was renamed among applications, environments and deployments, and what AWS does about it.

Pulumi makes new resources before it deletes old ones. So where a name stays the same in AWS while
Pulumi takes its resource for another one, AWS refuses it: the name already exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from landfall.settings import keys
from landfall.settings.delivery import (
    Application,
    CodeCommitSource,
    ConnectionSource,
)
from landfall.settings.delivery_renames import DeliveryRenames
from landfall.settings.formerly import Pipeline
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion

Told = tuple[Path, str, str, bool]
"""The path of the setting, what AWS does, what to do, and whether AWS refuses it."""

_APPLICATIONS: Final[Path] = (keys.DELIVERY, "applications")
# Kinds whose name is that of an application in CodeDeploy.
_IN_CODEDEPLOY: Final = ("ecs", "ec2")
_STAYS: Final = {
    "cloudformation": "CloudFormation's stack {}",
    "commands": "what the {} deployed",
    "ec2": "what was deployed to the instances of {}",
    "ecs": "the service {}",
    "ecsService": "the service {}",
    "eks": "what was deployed to the cluster {}",
    "invoke": "what the function {} deployed",
    "lambda": "the function {}",
    "project": "what the project {} deployed",
    "pulumi": "Pulumi's stack {}",
    "s3": "the bucket {}",
    "stackSet": "the stack set {} with its stacks",
    "terraform": "the state {}, with its resources,",
}

_REPLACED: Final = "its pipelines with their histories, projects, roles, alarms, rules and topics"


class Deployment(NamedTuple):
    """Where a pipeline deploys first, and what: `kind` is the key that tells it, as `lambda`."""

    account: str
    region: str
    kind: str
    name: str

    @property
    def thing(self) -> str:
        """What is deployed to, in words."""
        return f"{self.kind} {self.name} in {self.account}"


class _Known(NamedTuple):
    """The applications and pipelines of a state, by their keys."""

    applications: dict[str, tuple[str, str]]
    """Source and image repository."""
    pipelines: dict[Pipeline, Deployment]


def names(stack: Stack) -> dict[str, Any]:
    """Return what tells applications and deployments apart, as JSON values."""
    return {
        name: {
            "source": _source(application),
            "image": application.image.ecr if application.image else "",
            "environments": {
                environment: list(_deployment(stack, application, environment))
                for environment in application.environments
            },
        }
        for name, application in stack.delivery.applications.items()
    }


def moves(stack: Stack, renames: DeliveryRenames, old: Mapping[str, Any] | None) -> Iterator[Told]:
    """Yield what AWS does about each rename; all of `formerly` where `old` is not known."""
    if old is None:
        for name, former in renames.applications.items():
            yield _carried_application(stack, name, former)
        for new, was in renames.pipelines.items():
            if _settings(stack, new).formerly:
                yield _carried_pipeline(new, was)
        return
    accounts = {former: new for new, former in renames.accounts.items()}
    before, now = _known(old, accounts), _known(names(stack), {})
    yield from _Comparison(stack, renames, before, now).told()


def _known(found: Mapping[str, Any], accounts: Mapping[str, str]) -> _Known:
    """Return what was found, with the accounts under the keys that they have now."""
    return _Known(
        {name: (each["source"], each["image"]) for name, each in found.items()},
        {
            Pipeline(name, environment): Deployment(accounts.get(account, account), *rest)
            for name, each in found.items()
            for environment, (account, *rest) in each["environments"].items()
        },
    )


def _source(application: Application) -> str:
    source = application.source
    if isinstance(source, ConnectionSource):
        return f"{source.connection}:{source.repository}"
    if isinstance(source, CodeCommitSource):
        return source.codecommit
    return f"s3://{source.bucket}/{source.key}"


def _deployment(stack: Stack, application: Application, environment: str) -> Deployment:
    settings = application.environments[environment]
    deploy = settings.deploy or application.deploy
    kind = next(field.alias or name for name, field in list(type(deploy).model_fields.items())[:1])
    return Deployment(settings.account, settings.region or stack.region, kind, deploy.name)


def _settings(stack: Stack, pipeline: Pipeline) -> Any:
    application = stack.delivery.applications[pipeline.application]
    return application.environments[pipeline.environment]


def _path(pipeline: Pipeline) -> Path:
    return (*_APPLICATIONS, pipeline.application, "environments", pipeline.environment)


def _carried_application(stack: Stack, new: str, old: str) -> Told:
    what = (
        f"application {old} becomes {new}. Kept: what it deploys, CodeDeploy's applications,"
        " repositories, keys and artifacts; log groups and secrets, which keep the name"
        f" {old} while 'formerly' is set"
    )
    fix = f"replaced, since AWS cannot rename them: {_REPLACED}"
    if stack.delivery.applications[new].observability.told:
        fix += "; whoever subscribed to its topic by e-mail confirms again"
    return (*_APPLICATIONS, new, "formerly"), what, fix, False


def _carried_pipeline(new: Pipeline, old: Pipeline) -> Told:
    what = (
        f"environment {old} becomes {new}. Kept: what it deploys, CodeDeploy's application; log"
        f" groups and secrets, which keep the name {old.name} while 'formerly' is set"
    )
    fix = f"replaced, since AWS cannot rename them: {_REPLACED}"
    return (*_path(new), "formerly"), what, fix, False


class _Comparison:
    """Compares what a stack describes with what it was."""

    def __init__(self, stack: Stack, renames: DeliveryRenames, old: _Known, new: _Known) -> None:
        self._stack, self._renames, self._old, self._new = stack, renames, old, new
        # A rename that is applied already leaves `formerly` without a meaning.
        self._was = {
            pipeline: pipeline if pipeline in old.pipelines else former
            for pipeline, former in renames.pipelines.items()
        }
        taken = set(self._was.values())
        self._gone = {each: it for each, it in old.pipelines.items() if each not in taken}
        self._gone_applications = [
            name
            for name in old.applications
            if name not in new.applications and name not in renames.applications.values()
        ]

    def told(self) -> Iterator[Told]:
        """Yield the renames of `formerly`, then those that nothing says, then what moved."""
        yield from self._carried()
        yield from self._applications()
        yield from self._environments()
        yield from self._deployments()

    def _carried(self) -> Iterator[Told]:
        for new, former in self._renames.applications.items():
            if new in self._old.applications:
                continue
            if former in self._old.applications:
                yield _carried_application(self._stack, new, former)
            else:
                what = f"there was no application '{former}', so {new} is made new"
                fix = suggestion(former, self._old.applications)
                yield (*_APPLICATIONS, new, "formerly"), what, fix, False
        for pipeline, was in self._renames.pipelines.items():
            if pipeline in self._old.pipelines or not _settings(self._stack, pipeline).formerly:
                continue
            if was in self._old.pipelines:
                yield _carried_pipeline(pipeline, was)
            else:
                what = f"there was no environment '{was}', so {pipeline} is made new"
                fix = suggestion(str(was), [str(each) for each in self._old.pipelines])
                yield (*_path(pipeline), "formerly"), what, fix, False

    def _applications(self) -> Iterator[Told]:
        for name in self._new.applications:
            former = self._renames.applications.get(name)
            if name in self._old.applications or former in self._old.applications:
                continue
            matches = [
                (each, same) for each in self._gone_applications if (same := self._same(each, name))
            ]
            if not matches:
                continue
            former, same = max(matches, key=lambda match: len(match[1]))
            self._gone_applications.remove(former)
            self._gone = {each: it for each, it in self._gone.items() if each.application != former}
            exists = self._existing(former, name)
            what = f"application {former} has become {name}: both have {', '.join(same)}"
            what += _refusal(exists) if exists else f". AWS would delete {_lost(former)}"
            fix = f"write 'formerly: {former}' in application {name}"
            yield (*_APPLICATIONS, name), what, fix, bool(exists)

    def _same(self, old: str, new: str) -> list[str]:
        """Return what two applications have in common that tells an application from others."""
        deployed = self._deployed(self._old, old) & self._deployed(self._new, new)
        found = sorted(f"{each.thing}" for each in deployed)
        sources = self._old.applications[old][0], self._new.applications[new][0]
        return [*found, f"source {sources[0]}"] if sources[0] == sources[1] else found

    @staticmethod
    def _deployed(known: _Known, application: str) -> set[Deployment]:
        found = known.pipelines.items()
        return {deployment for each, deployment in found if each.application == application}

    def _existing(self, old: str, new: str) -> list[str]:
        """Return what AWS has under a name that would be made a second time."""
        both = self._deployed(self._old, old) & self._deployed(self._new, new)
        found = [_codedeploy(each) for each in sorted(both) if each.kind in _IN_CODEDEPLOY]
        images = self._old.applications[old][1], self._new.applications[new][1]
        return [*found, f"repository {images[0]} of ECR"] if images[0] == images[1] != "" else found

    def _environments(self) -> Iterator[Told]:
        for pipeline, deployment in self._new.pipelines.items():
            if self._was[pipeline] in self._old.pipelines:
                continue
            gone = next((each for each, it in self._gone.items() if it == deployment), None)
            if gone is None:
                continue
            del self._gone[gone]
            exists = [_codedeploy(deployment)] if deployment.kind in _IN_CODEDEPLOY else []
            own = self._renames.applications.get(pipeline.application, pipeline.application)
            key = gone.environment if gone.application == own else str(gone)
            what = f"environment {gone} has become {pipeline}: both have {deployment.thing}"
            what += _refusal(exists) if exists else f". AWS would delete {_lost(gone.name)}"
            fix = f"write 'formerly: {key}' in environment {pipeline.environment}"
            yield (
                _path(pipeline),
                what,
                f"{fix} of application {pipeline.application}",
                bool(exists),
            )

    def _deployments(self) -> Iterator[Told]:
        """Yield the pipelines that deploy something else than before, or elsewhere."""
        holders = {it: each for each, it in self._old.pipelines.items()}
        for pipeline, new in self._new.pipelines.items():
            old = self._old.pipelines.get(self._was[pipeline])
            if old is None or old == new:
                continue
            path = (*_path(pipeline), "account" if old[2:] == new[2:] else "deploy")
            holder = holders.get(new)
            if holder is not None and new.kind in _IN_CODEDEPLOY:
                what = f"{pipeline.name} takes {new.thing} over from {holder.name}"
                what += _refusal([_codedeploy(new)])
                fix = f"let {holder.name} give it up in one run, and {pipeline.name} take it in the"
                yield path, what, f"{fix} next", True
                continue
            yield path, *_redeployed(pipeline, old, new), False


def _redeployed(pipeline: Pipeline, old: Deployment, new: Deployment) -> tuple[str, str]:
    what = f"{pipeline.name} deploys {new.thing} in place of {old.thing}"
    in_codedeploy = old.kind in _IN_CODEDEPLOY
    if in_codedeploy and old[:3] == new[:3]:
        what += ". CodeDeploy's application and deployment group are renamed in place"
    elif in_codedeploy:
        what += ". CodeDeploy's application is replaced, with its history"
    stays = _STAYS[old.kind].format(old.name)
    return what, f"{stays} stays in {old.account}: remove it there if unused"


def _codedeploy(deployment: Deployment) -> str:
    return f"application {deployment.name} of CodeDeploy in {deployment.account}"


def _refusal(exists: list[str]) -> str:
    return f". AWS would refuse a second {' and '.join(exists)}: the name already exists"


def _lost(name: str) -> str:
    return f"all that is named {name}, its log groups and secrets included, and make it anew"
