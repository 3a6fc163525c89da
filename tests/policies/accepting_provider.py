"""A provider that accepts everything, and records the creations requested of it.

It replaces AWS in tests of order: a resource that a policy refuses must never reach it.
"""

from __future__ import annotations

import os
import time
from concurrent import futures

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from landfall import versions


class Accepting(provider_pb2_grpc.ResourceProviderServicer):
    """Accepts every input; every creation succeeds."""

    def GetPluginInfo(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return plugin_pb2.PluginInfo(version=versions.PULUMI_AWS)

    def CheckConfig(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def Create(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        if not request.preview:
            with open(os.environ["CREATED"], "a", encoding="utf-8") as stream:
                stream.write(request.urn + "\n")
        id = "" if request.preview else f"id-{time.time_ns()}"
        return provider_pb2.CreateResponse(id=id, properties=request.properties)

    def Read(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        """Answer as if an imported resource existed as the program describes it."""
        props = request.inputs if len(request.inputs) else request.properties
        return provider_pb2.ReadResponse(id=request.id, inputs=props, properties=props)

    def Diff(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        same = request.olds == request.news
        none, some = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=none if same else some)

    def Update(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return provider_pb2.UpdateResponse(properties=request.news)

    def Delete(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return empty_pb2.Empty()

    def Cancel(self, request, context):  # type: ignore[no-untyped-def] # noqa: N802
        return empty_pb2.Empty()


def main() -> None:
    """Serve until the engine ends this process."""
    server = grpc.server(futures.ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Accepting(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
