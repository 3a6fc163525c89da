"""AWS's answers that follow from the inputs, for offline previews.

An ARN consists of names from the program, an account and a region. Ids that AWS assigns
are synthesized in AWS's format, the same in every run, so that documents with ids are known
before anything exists, and can be checked. Other values that AWS assigns stay unknown.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from landfall.aws.arns import arn_of, bucket_arn
from landfall.sandbox.provider.values.properties import UNKNOWN, Properties, Value, has_unknown

ORGANIZATION: Final = "o-preview000"
ROOT: Final = "r-prev"
MANAGEMENT_ACCOUNT: Final = "000000000000"

_ROLE_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/")


@dataclass(frozen=True, slots=True)
class Place:
    """A provider's account and region."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """The partition of the region."""
        start = self.region.partition("-")[0]
        in_government = self.region.startswith("us-gov-")
        return "aws-us-gov" if in_government else {"cn": "aws-cn"}.get(start, "aws")

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """Return an ARN in this account and, unless another or none is given, in this region."""
        region = self.region if region is None else region
        return arn_of(self.partition, service, resource, region=region, account=self.account)


def account_of(arguments: Properties) -> Value:
    """Return the account of a provider with these arguments; `UNKNOWN` if not known yet."""
    allowed, roles = arguments.get("allowedAccountIds"), arguments.get("assumeRoles")
    if allowed is UNKNOWN or roles is UNKNOWN:
        return UNKNOWN
    found = _ROLE_ARN.search(str(roles or arguments.get("assumeRole") or ""))
    if found:
        return found[1]
    return UNKNOWN if roles else MANAGEMENT_ACCOUNT


def complete(
    token: str, urn: str, inputs: Properties, outputs: Properties, place: Place, identity: str = ""
) -> tuple[str, Properties]:
    """Return the id and outputs of a resource that follow from its inputs.

    `identity` is the id of an existing resource. An id that does not follow is empty.
    """
    region = inputs.get("region")
    if region is UNKNOWN:
        return identity, outputs
    if isinstance(region, str) and region:
        place = Place(place.account, region)
    answer = _ANSWERS.get(token)
    if answer is None:
        return identity, outputs
    resource = _Resource(urn, inputs, place, identity)
    try:
        made_id, answered = answer(resource)
    except _WaitsError:
        return identity, outputs
    known = {
        key: value
        for key, value in answered.items()
        if key in outputs and outputs[key] is UNKNOWN and value is not UNKNOWN
    }
    return identity or made_id, {**outputs, **known}


def settled(outputs: Properties) -> Properties:
    """Return outputs without unknown values, because an existing resource has none."""
    return {key: value for key, value in outputs.items() if not has_unknown(value)}


class _WaitsError(Exception):
    """A required input is unknown."""


@dataclass(frozen=True, slots=True)
class _Resource:
    urn: str
    inputs: Properties
    place: Place
    identity: str

    def text(self, name: str, default: str | None = None) -> str:
        value = self.inputs.get(name, default)
        if not isinstance(value, str):
            raise _WaitsError
        return value

    def digits(self, count: int, *, base: int = 16) -> str:
        """Return digits that are this resource's own, the same at every run."""
        number = int.from_bytes(hashlib.sha256(self.urn.encode()).digest(), "big")
        if base == 10:
            return f"{number % 10**count:0{count}d}"
        return f"{number:064x}"[:count]

    def uuid(self) -> str:
        return self.identity or str(uuid.UUID(self.digits(32)))


_Answer = Callable[[_Resource], tuple[str, Properties]]


def _of_iam(kind: str, *, id_is_arn: bool = False) -> _Answer:
    def answer(resource: _Resource) -> tuple[str, Properties]:
        name, path = resource.text("name"), resource.text("path", "/")
        arn = resource.place.arn("iam", f"{kind}{path}{name}", region="")
        return (arn if id_is_arn else name), {"arn": arn}

    return answer


def _named(
    service: str, resource_part: str, key: str = "name", *, id_is_arn: bool = False
) -> _Answer:
    """Return the answer for types whose ARN ends with their name, as `project/NAME`."""

    def answer(resource: _Resource) -> tuple[str, Properties]:
        name = resource.text(key)
        arn = resource.place.arn(service, f"{resource_part}{name}")
        return (arn if id_is_arn else name), {"arn": arn}

    return answer


def _organization(resource: _Resource) -> tuple[str, Properties]:
    place = Place(MANAGEMENT_ACCOUNT, resource.place.region)
    identity = resource.identity or ORGANIZATION
    root = place.arn("organizations", f"root/{identity}/{ROOT}", region="")
    return identity, {
        "arn": place.arn("organizations", f"organization/{identity}", region=""),
        "masterAccountId": MANAGEMENT_ACCOUNT,
        "masterAccountArn": place.arn(
            "organizations", f"account/{identity}/{MANAGEMENT_ACCOUNT}", region=""
        ),
        "roots": [{"id": ROOT, "name": "Root", "arn": root, "policyTypes": []}],
    }


def _unit(resource: _Resource) -> tuple[str, Properties]:
    identity = resource.identity or f"ou-prev-{resource.digits(8)}"
    return identity, {"arn": _in_organization(resource, f"ou/{ORGANIZATION}/{identity}")}


def _account(resource: _Resource) -> tuple[str, Properties]:
    identity = resource.identity or f"99{resource.digits(10, base=10)}"
    return identity, {"arn": _in_organization(resource, f"account/{ORGANIZATION}/{identity}")}


