"""Resources whose ARN is not written from the request alone: the emulator knows path or id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from moto.iam.models import IAMBackend, iam_backends
from moto.organizations.models import OrganizationsBackend

from landfall.aws.arns import arn_of, iam_arn
from landfall.aws.passed_roles import members
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.request import Request

_CREATED: Final = ("CreateRole", "CreatePolicy", "CreateUser", "CreateInstanceProfile")
_ORGANIZATION_MEMBERS: Final = (
    "AccountId",
    "ChildId",
    "DestinationParentId",
    "OrganizationalUnitId",
    "ParentId",
    "PolicyId",
    "ResourceId",
    "RootId",
    "SourceParentId",
    "TargetId",
)


def _iam(request: Request) -> IAMBackend:
    backend: IAMBackend = iam_backends[request.account][request.partition]
    return backend


def _role(request: Request) -> Iterator[str]:
    name = request.params.get("RoleName")
    if name and request.operation != "CreateRole":
        yield from (role.arn for role in list(_iam(request).roles.values()) if role.name == name)
    yield from _created(request, "role", name)
    yield from _by_arn(request, ":iam::", ":role/")


def _user(request: Request) -> Iterator[str]:
    name = request.params.get("UserName")
    if request.operation == "GetUser" and not name and request.caller.role is None:
        yield request.caller.principal
    if name and request.operation != "CreateUser":
        user = _iam(request).users.get(name)
        yield from (user.arn for user in [user] if user is not None)
    yield from _created(request, "user", name)


def _instance_profile(request: Request) -> Iterator[str]:
    name = request.params.get("InstanceProfileName")
    profiles = list(_iam(request).instance_profiles.values())
    yield from (each.arn for each in profiles if each.name == name)
    yield from _created(request, "instance-profile", name)


def _policy(request: Request) -> Iterator[str]:
    yield from _created(request, "policy", request.params.get("PolicyName"))
    yield from _by_arn(request, ":iam::", ":policy/")


def _token_provider(request: Request) -> Iterator[str]:
    url = request.params.get("Url")
    if isinstance(url, str):
        resource = f"oidc-provider/{url.removeprefix('https://')}"
        yield iam_arn(request.partition, request.account, resource)
    yield from _by_arn(request, ":iam::", ":oidc-provider/")


def _created(request: Request, kind: str, name: object) -> Iterator[str]:
    if request.operation in _CREATED and name:
        path = request.params.get("Path", "/")
        yield iam_arn(request.partition, request.account, f"{kind}{path}{name}")


def _by_arn(request: Request, *parts: str) -> Iterator[str]:
    for value in request.params.values():
        if isinstance(value, str) and value.startswith("arn:") and all(p in value for p in parts):
            yield value


def _organization_target(kind: str) -> Callable[[Request], Iterator[str]]:
    kept = _KEPT[kind]

    def look_up(request: Request) -> Iterator[str]:
        backend = memberships.organization_of(request.account)
        if backend is None:
            return
        sent = {request.params.get(each) for each in _ORGANIZATION_MEMBERS}
        yield from (each.arn for each in kept(backend) if each.id in sent)

    return look_up


_KEPT: Final[Mapping[str, Callable[[OrganizationsBackend], list[Any]]]] = {
    "account": lambda backend: backend.accounts,
    "organizationalunit": lambda backend: [
        each for each in backend.ou if each.id.startswith("ou-")
    ],
    "root": lambda backend: [each for each in backend.ou if each.id.startswith("r-")],
    "policy": lambda backend: [each for each in backend.policies if not each.aws_managed],
}


def _account(request: Request) -> Iterator[str]:
    if "AccountId" not in request.params:
        yield arn_of(request.partition, "account", "account", account=request.account)


def _account_in_organization(request: Request) -> Iterator[str]:
    backend = memberships.organization_of(request.account)
    wanted = request.params.get("AccountId")
    if wanted and backend is not None and backend.org is not None:
        resource = f"account/{backend.org.id}/{wanted}"
        yield arn_of(request.partition, "account", resource, account=backend.account_id)


def _key(request: Request) -> Iterator[str]:
    """Return the key of a KMS call, which is named by id, ARN, or alias."""
    for name in ("KeyId", "TargetKeyId"):
        value = request.params.get(name)
        arn = key_arn(request, value, request.region) if isinstance(value, str) else None
        if arn is not None:
            yield arn


def key_arn(request: Request, named: str, region: str) -> str | None:
    """Return the ARN of a KMS key named by id, ARN or alias; None for an unknown alias."""
    from moto.kms.models import kms_backends

    account, alias = request.account, named
    if named.startswith("arn:"):
        if ":key/" in named:
            return named
        _, _, _, region, account, alias = named.split(":", 5)
    if not alias.startswith("alias/"):
        return arn_of(request.partition, "kms", f"key/{alias}", region=region, account=account)
    if alias.startswith("alias/aws/") or account not in list(kms_backends):
        return None
    keys = list(kms_backends[account][region].keys.values())
    return next((key.arn for key in keys if alias in key.aliases), None)


def _secret(request: Request) -> Iterator[str]:
    from moto.secretsmanager.models import secretsmanager_backends

    name = request.params.get("SecretId")
    if not isinstance(name, str):
        return
    secrets = secretsmanager_backends[request.account][request.region].secrets
    secret = None if name.startswith("arn:") else secrets.get(name)
    if secret is not None:
        yield secret.arn
    elif name.startswith("arn:") and len(name.rpartition("-")[2]) == 6:
        yield name


def _default_rule(request: Request) -> Iterator[str]:
    if request.params.get("EventBusName", "default") == "default":
        yield from _rule(request, "")


def _custom_rule(request: Request) -> Iterator[str]:
    bus = request.params.get("EventBusName", "default")
    if bus != "default" and not bus.startswith("arn:"):
        yield from _rule(request, f"{bus}/")


def _rule(request: Request, bus: str) -> Iterator[str]:
    for member in ("Name", "Rule"):
        for name in members(request.params, member):
            yield request.arn("events", f"rule/{bus}{name}")


def _none(_: Request) -> Iterator[str]:
    """Leave a resource unknown whose name in a request has several forms."""
    return iter(())


def _log_stream(request: Request) -> Iterator[str]:
    """Yield the ARN of a new stream, which AWS names; a statement on the bare group is another's.

    CreateLogStream is refused `on resource:
    arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM`.
    """
    if request.operation == "CreateLogStream":
        group, stream = request.params["logGroupName"], request.params["logStreamName"]
        yield request.arn("logs", f"log-group:{group}:log-stream:{stream}")


def _task_definition(request: Request) -> Iterator[str]:
    """Yield the ARN of a new revision, whose number AWS chooses.

    Service Authorization Reference, RegisterTaskDefinition and TagResource of ECS.
    """
    if request.operation == "RegisterTaskDefinition":
        yield request.arn("ecs", f"task-definition/{request.params.get('family', '')}:*")
    yield from _by_arn(request, ":ecs:", ":task-definition/")


def _task_set(request: Request) -> Iterator[str]:
    """Yield the ARN of a new task set, whose id AWS chooses: ECS API Reference, CreateTaskSet."""
    params = request.params
    cluster, service = params.get("cluster", "default"), params.get("service", "")
    if request.operation == "CreateTaskSet" and not f"{cluster}{service}".count(":"):
        yield request.arn("ecs", f"task-set/{cluster}/{service}/ecs-svc/*")
    yield from _by_arn(request, ":ecs:", ":task-set/")


LOOK_UPS: Final[Mapping[str, Callable[[Request], Iterator[str]]]] = {
    "account:account": _account,
    "account:accountinorganization": _account_in_organization,
    "ecs:task-definition": _task_definition,
    "ecs:task-set": _task_set,
    "events:rule-on-custom-event-bus": _custom_rule,
    "events:rule-on-default-event-bus": _default_rule,
    "iam:instance-profile": _instance_profile,
    "iam:oidc-provider": _token_provider,
    "iam:policy": _policy,
    "iam:role": _role,
    "iam:user": _user,
    "kms:key": _key,
    "logs:log-group": _none,
    "logs:log-stream": _log_stream,
    "organizations:account": _organization_target("account"),
    "organizations:organizationalunit": _organization_target("organizationalunit"),
    "organizations:policy": _organization_target("policy"),
    "organizations:root": _organization_target("root"),
    "secretsmanager:secret": _secret,
}
"""By type of resource (lower case, after the prefix of the actions)."""
