"""Lambda: invocations run the deployed code in a process of this machine."""

from __future__ import annotations

import base64
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.logs.models import logs_backends

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services import trust
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging.acting import refused
from landfall.sandbox.judging.permissions import Permission
from landfall.sandbox.services.awslambda import processes
from landfall.sandbox.services.sts.additions import issue


class ResourceNotFoundError(AWSError):
    """No such function, version or alias: Lambda API Reference, Invoke."""

    code = "ResourceNotFoundException"
    status = 404


class InvalidRuntimeError(AWSError):
    """A runtime that this machine does not have: Lambda API Reference, Invoke."""

    code = "InvalidRuntimeException"
    status = 502


class AccessDeniedError(AWSError):
    """Lambda cannot assume the function's role: Lambda Developer Guide, 'Troubleshooting'."""

    code = "AccessDeniedException"
    status = 403


def invoke(request: Request) -> Mapping[str, Any]:
    """Run the version that a qualifier names, as the function's role: API Reference, Invoke.

    The traffic of an alias is split by its weights: Developer Guide, 'Implement Lambda canary
    deployments using a weighted alias'. Only Python runs here, with the sandbox's interpreter.
    """
    params = request.params
    function = _chosen(request, params["FunctionName"], params.get("Qualifier"))
    if params.get("InvocationType") == "DryRun":
        return {"StatusCode": 204}
    if not str(function.run_time).startswith("python"):
        raise InvalidRuntimeError(
            f"The sandbox runs functions of Python; {function.function_name} has the runtime "
            f"{function.run_time}."
        )
    identity = str(uuid.uuid4())
    done = processes.run(
        function, params.get("Payload") or b"{}", identity, _environment(request, function)
    )
    _log(request, function, identity, done)
    if params.get("InvocationType") == "Event":
        return {"StatusCode": 202}
    answer: dict[str, Any] = {
        "StatusCode": 200,
        "ExecutedVersion": str(function.version),
        "Payload": done.payload,
    }
    if done.failed:
        answer["FunctionError"] = "Unhandled"
    if params.get("LogType") == "Tail":
        answer["LogResult"] = base64.b64encode(done.log.encode()[-4096:]).decode()
    return answer


def _chosen(request: Request, name: str, qualifier: str | None) -> LambdaFunction:
    """Return the version to run: an alias shifts part of its calls to a second version."""
    if name.startswith("arn:"):
        parts = name.split(":")
        name, qualifier = parts[6], parts[7] if len(parts) > 7 else qualifier
    elif ":" in name:
        name, _, qualifier = name.rpartition(":")
    storage = lambda_backends[request.account][request.region]._lambdas
    if name not in storage._functions:
        raise ResourceNotFoundError(
            f"Function not found: {request.arn('lambda', f'function:{name}')}"
        )
    arn = request.arn("lambda", f"function:{name}")
    alias = storage._aliases[arn].get(qualifier) if qualifier else None
    if alias is not None:
        qualifier = alias.function_version
        weights = (alias.routing_config or {}).get("AdditionalVersionWeights", {})
        for version, weight in weights.items():
            if random.random() < weight:  # noqa: S311 - traffic, not a secret
                qualifier = version
    if qualifier in (None, "$LATEST"):
        return storage._get_latest(name)
    found = storage._get_version(name, qualifier)
    if found is None:
        raise ResourceNotFoundError(f"Function not found: {arn}:{qualifier}")
    return found


def _environment(request: Request, function: LambdaFunction) -> dict[str, str]:
    """Return what Lambda sets: Developer Guide, 'Using Lambda environment variables'."""
    arn = request.arn("lambda", f"function:{function.function_name}")
    service = trust.service("lambda.amazonaws.com", request.account, arn)
    params = {"RoleSessionName": function.function_name, "RoleArn": function.role}
    as_lambda = Request(
        Caller(request.account, service.name), request.region, "sts", "AssumeRole", params
    )
    try:
        role = trust.require_trust(as_lambda, function.role, service, "sts:AssumeRole")
    except trust.AccessDeniedError:
        raise AccessDeniedError(
            "The role defined for the function cannot be assumed by Lambda."
        ) from None
    held = issue(as_lambda, role, 3600, function=arn)["Credentials"]
    return {
        **{name: str(value) for name, value in function.environment_vars.items()},
        "_HANDLER": function.handler,
        "AWS_ACCESS_KEY_ID": held["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": held["SecretAccessKey"],
        "AWS_SESSION_TOKEN": held["SessionToken"],
        "AWS_DEFAULT_REGION": request.region,
        "AWS_REGION": request.region,
        "AWS_ENDPOINT_URL": f"http://{request.host}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INVOKED_FUNCTION_ARN": arn,
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.function_name}",
    }


def _log(
    request: Request, function: LambdaFunction, identity: str, done: processes.Invocation
) -> None:
    """Keep the log of an invocation if the function's role may write it."""
    group = f"/aws/lambda/{function.function_name}"
    stream = f"{time.strftime('%Y/%m/%d')}/[{function.version}]{identity.replace('-', '')}"
    arn = request.arn("logs", f"log-group:{group}:log-stream:{stream}")
    session = arn_of(
        request.partition,
        "sts",
        f"assumed-role/{function.role.rpartition('/')[2]}/{function.function_name}",
        account=request.account,
    )
    acting = Caller(request.account, session, role=function.role)
    if refused(acting, request.region, [Permission("logs:PutLogEvents", arn)]):
        return
    backend = logs_backends[request.account][request.region]
    if group not in backend.groups:
        backend.create_log_group(group, {})
    backend.create_log_stream(group, stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line} for line in done.log.splitlines() if line]
    if events:
        backend.put_log_events(group, stream, events)