def _organization_policy(resource: _Resource) -> tuple[str, Properties]:
    identity = resource.identity or f"p-{resource.digits(8)}"
    kind = resource.text("type", "SERVICE_CONTROL_POLICY").lower()
    path = f"policy/{ORGANIZATION}/{kind}/{identity}"
    return identity, {"arn": _in_organization(resource, path)}


def _in_organization(resource: _Resource, path: str) -> str:
    place = Place(MANAGEMENT_ACCOUNT, resource.place.region)
    return place.arn("organizations", path, region="")


def _oidc_provider(resource: _Resource) -> tuple[str, Properties]:
    host = resource.text("url").removeprefix("https://")
    arn = resource.place.arn("iam", f"oidc-provider/{host}", region="")
    return arn, {"arn": arn}


def _role_policy(resource: _Resource) -> tuple[str, Properties]:
    return f"{resource.text('role')}:{resource.text('name')}", {}


def _key(resource: _Resource) -> tuple[str, Properties]:
    identity = resource.uuid()
    return identity, {"keyId": identity, "arn": resource.place.arn("kms", f"key/{identity}")}


def _bucket(resource: _Resource) -> tuple[str, Properties]:
    name, place = resource.text("bucket"), resource.place
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    return name, {
        "arn": bucket_arn(place.partition, name),
        "bucketDomainName": f"{name}.s3.{suffix}",
        "bucketRegionalDomainName": f"{name}.s3.{place.region}.{suffix}",
    }


def _queue(resource: _Resource) -> tuple[str, Properties]:
    name, place = resource.text("name"), resource.place
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    url = f"https://sqs.{place.region}.{suffix}/{place.account}/{name}"
    return url, {"arn": place.arn("sqs", name), "url": url}


def _connection(resource: _Resource) -> tuple[str, Properties]:
    arn = resource.place.arn("codeconnections", f"connection/{resource.uuid()}")
    return arn, {"arn": arn}


def _event_rule(resource: _Resource) -> tuple[str, Properties]:
    name, bus = resource.text("name"), resource.text("eventBusName", "default")
    within = "" if bus == "default" else f"{bus}/"
    return name, {"arn": resource.place.arn("events", f"rule/{within}{name}")}


def _deployment_group(resource: _Resource) -> tuple[str, Properties]:
    application, name = resource.text("appName"), resource.text("deploymentGroupName")
    return "", {"arn": resource.place.arn("codedeploy", f"deploymentgroup:{application}/{name}")}


def _secret(resource: _Resource) -> tuple[str, Properties]:
    suffix = resource.digits(6)
    arn = resource.place.arn("secretsmanager", f"secret:{resource.text('name')}-{suffix}")
    return arn, {"arn": arn}


def _codebuild(resource: _Resource) -> tuple[str, Properties]:
    arn = resource.place.arn("codebuild", f"project/{resource.text('name')}")
    return arn, {"arn": arn}


def _permission_set(resource: _Resource) -> tuple[str, Properties]:
    instance = resource.text("instanceArn")
    arn = f"{instance.replace(':instance/', ':permissionSet/')}/ps-{resource.digits(16)}"
    return f"{arn},{instance}", {"arn": arn}


def _group_of_people(resource: _Resource) -> tuple[str, Properties]:
    identity = resource.uuid()
    return f"{resource.text('identityStoreId')}/{identity}", {"groupId": identity}


# ARNs as in AWS's Service Authorization Reference ('Resource types'), ids as in pulumi-aws.
_ANSWERS: Final[dict[str, _Answer]] = {
    "aws:cloudtrail/trail:Trail": _named("cloudtrail", "trail/", id_is_arn=True),
    "aws:cloudwatch/eventRule:EventRule": _event_rule,
    "aws:cloudwatch/logGroup:LogGroup": _named("logs", "log-group:"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _named("cloudwatch", "alarm:"),
    "aws:codebuild/project:Project": _codebuild,
    "aws:codecommit/repository:Repository": _named("codecommit", "", "repositoryName"),
    "aws:codeconnections/connection:Connection": _connection,
    "aws:codedeploy/application:Application": _named("codedeploy", "application:"),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": _deployment_group,
    "aws:codepipeline/pipeline:Pipeline": _named("codepipeline", ""),
    "aws:dynamodb/table:Table": _named("dynamodb", "table/"),
    "aws:ecr/repository:Repository": _named("ecr", "repository/"),
    "aws:iam/group:Group": _of_iam("group"),
    "aws:iam/instanceProfile:InstanceProfile": _of_iam("instance-profile"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _oidc_provider,
    "aws:iam/policy:Policy": _of_iam("policy", id_is_arn=True),
    "aws:iam/role:Role": _of_iam("role"),
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:iam/user:User": _of_iam("user"),
    "aws:identitystore/group:Group": _group_of_people,
    "aws:kms/key:Key": _key,
    "aws:lambda/function:Function": _named("lambda", "function:"),
    "aws:organizations/account:Account": _account,
    "aws:organizations/organization:Organization": _organization,
    "aws:organizations/organizationalUnit:OrganizationalUnit": _unit,
    "aws:organizations/policy:Policy": _organization_policy,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:sns/topic:Topic": _named("sns", "", id_is_arn=True),
    "aws:sqs/queue:Queue": _queue,
    "aws:ssoadmin/permissionSet:PermissionSet": _permission_set,
}
