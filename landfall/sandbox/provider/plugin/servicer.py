"""pulumirpc.ResourceProvider: translates requests and answers; other modules do the work."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import (
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from landfall import versions
from landfall.sandbox.provider.errors import InputFault, PartialFailureError, ProviderError
from landfall.sandbox.provider.operations import assumed, functions, plan_only
from landfall.sandbox.provider.operations.reading import Reader
from landfall.sandbox.provider.operations.resources import Difference, Resources, top_level
from landfall.sandbox.provider.plugin.log import Log
from landfall.sandbox.provider.plugin.session import Session
from landfall.sandbox.provider.rules.naming import Proposal
from landfall.sandbox.provider.terraform.configuration import check_arguments, configure
from landfall.sandbox.provider.values.properties import (
    Properties,
    canonical,
    from_struct,
    to_struct,
)

_MODES: Final = {0: "propose", 1: "enforce", 2: "disable"}

Method = TypeVar("Method", bound=Callable[..., Any])


def _answering(method: Method) -> Method:
    """Turn the plugin's errors into gRPC's, and log the call."""

    @functools.wraps(method)
    def answer(self: Provider, request: Any, context: grpc.ServicerContext) -> Any:
        started = time.monotonic()
        subject = _subject(request)
        try:
            with self.busy:
                response = method(self, request, context)
        except PartialFailureError as failure:
            self.log.call(method.__name__, subject, started, "partial failure")
            _abort_partially(context, failure)
        except ProviderError as fault:
            self.log.call(method.__name__, subject, started, "failed")
            context.abort(grpc.StatusCode.UNKNOWN, str(fault))
        except Exception as error:
            self.log.call(method.__name__, subject, started, f"broke: {type(error).__name__}")
            raise
        self.log.call(method.__name__, subject, started, "ok")
        return response

    return answer  # type: ignore[return-value]


class Busy:
    """Counts the running calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls = 0

    def __enter__(self) -> None:
        with self._lock:
            self.calls += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.calls -= 1


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One client's provider."""

    def __init__(self, session: Session, log: Log) -> None:
        self.session = session
        self.log = log
        self._resources = Resources(session)
        self._reader = Reader(session)
        self._region = ""
        self._account: Any = assumed.MANAGEMENT_ACCOUNT
        self.busy = Busy()

    @property
    def _blind(self) -> bool:
        """Whether nothing can be asked of AWS: no provider, or a configuration not yet known."""
        if self.session.client.plan_only:
            return True
        return self.session.configuration is not None and not self.session.configuration.known

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Agree on the protocol: no secrets, resources or outputs as inputs."""
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take note of the engine, of which nothing is needed."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say which version of the official provider this one stands for."""
        return plugin_pb2.PluginInfo(version=versions.PULUMI_AWS)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer an empty schema: programs bring the SDK's."""
        return provider_pb2.GetSchemaResponse(
            schema=f'{{"name":"aws","version":"{versions.PULUMI_AWS}"}}'
        )

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Interrupt what is being done, and begin no further change.

        The engine also cancels when it is done; then the processes stay for the next run.
        """
        self.session.backend.pool.interrupt(self.session.client.identity)
        if self.busy.calls:
            self.log.write("Cancel")
            self.session.backend.pool.cancel(self.session.client.identity)
        return empty_pb2.Empty()

    @_answering
    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Check the provider's arguments against Terraform's."""
        news = from_struct(request.news)
        faults: list[InputFault] = []
        if not self.session.client.plan_only:
            faults = check_arguments(news, self.session.catalog.schema.provider())
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(faults))

    @_answering
    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Compare two configurations; none demands that resources be replaced."""
        olds = from_struct(request.old_inputs if request.old_inputs.fields else request.olds)
        news = from_struct(request.news)
        for ignored in ("version", "pluginDownloadURL"):
            olds.pop(ignored, None)
            news.pop(ignored, None)
        return _diff_response(plan_only.diff(olds, news))

    @_answering
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take the configuration; a process is started when a call needs one."""
        arguments = from_struct(request.args)
        region = arguments.get("region")
        self._region = region if isinstance(region, str) else ""
        self._account = assumed.account_of(arguments)
        if not self.session.client.plan_only:
            block = self.session.catalog.schema.provider()
            environment = self.session.client.environment
            self.session.configuration = configure(arguments, block, environment)
            self._region = self.session.configuration.region
        return provider_pb2.ConfigureResponse(
            supportsPreview=True, supports_autonaming_configuration=True
        )

    @_answering
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Complete and check a resource's inputs."""
        proposal = Proposal(
            request.autonaming.proposed_name, _MODES.get(request.autonaming.mode, "propose")
        )
        check = plan_only.check if self._blind else self._resources.check
        inputs, faults = check(
            _token(request.urn),
            _name(request.urn),
            from_struct(request.olds),
            from_struct(request.news),
            request.randomSeed,
            proposal,
        )
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_failures(faults))

    @_answering
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what an update would change."""
        olds, news = from_struct(request.olds), from_struct(request.news)
        old_inputs = from_struct(request.old_inputs)
        if not self._blind:
            ignored = request.ignoreChanges
            difference = self._resources.diff(_token(request.urn), olds, news, ignored)
            return _diff_response(difference, _changed_inputs(old_inputs, news))
        if not self.session.client.plan_only and canonical(old_inputs) == canonical(news):
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)
        return _diff_response(plan_only.diff(old_inputs, news))

    @_answering
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Create a resource, or preview that."""
        token, inputs = _token(request.urn), from_struct(request.properties)
        if self._blind:
            if not request.preview:
                raise plan_only.refuse()
            identity, outputs = self._planned(request.urn, inputs)
            return provider_pb2.CreateResponse(id=identity, properties=to_struct(outputs))
        identity, outputs = self._resources.create(
            token, inputs, preview=request.preview, timeout=request.timeout
        )
        return provider_pb2.CreateResponse(id=identity, properties=to_struct(outputs))

    @_answering
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change a resource in place, or preview that."""
        token, news = _token(request.urn), from_struct(request.news)
        if self._blind:
            if not request.preview:
                raise plan_only.refuse()
            _, outputs = self._planned(request.urn, news, request.id)
        else:
            olds = from_struct(request.olds)
            outputs = self._resources.update(
                token,
                olds,
                news,
                preview=request.preview,
                timeout=request.timeout,
                ignored=request.ignoreChanges,
            )
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    @_answering
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read a resource from AWS; offline, return it as the program describes it."""
        if self._blind:
            if not self.session.client.assume:
                raise plan_only.refuse()
            given = request.inputs if request.inputs.fields else request.properties
            inputs = from_struct(given)
            identity, outputs = self._planned(request.urn, inputs, request.id)
            outputs = assumed.settled(outputs)
            return provider_pb2.ReadResponse(
                id=identity, properties=to_struct(outputs), inputs=given
            )
        result = self._reader.read(
            _token(request.urn),
            request.id,
            from_struct(request.properties),
            from_struct(request.inputs),
        )
        if result is None:
            return provider_pb2.ReadResponse(id="")
        identity, outputs, inputs = result
        return provider_pb2.ReadResponse(
            id=identity, properties=to_struct(outputs), inputs=to_struct(inputs)
        )

    @_answering
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Delete a resource."""
        if self._blind:
            raise plan_only.refuse()
        outputs = from_struct(request.properties)
        self._resources.delete(_token(request.urn), outputs, request.timeout)
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer a function."""
        if self._blind:
            account = self._account if isinstance(self._account, str) else ""
            result = plan_only.invoke(request.tok, self._region, account)
        else:
            result = functions.invoke(self.session, request.tok, from_struct(request.args))
        return provider_pb2.InvokeResponse(**{"return": to_struct(result)})

    def _planned(self, urn: str, inputs: Properties, identity: str = "") -> tuple[str, Properties]:
        """Return the id, empty if it does not follow, and the outputs of what is only planned."""
        outputs = plan_only.preview(_token(urn), inputs, self._region)
        if not self.session.client.assume or not isinstance(self._account, str):
            return "", outputs
        place = assumed.Place(self._account, self._region)
        return assumed.complete(_token(urn), urn, inputs, outputs, place, identity)


