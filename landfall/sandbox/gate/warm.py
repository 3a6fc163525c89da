"""Load services in the background, because a service's first request can take seconds."""

from __future__ import annotations

import logging
import threading
from functools import partial

import moto.backends as backends
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.moto_server.werkzeug_app import create_backend_app

from landfall.sandbox.gate import registry
from landfall.sandbox.gate.barrier import barrier
from landfall.sandbox.gate.dispatcher import Dispatcher

SERVICES = (
    ("sts", "sts"),
    ("organizations", "organizations"),
    ("iam", "iam"),
    ("s3", "s3"),
    ("kms", "kms"),
    ("codepipeline", "codepipeline"),
    ("codebuild", "codebuild"),
    ("s3control", "s3control"),
    ("ec2", "ec2"),
    ("sns", "sns"),
    ("codedeploy", "codedeploy"),
    ("events", "events"),
    ("logs", "logs"),
    ("cloudwatch", "cloudwatch"),
    ("ssm", "ssm"),
    ("budgets", "budgets"),
    ("config", "config"),
    ("account", "account"),
)
"""The emulator's names and botocore's, in the order in which a stack uses them."""

_log = logging.getLogger(__name__)


def load(package: str, service: str) -> None:
    """Load what the emulator and the gate have of a service."""
    get_service_model(service)
    get_service_router(service)
    backends.get_backend(package)
    registry.load(service)


def _serve(dispatcher: Dispatcher, package: str, service: str) -> None:
    load(package, service)
    with dispatcher.lock:
        if package not in dispatcher.app_instances:
            dispatcher.app_instances[package] = create_backend_app(package)


def warm(dispatcher: Dispatcher) -> threading.Thread:
    """Start loading `SERVICES` into a dispatcher and return the thread that does it."""

    def load() -> None:
        for package, service in SERVICES:
            try:
                # Loading a service changes the collections that the emulator's reset iterates.
                with barrier.shared(partial("loading {}".format, service)):
                    _serve(dispatcher, package, service)
            except Exception:
                # The first request of the service fails in the same way and reports it.
                _log.exception("warming %s", service)

    thread = threading.Thread(target=load, name="warm", daemon=True)
    thread.start()
    return thread
