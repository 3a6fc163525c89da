"""Checks of reviews and of container images."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings import keys
from landfall.settings.branching import protected
from landfall.settings.delivery import Application, CodeCommitSource, ConnectionSource
from landfall.settings.deployments import EcsDeploy
from landfall.settings.repositories import account
from landfall.settings.review import Review, approval_rule
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.settings.triggers import is_pattern
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_OF_CODECOMMIT = ("approvers", "contributors")
_OF_CONNECTIONS = ("keys", "since")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the reviews of applications."""
    reviews: dict[tuple[str, str], str] = {}
    images: dict[str, str] = {}
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        review, source = application.review, application.source
        if isinstance(source, CodeCommitSource) and review is not None:
            reviewed = reviews.setdefault((account(stack, source), source.codecommit), name)
            if reviewed != name:
                yield _reviewed_twice(path, source.codecommit, reviewed)
        if application.image is not None:
            if application.image.ecr in images:
                what = f"application '{images[application.image.ecr]}' uses the same repository"
                yield Mistake(
                    (*path, "image", "ecr"), what, "choose another repository", kind=Kind.NAME_TAKEN
                )
            images.setdefault(application.image.ecr, name)
            yield from _image(path, application)
        if review is None:
            continue
        here = (*path, "review")
        for index, branch in enumerate(review.branches or ()):
            if is_pattern(branch):
                what = f"'{branch[:80]}' is a pattern"
                yield Mistake(
                    (*here, "branches", index),
                    what,
                    "list each protected branch by name",
                    kind=Kind.INVALID_VALUE,
                )
        if isinstance(source, CodeCommitSource):
            yield from _codecommit(stack, here, review, account(stack, source))
            yield from _content(stack, here, application, review)
        elif isinstance(source, ConnectionSource):
            yield from _connection(stack, here, review, source)
        if not protected(application):
            yield Mistake(
                (*here, "branches"), "no branch is protected", "add one", kind=Kind.MISSING_SETTING
            )


def _reviewed_twice(path: Path, repository: str, application: str) -> Mistake:
    """Return the mistake of a second review of a repository that several applications share."""
    return Mistake(
        (*path, "review"),
        f"application '{application}' already has the review of repository '{repository}'",
        "write review: in one application; it applies to the repository",
        (keys.DELIVERY, "applications", application, "review"),
        kind=Kind.CONFLICTING_SETTINGS,
    )


def _image(path: Path, application: Application) -> Iterator[Mistake]:
    for environment, settings in application.environments.items():
        deploy = settings.deploy or application.deploy
        if isinstance(deploy, EcsDeploy) and deploy.image_placeholder is None:
            own = (*path, "environments", environment, "deploy")
            here = own if settings.deploy else (*path, "deploy")
            what = "the placeholder for the image in the task definition is missing"
            fix = (
                "add imagePlaceholder:, as in IMAGE1_NAME, and use <IMAGE1_NAME> in the definition"
            )
            yield Mistake((*here, "imagePlaceholder"), what, fix, kind=Kind.MISSING_SETTING)


def _codecommit(stack: Stack, path: Path, review: Review, of_repository: str) -> Iterator[Mistake]:
    yield from _foreign(path, review, _OF_CONNECTIONS, "a CodeCommit source")
    if not review.approvers:
        what = "the review has no approvers"
        fix = "add approvers: with roles of the repository's account, as in landfall/reviewer"
        yield Mistake((*path, "approvers"), what, fix, kind=Kind.MISSING_SETTING)
    limit = stack.quota("approvalPoolMembers")
    if len(review.approvers) > limit:
        what = f"{len(review.approvers)} approver roles"
        yield Mistake(
            (*path, "approvers"), what, f"CodeCommit allows {limit}", kind=Kind.EXCEEDS_LIMIT
        )
    roles = stack.access.roles
    for index, name in enumerate(review.contributors):
        here = (*path, "contributors", index)
        if name not in roles:
            fix = suggestion(name, roles)
            about = (keys.ACCESS, "roles", name)
            yield Mistake(
                here,
                f"there is no role '{name}' in {keys.ACCESS}",
                fix,
                about,
                kind=Kind.UNKNOWN_REFERENCE,
            )
        elif of_repository and of_repository not in stack.holders(roles[name]):
            what = f"role '{name}' is not in the repository's account"
            fix = f"add {of_repository} to its accounts"
            yield Mistake(here, what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _content(
    stack: Stack, path: Path, application: Application, review: Review
) -> Iterator[Mistake]:
    roles = [path_.rpartition("/")[2] for path_ in review.approvers]
    branches, account = protected(application), "0" * 12
    content = approval_rule(stack.partition, account, branches, review.approvals, roles)
    limit = stack.quota("approvalRuleSize")
    if len(content) > limit:
        what = f"the approval rule would have {len(content)} characters"
        yield Mistake(
            (*path, "approvers"),
            what,
            f"CodeCommit allows {limit}; list fewer roles",
            kind=Kind.EXCEEDS_LIMIT,
        )


def _connection(
    stack: Stack, path: Path, review: Review, source: ConnectionSource
) -> Iterator[Mistake]:
    yield from _foreign(path, review, _OF_CODECOMMIT, "a connection")
    connection = stack.delivery.connections.get(source.connection)
    if connection is not None and connection.provider != "GitHub" and review.keys is None:
        what = f"the keys with which {connection.provider} signs merges are missing"
        fix = "add keys: with the host's public key, or its https address"
        yield Mistake((*path, "keys"), what, fix, kind=Kind.MISSING_SETTING)


def _foreign(path: Path, review: Review, names: tuple[str, ...], what: str) -> Iterator[Mistake]:
    for name in names:
        if name in review.model_fields_set:
            yield Mistake(
                (*path, name), f"{what} does not support {name}", "remove it", kind=Kind.UNSUPPORTED
            )