def _token(urn: str) -> str:
    return urn.split("::")[2].split("$")[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _subject(request: Any) -> str:
    urn = getattr(request, "urn", "")
    if urn:
        return f"{_token(urn)} {_name(urn)}"
    return str(getattr(request, "tok", ""))


def _failures(faults: list[InputFault]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=f.path, reason=f.reason) for f in faults]


def _changed_inputs(olds: Properties, news: Properties) -> set[str]:
    names = {*olds, *news}
    return {name for name in names if canonical(olds.get(name)) != canonical(news.get(name))}


def _diff_response(difference: Difference, changed_inputs: Collection[str] = ()) -> Any:
    """Write a difference. Inputs that the program changed are shown as in the program."""
    response = provider_pb2.DiffResponse
    if not difference.some:
        return response(changes=response.DIFF_NONE, hasDetailedDiff=True)
    detailed = {}
    for path, change in difference.changes.items():
        kind = change.kind.upper() + ("_REPLACE" if change.replace else "")
        detailed[path] = provider_pb2.PropertyDiff(
            kind=getattr(provider_pb2.PropertyDiff, kind),
            inputDiff=top_level(path) in changed_inputs,
        )
    return response(
        changes=response.DIFF_SOME,
        replaces=list(dict.fromkeys(difference.replaces)),
        diffs=list(dict.fromkeys(top_level(path) for path in difference.changes)),
        detailedDiff=detailed,
        hasDetailedDiff=bool(detailed),
        deleteBeforeReplace=difference.delete_first,
    )


def _abort_partially(context: grpc.ServicerContext, failure: PartialFailureError) -> None:
    """Return an error with the resource, so that the engine keeps it in the state."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failure.identity,
            properties=to_struct(failure.outputs),
            reasons=failure.reasons,
            inputs=to_struct(failure.inputs),
        )
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(failure), details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, str(failure))
