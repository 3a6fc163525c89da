"""Invocations by other services, which are asynchronous.

Lambda Developer Guide, 'Invoking a Lambda function asynchronously'.
"""

from __future__ import annotations

from moto import settings
from moto.awslambda.models import lambda_backends

from landfall.sandbox.gate import background
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.services.awslambda.running import invoke
from landfall.sandbox.services.events.receivers import Delivery, DeliveryError, receiver


@receiver("lambda")
def run(delivery: Delivery) -> None:
    """Run a function after the event was delivered; a function that fails fails no delivery."""
    region, account, name = delivery.place
    function = name.removeprefix("function:")
    if function.partition(":")[0] not in lambda_backends[account][region]._lambdas._functions:
        raise DeliveryError("NO_RESOURCE", f"The function {function} does not exist.")
    later(account, region, function, delivery.text)


def later(account: str, region: str, function: str, payload: str) -> None:
    """Run a function, named with its version or alias, once the present request was answered."""
    params = {
        "FunctionName": function,
        "InvocationType": "Event",
        "Payload": payload.encode(),
    }
    request = Request(
        Caller(account, ""),
        region,
        "lambda",
        "Invoke",
        params,
        host=f"127.0.0.1:{settings.moto_server_port()}",
    )
    background.later(f"function {function}", 0, lambda: _invoked(request))


def _invoked(request: Request) -> None:
    try:
        invoke(request)
    except AWSError:
        return
