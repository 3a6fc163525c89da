"""Names: every type that the stacks use has its place in Terraform, with all of its inputs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.sandbox.provider.catalog import sdk
from landfall.sandbox.provider.catalog.catalog import Catalog, ResourceType
from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.catalog.shapes import Shape
from landfall.sandbox.provider.catalog.tokens import snake_case, terraform_type
from landfall.sandbox.provider.errors import InputFault, ProviderError
from landfall.sandbox.provider.rules.plan import complete
from landfall.sandbox.provider.values import cty
from landfall.sandbox.provider.values.convert import to_pulumi, to_terraform
from tests.sandbox_provider import lacking as known
from tests.sandbox_provider import recorded_schemas
from tests.sandbox_provider.used_types import tokens, types_in_components
from toolchain import terraform_provider


@pytest.fixture(scope="module")
def catalog(schema: ProviderSchema) -> Catalog:
    return Catalog(schema)


@pytest.fixture(scope="module", params=recorded_schemas.VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """A version that the sandbox is proven with, whichever is on this machine."""
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def recorded(version: str) -> Catalog:
    return Catalog(recorded_schemas.read(version))


def lacking(kind: ResourceType) -> set[str]:
    """The dotted paths of the SDK's inputs that have no place in Terraform."""
    properties = sdk.resource_properties(kind.token)
    paths: set[str] = set()
    for name in kind.inputs:
        field = kind.shape.by_pulumi.get(name)
        if name == "region" and kind.regional:
            continue
        attribute = kind.block.attributes.get(field.terraform) if field else None
        if field is None or (attribute is not None and not attribute.settable):
            paths.add(name)
        else:
            paths |= set(_lacking_below(field.fields, properties[name], name))
    return paths


def _lacking_below(shape: Shape | None, annotation: Any, path: str) -> Iterator[str]:
    for name, inner in (sdk.fields_of(annotation) or {}).items():
        field = shape.by_pulumi.get(name) if shape is not None else None
        if field is None:
            yield f"{path}.{name}"
        else:
            yield from _lacking_below(field.fields, inner, f"{path}.{name}")


def sample(annotation: Any, missing: set[str], path: str) -> Any:
    """A value of an SDK type: one element in each list, every property that Terraform has."""
    kind = sdk.kind_of(annotation)
    if kind.kind == "sequence":
        return [sample(kind.inner, missing, path)]
    if kind.kind == "mapping":
        return {"k.1": sample(kind.inner, missing, path)}
    if kind.kind == "object":
        return {
            name: sample(inner, missing, f"{path}.{name}")
            for name, inner in (sdk.fields_of(annotation) or {}).items()
            if f"{path}.{name}" not in missing
        }
    text = str(annotation)
    if "bool" in text:
        return True
    if "int" in text or "float" in text:
        return 3
    # Redshift's is a text in the SDK, and true or false for Terraform.
    return "true" if path == "encrypted" else path


