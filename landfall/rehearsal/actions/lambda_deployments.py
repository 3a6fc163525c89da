"""The Lambda deploy action: a new version, to which an alias shifts its traffic in steps.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landfall.rehearsal import traffic
from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import DEPLOYMENT, Work, ringing, watch


def run(work: Work) -> Result:
    """Deploy the input artifact, or a published version.

    An alarm of `Alarms` that rings while the traffic shifts returns all of it to the version that
    the alias had.
    """
    try:
        return _deployed(work)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        said = error.response["Error"].get("Message", "")
        kind = "PermissionError" if "AccessDenied" in code else "JobFailed"
        raise ActionError(said, kind) from None


def _deployed(work: Work) -> Result:
    config, client = work.configuration, work.client("lambda")
    function, alias = config["FunctionName"], config.get("FunctionAlias")
    alarms = [each.strip() for each in config.get("Alarms", "").split(",") if each.strip()]
    watching = work.client("cloudwatch")
    if found := ringing(watching, alarms):
        raise ActionError(f"Alarm {found[0]} is in the state ALARM; nothing was deployed.")
    if alias is None:
        version = _published(work, client)
        return Result(summary=f"version {version}", variables={"FunctionVersion": version})
    before = client.get_alias(FunctionName=function, Name=alias)
    if (before.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        raise ActionError(f"Alias {alias} has more than one version behind it.")
    earlier = before["FunctionVersion"]
    version = config.get("PublishedTargetVersion") or _published(work, client)
    shift = _Shift(client, function, alias, earlier, version)
    for step in traffic.steps(config.get("DeployStrategy", "AllAtOnce")):
        shift.to(step.percent)
        work.note(f"version {version} has {step.percent} % of {function}:{alias}")
        if step.minutes:
            work.rung.ring(work, alarms, DEPLOYMENT)
        try:
            found = watch(work, watching, alarms, step.minutes)
        except ActionError:
            shift.back()
            raise
        if found:
            shift.back()
            work.rung.quiet()
            raise ActionError(
                f"Alarm {found[0]} rang while version {version} had {step.percent} % of the "
                f"traffic; {function}:{alias} has version {earlier} again."
            )
    return Result(
        summary=f"{function}:{alias} has version {version}, before {earlier}",
        variables={"FunctionVersion": version},
        live=live(work),
        more=f"aws lambda get-alias --function-name {function} --name {alias}",
    )


def _published(work: Work, client: Any) -> str:
    function = work.configuration["FunctionName"]
    if not work.input_names:
        raise ActionError("No input artifact and no PublishedTargetVersion.", "ConfigurationError")
    body = work.read(work.input_names[0])
    client.update_function_code(FunctionName=function, ZipFile=body)
    return str(client.publish_version(FunctionName=function)["Version"])


class _Shift:
    """The traffic of an alias between two versions."""

    def __init__(self, client: Any, function: str, alias: str, earlier: str, later: str) -> None:
        self._client, self._earlier, self._later = client, earlier, later
        self._where = {"FunctionName": function, "Name": alias}

    def to(self, percent: int) -> None:
        """Give the later version a part of the traffic, or all of it."""
        if percent == 100:
            self._set(self._later, {})
        else:
            self._set(self._earlier, {self._later: percent / 100})

    def back(self) -> None:
        """Give the earlier version all traffic."""
        self._set(self._earlier, {})

    def _set(self, version: str, weights: dict[str, float]) -> None:
        self._client.update_alias(
            **self._where,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": weights},
        )


def live(work: Work) -> str:
    """Return what is live in the account: the version behind the alias, and its code's digest."""
    function, alias = work.configuration["FunctionName"], work.configuration.get("FunctionAlias")
    entered = work.sandbox.entered(work.account, work.region)
    client = work.sandbox.client("lambda", work.region, entered)
    try:
        version = client.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
        found = client.get_function_configuration(FunctionName=function, Qualifier=version)
    except ClientError as error:
        return f"function {function}: {error.response['Error'].get('Message', '')}"
    return f"function {function}:{alias}, version {version}, code {found['CodeSha256'][:12]}"
