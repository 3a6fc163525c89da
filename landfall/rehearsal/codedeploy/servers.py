"""A deployment to EC2 instances in place, batch by batch.

https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal import artifacts
from landfall.rehearsal.codedeploy import agent, instances, watching
from landfall.rehearsal.codedeploy.deployments import (
    FAILED,
    RUNNING,
    SUCCEEDED,
    Deployment,
    DeploymentError,
    Target,
)
from landfall.rehearsal.codedeploy.instances import Balancer, Instance
from landfall.rehearsal.results import NOT_REHEARSED, ActionError, Location
from landfall.rehearsal.sandbox import Session

_TOO_MANY: Final = (
    "The overall deployment failed because too many individual instances failed deployment, too "
    "few healthy instances are available for deployment, or some instances in your deployment "
    "group are experiencing problems."
)
_PREDEFINED: Final = "CodeDeployDefault."


def deploy(deployment: Deployment, info: Mapping[str, Any]) -> None:
    """Deploy a revision to every instance of the group.

    Raises:
        DeploymentError: too few instances are healthy, or an alarm rings.

    """
    style = deployment.group.get("deploymentStyle", {})
    if style.get("deploymentType", "IN_PLACE") != "IN_PLACE":
        raise ActionError("Blue/green deployments to EC2 are not rehearsed.", NOT_REHEARSED)
    found = instances.found(deployment)
    deployment.targets = [Target(each.id, "InstanceTarget") for each in found]
    healthy = needed(deployment.configuration, len(found))
    together = _together(deployment, len(found), healthy)
    watching.at_once(deployment, ring=False)
    balancer = instances.balancer_of(deployment)
    failures: list[str] = []
    to_one = partial(_to_one, deployment, info, balancer)
    for batch in _batches(list(zip(found, deployment.targets, strict=True)), together):
        names = ", ".join(target.id for _, target in batch)
        deployment.work.note(f"{deployment.id}: deploys to {names}")
        with ThreadPoolExecutor(len(batch)) as pool:
            failures += [why for why in pool.map(lambda each: to_one(*each), batch) if why]
        left = [each for each in deployment.targets if each.status == "Pending"]
        if failures and left and len(found) - len(failures) <= healthy:
            raise DeploymentError("\n".join([_TOO_MANY, *failures]))
        watching.at_once(deployment, ring=True)
    if len(found) - len(failures) < max(1, healthy):
        raise DeploymentError("\n".join([_TOO_MANY, *failures]))


def needed(configuration: Mapping[str, Any], count: int) -> int:
    """Return how many of some instances must stay healthy; fractions are rounded up."""
    wanted: Mapping[str, Any] = configuration["minimumHealthyHosts"]
    if configuration["deploymentConfigName"] == f"{_PREDEFINED}OneAtATime":
        return count - 1
    if wanted["type"] == "FLEET_PERCENT":
        return math.ceil(count * int(wanted["value"]) / 100)
    return int(wanted["value"])


def _together(deployment: Deployment, count: int, healthy: int) -> int:
    """Return how many instances change at once.

    Raises:
        DeploymentError: none may, because all are needed.

    """
    if deployment.group["deploymentConfigName"].startswith(_PREDEFINED):
        return max(1, count - healthy)
    if healthy >= count:
        raise DeploymentError(
            f"{_TOO_MANY}\n{healthy} of {count} instances must stay healthy, so none can change."
        )
    return count - healthy


def _batches(
    pairs: list[tuple[Instance, Target]], size: int
) -> Iterator[list[tuple[Instance, Target]]]:
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]


def _to_one(
    deployment: Deployment,
    info: Mapping[str, Any],
    balancer: Balancer | None,
    instance: Instance,
    target: Target,
) -> str:
    """Deploy to one instance; return why that failed, or nothing."""
    target.status = RUNNING
    if instance.state != "running":
        target.status = FAILED
        return f"Instance {instance.id} is {instance.state}: its agent does not answer"
    root = root_of(deployment, instance.id)
    try:
        session = instances.session(deployment, instance)
    except ActionError as error:
        target.status = FAILED
        return error.message
    variables = {
        **dict(agent.environment(root)),
        **deployment.work.workshop.credentials.variables(session),
        "AWS_DEFAULT_REGION": deployment.work.region,
        "AWS_ENDPOINT_URL": deployment.work.sandbox.url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    own = agent.Agent(deployment, target, root, info, variables, _body(deployment, session))
    if balancer is not None:
        own.block = _as_event(partial(balancer.block, instance.id))
        own.allow = _as_event(partial(balancer.allow, instance.id))
    why = own.run()
    target.status = FAILED if why else SUCCEEDED
    return why


def _as_event(call: Callable[[], None]) -> Callable[[], None]:
    """Return a call whose refusal by AWS fails a lifecycle event."""

    def called() -> None:
        try:
            call()
        except ClientError as error:
            raise ActionError(error.response["Error"].get("Message", "")) from None

    return called


def _body(deployment: Deployment, session: Session) -> Callable[[Location], bytes]:
    work = deployment.work

    def read(where: Location) -> bytes:
        return artifacts.get(work.sandbox, session, work.region, "of the revision", where)

    return read


def root_of(deployment: Deployment, instance: str) -> Path:
    """Return the folder that stands for the file system of an instance."""
    work = deployment.work
    return Path(
        work.sandbox.tell("instance", account=work.account, region=work.region, instance=instance)
    )


def live(deployment: Deployment) -> str:
    """Return what the instances have: how many, and the digest of the installed files of each."""
    digests: dict[str, int] = {}
    for target in deployment.targets:
        root = root_of(deployment, target.id)
        folder = root / "opt/codedeploy-agent/deployment-root/deployment-instructions"
        cleanup = folder / f"{deployment.group['deploymentGroupId']}-cleanup"
        digest = _digest(root, cleanup) if cleanup.is_file() else "nothing"
        digests[digest] = digests.get(digest, 0) + 1
    shown = ", ".join(f"{count} with files {digest}" for digest, count in digests.items())
    return f"instances of {deployment.application}: {shown}"


def _digest(root: Path, cleanup: Path) -> str:
    whole = hashlib.sha256()
    for line in cleanup.read_text(encoding="utf-8").splitlines():
        path = root / line.lstrip("/")
        whole.update(line.encode())
        whole.update(path.read_bytes() if path.is_file() else b"")
    return whole.hexdigest()[:12]