def as_text(value: Any) -> Any:
    """Terraform and the SDK may differ over whether `true` is a boolean or a text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return cty.to_text(value)


@pytest.mark.parametrize("token", sorted(tokens()))
def test_every_type_used_maps_without_loss(token: str, version: str, recorded: Catalog) -> None:
    kind = recorded.resource(token)
    missing = lacking(kind)
    assert missing == known.by_version(version).get(token, set())

    properties = sdk.resource_properties(token)
    inputs = {
        name: sample(properties[name], missing, name)
        for name in kind.inputs
        if name not in missing and not (name == "region" and kind.regional)
    }
    faults: list[InputFault] = []
    values = complete(
        kind.block, to_terraform(inputs, kind.shape, lambda asset: asset.digest, faults)
    )
    assert not faults
    there_and_back = cty.unpack(cty.pack(values, kind.block.type), kind.block.type)
    returned = to_pulumi(there_and_back, kind.shape)
    assert as_text({name: returned.get(name) for name in inputs}) == as_text(inputs)


def only_in_terraform(kind: ResourceType) -> set[str]:
    """The settable attributes and the blocks of a type that have no input in the SDK."""
    by_terraform = kind.shape.by_terraform
    settable = {name for name, attribute in kind.block.attributes.items() if attribute.settable}
    return {
        name
        for name in settable | set(kind.block.blocks)
        if name not in by_terraform
        or (name in settable and by_terraform[name].pulumi not in kind.inputs)
    }


@pytest.mark.parametrize("version", recorded_schemas.VERSIONS)
def test_types_that_only_terraform_has_are_listed(version: str) -> None:
    catalog = Catalog(recorded_schemas.read(version))
    found: dict[str, set[str]] = {}
    for token in tokens():
        kind = catalog.resource(token)
        names = only_in_terraform(kind) - set(known.NOT_IN_SDK)
        if names:
            found[kind.name] = names
    assert found == (known.REMOVED_IN_6 if version.startswith("5.") else {})


def test_the_record_is_the_schema_of_the_provider_on_this_machine(terraform_binary: Path) -> None:
    here = terraform_provider.version_of(terraform_binary)
    version = ".".join(map(str, here or ()))
    if version not in recorded_schemas.VERSIONS:
        pytest.skip(f"the schema of {version} is not recorded")
    serialized = recorded_schemas.ask(terraform_binary)
    assert recorded_schemas.extract(serialized) == recorded_schemas.recorded(version)


def test_components_use_types_that_the_parser_finds() -> None:
    assert "aws:organizations/account:Account" in types_in_components()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:s3/bucketVersioning:BucketVersioning", "aws_s3_bucket_versioning"),
        ("aws:s3/bucketV2:BucketV2", "aws_s3_bucket"),
        ("aws:cfg/rule:Rule", "aws_config_config_rule"),
        ("aws:codepipeline/pipeline:Pipeline", "aws_codepipeline"),
        ("aws:cloudwatch/eventRule:EventRule", "aws_cloudwatch_event_rule"),
        ("aws:ec2/vpc:Vpc", "aws_vpc"),
        ("aws:rds/instance:Instance", "aws_db_instance"),
        ("aws:accountaccess/application:Application", None),
    ],
)
def test_tokens(token: str, expected: str | None, schema: ProviderSchema) -> None:
    assert terraform_type(token, schema.resource_types) == expected


def test_no_two_tokens_share_a_terraform_type_but_older_names(schema: ProviderSchema) -> None:
    by_type: dict[str, set[str]] = {}
    for token in sdk.resource_modules():
        name = terraform_type(token, schema.resource_types)
        if name is not None and not token.endswith("V2"):
            by_type.setdefault(name, set()).add(token)
    shared = {name for name, tokens in by_type.items() if len(tokens) > 1}
    # The SDK has ec2/encryptionControl beside ec2/vpcEncryptionControl.
    twice = {"aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_vpc_encryption_control"}
    assert shared <= twice | {
        name for name in shared if any("/alb" in t or "aws:alb" in t for t in by_type[name])
    }


def test_all_types_can_be_matched(catalog: Catalog, schema: ProviderSchema) -> None:
    matched = [
        catalog.resource(token)
        for token in sdk.resource_modules()
        if terraform_type(token, schema.resource_types) is not None
    ]
    assert len(matched) > 1400
    for kind in matched:
        demanded = {name for name, a in kind.block.attributes.items() if a.required}
        assert demanded <= set(kind.shape.by_terraform), kind.token


def test_functions_that_programs_begin_with(catalog: Catalog) -> None:
    for token in (
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
        "aws:organizations/getOrganization:getOrganization",
        "aws:organizations/getOrganizationalUnits:getOrganizationalUnits",
        "aws:ssoadmin/getInstances:getInstances",
        "aws:iam/getPolicyDocument:getPolicyDocument",
        "aws:iam/getRole:getRole",
        "aws:kms/getKey:getKey",
        "aws:s3/getBucket:getBucket",
    ):
        function = catalog.function(token)
        properties = sdk.function_results(token)
        unmatched = {n for n in properties if n not in function.shape.by_pulumi}
        assert unmatched <= {"id", "region", "returnOrganizationOnly", "dnsSuffix"}, token


@pytest.mark.parametrize("token", ["aws:no/such:Such", "aws:accountaccess/application:Application"])
def test_types_that_one_side_lacks_are_refused(token: str, catalog: Catalog) -> None:
    with pytest.raises(ProviderError, match=token):
        catalog.resource(token)


@pytest.mark.parametrize(
    ("camel", "snake"),
    [("parentId", "parent_id"), ("kmsKeyARNs", "kms_key_ar_ns"), ("s3Bucket", "s3_bucket")],
)
def test_snake_case(camel: str, snake: str) -> None:
    assert snake_case(camel) == snake
