"""Resources from creation to deletion, through the real Terraform provider and an emulated AWS."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from landfall.sandbox.provider.catalog.catalog import Catalog
from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.values.hidden import OUTPUT, Hidden, read_hidden
from landfall.sandbox.provider.values.properties import (
    ASSET,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Asset,
    Properties,
    from_struct,
)
from tests.sandbox_provider.conftest import (
    ACCOUNT,
    REGION,
    Plugin,
    Resource,
    terraform_of,
    urn,
)

NO_ASSETS = Path("/no-assets")
ROLE = "aws:iam/role:Role"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "codebuild.amazonaws.com"},
        }
    ],
}
Kind = provider_pb2.PropertyDiff
Diff = provider_pb2.DiffResponse


def test_role_is_created_settled_updated_and_deleted(plugin: Plugin, aws: Any) -> None:
    role_urn = urn(ROLE, "deployer")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST, "tags": {"team": "platform"}})
    iam = aws("iam")
    found = iam.get_role(RoleName=role.id)["Role"]
    assert found["AssumeRolePolicyDocument"] == TRUST
    assert found["Tags"] == [{"Key": "team", "Value": "platform"}]
    assert role.outputs["arn"] == found["Arn"]

    checked, failures = plugin.check(
        role_urn, {"assumeRolePolicy": TRUST, "tags": {"team": "platform"}}, role.inputs
    )
    assert not failures
    assert checked == role.inputs
    assert plugin.diff(role_urn, role, checked).changes == Diff.DIFF_NONE

    news, _ = plugin.check(
        role_urn,
        {"assumeRolePolicy": TRUST, "tags": {"team": "core"}, "maxSessionDuration": 7200},
        role.inputs,
    )
    difference = plugin.diff(role_urn, role, news)
    assert difference.changes == Diff.DIFF_SOME
    assert not difference.replaces
    assert {path: d.kind for path, d in difference.detailedDiff.items()} == {
        "tags.team": Kind.UPDATE,
        "maxSessionDuration": Kind.UPDATE,
    }
    updated = plugin.update(role, news)
    assert iam.get_role(RoleName=role.id)["Role"]["MaxSessionDuration"] == 7200
    assert plugin.diff(role_urn, updated, news).changes == Diff.DIFF_NONE

    plugin.delete(updated)
    assert role.id not in {r["RoleName"] for r in iam.list_roles()["Roles"]}


def test_policy_document_as_text_with_other_spacing_is_no_change(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "spaced")
    role = plugin.make(role_urn, {"assumeRolePolicy": json.dumps(TRUST, indent=2)})
    news, _ = plugin.check(role_urn, {"assumeRolePolicy": TRUST}, role.inputs)
    assert plugin.diff(role_urn, role, news).changes == Diff.DIFF_NONE


def test_renamed_role_is_replaced_and_an_unchanged_name_is_deleted_first(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "named")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST, "name": "named", "path": "/a/"})

    renamed, _ = plugin.check(
        role_urn, {"assumeRolePolicy": TRUST, "name": "other", "path": "/a/"}, role.inputs
    )
    difference = plugin.diff(role_urn, role, renamed)
    assert list(difference.replaces) == ["name"]
    assert difference.detailedDiff["name"].kind == Kind.UPDATE_REPLACE
    assert not difference.deleteBeforeReplace

    moved, _ = plugin.check(
        role_urn, {"assumeRolePolicy": TRUST, "name": "named", "path": "/b/"}, role.inputs
    )
    difference = plugin.diff(role_urn, role, moved)
    assert list(difference.replaces) == ["path"]
    assert difference.deleteBeforeReplace


def test_generated_name_is_kept_and_never_deleted_first(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "generated")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST, "path": "/a/"})
    assert role.inputs["__defaults"] == ["name"]
    moved, _ = plugin.check(role_urn, {"assumeRolePolicy": TRUST, "path": "/b/"}, role.inputs)
    assert moved["name"] == role.inputs["name"]
    difference = plugin.diff(role_urn, role, moved)
    assert list(difference.replaces) == ["path"]
    assert not difference.deleteBeforeReplace


def test_keys_that_aws_adds_to_a_property_whose_changes_are_ignored_are_no_change(
    plugin: Plugin, aws: Any
) -> None:
    settings_urn, given = urn("aws:backup/regionSettings:RegionSettings", "all"), {"EBS": True}
    news, _ = plugin.check(settings_urn, {"resourceTypeOptInPreference": given}, {})
    settings = plugin.make(settings_urn, news)
    read = plugin.read(settings_urn, settings.id, settings)
    in_aws = aws("backup").describe_region_settings()["ResourceTypeOptInPreference"]
    assert in_aws["EBS"] is True
    assert read.outputs["resourceTypeOptInPreference"] == in_aws != given
    assert plugin.diff(settings_urn, read, news).changes == Diff.DIFF_SOME
    ignored = ["resourceTypeOptInPreference"]
    assert plugin.diff(settings_urn, read, news, ignored).changes == Diff.DIFF_NONE
    plugin.delete(settings)


def test_region_of_a_resource_overrides_the_providers(
    plugin: Plugin, aws: Any, schema: ProviderSchema
) -> None:
    topic_urn = urn("aws:sns/topic:Topic", "elsewhere")
    topic = plugin.make(topic_urn, {"region": "us-east-1"})
    assert topic.outputs["region"] == "us-east-1"
    assert ":us-east-1:" in topic.id
    arns = [t["TopicArn"] for t in aws("sns", "us-east-1").list_topics()["Topics"]]
    assert topic.id in arns

    read = plugin.read(topic_urn, topic.id, topic)
    assert read.id == topic.id
    assert read.outputs["region"] == "us-east-1"

    moved, _ = plugin.check(topic_urn, {"region": "eu-central-1"}, topic.inputs)
    assert list(plugin.diff(topic_urn, topic, moved).replaces) == ["region"]
    home, _ = plugin.check(topic_urn, {}, topic.inputs)
    # Provider 6 leaves a resource whose region is no longer said where it is.
    stays = Catalog(schema).resource("aws:sns/topic:Topic").has_own_region
    assert list(plugin.diff(topic_urn, topic, home).replaces) == ([] if stays else ["region"])

    plugin.delete(topic)
    arns = [t["TopicArn"] for t in aws("sns", "us-east-1").list_topics()["Topics"]]
    assert topic.id not in arns


def test_drift_shows_in_a_refresh_and_then_as_an_update(plugin: Plugin, aws: Any) -> None:
    role_urn = urn(ROLE, "drifting")
    inputs = {"assumeRolePolicy": TRUST, "tags": {"team": "platform"}}
    role = plugin.make(role_urn, inputs)
    unchanged = plugin.read(role_urn, role.id, role)
    assert unchanged.inputs == role.inputs
    assert unchanged.outputs == role.outputs

    aws("iam").tag_role(RoleName=role.id, Tags=[{"Key": "team", "Value": "somebody"}])
    drifted = plugin.read(role_urn, role.id, role)
    assert drifted.inputs["tags"] == {"team": "somebody"}
    assert drifted.inputs["assumeRolePolicy"] == role.inputs["assumeRolePolicy"]
    news, _ = plugin.check(role_urn, inputs, drifted.inputs)
    assert list(plugin.diff(role_urn, drifted, news).detailedDiff) == ["tags.team"]

    plugin.delete(role)
    assert plugin.read(role_urn, role.id, role).id == ""


def test_import_gives_inputs_under_which_nothing_changes(plugin: Plugin, aws: Any) -> None:
    iam = aws("iam")
    iam.create_role(
        RoleName="adopted",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Tags=[{"Key": "owner", "Value": "platform"}],
    )
    role_urn = urn(ROLE, "adopted")
    imported = plugin.read(role_urn, "adopted")
    assert imported.id == "adopted"
    assert imported.inputs["name"] == "adopted"
    assert imported.inputs["tags"] == {"owner": "platform"}
    program = {"name": "adopted", "assumeRolePolicy": TRUST, "tags": {"owner": "platform"}}
    news, failures = plugin.check(role_urn, program, imported.inputs)
    assert not failures
    assert plugin.diff(role_urn, imported, news).changes == Diff.DIFF_NONE
    own, _ = plugin.check(role_urn, imported.inputs, imported.inputs)
    assert plugin.diff(role_urn, imported, own).changes == Diff.DIFF_NONE


def test_import_of_what_does_not_exist_finds_nothing(plugin: Plugin) -> None:
    assert plugin.read(urn(ROLE, "nobody"), "nobody").id == ""


def test_preview_knows_inputs_and_nothing_more(plugin: Plugin, aws: Any) -> None:
    role_urn = urn(ROLE, "planned")
    inputs, failures = plugin.check(
        role_urn, {"assumeRolePolicy": UNKNOWN, "description": "d", "tags": {"a": UNKNOWN}}
    )
    assert not failures
    assert inputs["assumeRolePolicy"] is UNKNOWN
    planned = plugin.create(role_urn, inputs, preview=True)
    assert planned.id == ""
    assert planned.outputs["arn"] is UNKNOWN
    assert planned.outputs["description"] == "d"
    assert planned.outputs["maxSessionDuration"] == 3600
    assert planned.outputs["tags"] == {"a": UNKNOWN}
    assert "__terraform" not in planned.outputs
    names = {r["RoleName"] for r in aws("iam").list_roles()["Roles"]}
    assert inputs["name"] not in names


def test_unknown_in_an_update_preview_is_a_change(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "becoming")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST, "description": "d"})
    news, _ = plugin.check(
        role_urn, {"assumeRolePolicy": TRUST, "description": UNKNOWN}, role.inputs
    )
    difference = plugin.diff(role_urn, role, news)
    assert list(difference.detailedDiff) == ["description"]
    planned = plugin.update(role, news, preview=True)
    assert planned.outputs["description"] is UNKNOWN
    assert planned.outputs["arn"] == role.outputs["arn"]


def test_wrong_inputs_are_named_and_nothing_is_dropped(plugin: Plugin) -> None:
    _, failures = plugin.check(
        urn("aws:s3/bucketVersioning:BucketVersioning", "wrong"),
        {
            "bucket": "b",
            "versioningConfiguration": {"status": "On", "surprise": 1},
            "invented": True,
        },
    )
    assert set(failures) == {"versioningConfiguration.surprise", "invented"}
    _, failures = plugin.check(
        urn("aws:s3/bucketVersioning:BucketVersioning", "wrong"),
        {"bucket": "b", "versioningConfiguration": {"status": "On"}},
    )
    assert list(failures) == ["versioningConfiguration.status"]
    _, failures = plugin.check(
        urn(ROLE, "wrong"), {"assumeRolePolicy": TRUST, "maxSessionDuration": "long", "arn": "x"}
    )
    assert set(failures) == {"arn"}
    _, failures = plugin.check(
        urn(ROLE, "wrong"), {"assumeRolePolicy": TRUST, "maxSessionDuration": "long"}
    )
    assert failures == {"maxSessionDuration": "expected a number, got a string"}


def test_secret_attributes_and_terraform_state_come_back_as_secrets(plugin: Plugin) -> None:
    parameter = plugin.make(
        urn("aws:ssm/parameter:Parameter", "secret"),
        {"type": "SecureString", "value": "hunter2", "name": "/secret"},
    )
    for name in ("value", "__terraform"):
        marked = parameter.properties.fields[name].struct_value.fields
        assert marked[SIGNATURE].string_value == SECRET
    assert parameter.outputs["value"] == "hunter2"
    assert parameter.properties.fields["arn"].WhichOneof("kind") == "string_value"


def test_partial_creation_keeps_the_resource(plugin: Plugin, aws: Any) -> None:
    bucket_urn = urn("aws:s3/bucket:Bucket", "partial")
    inputs, _ = plugin.check(
        bucket_urn,
        {
            "bucket": "partial-bucket",
            # The bucket is created first; its logging then fails, because the target is missing.
            "logging": {"targetBucket": "no-such-bucket", "targetPrefix": "x"},
        },
    )
    with pytest.raises(grpc.RpcError) as failed:
        plugin.create(bucket_urn, inputs)
    metadata = dict(failed.value.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id == "partial-bucket"
    assert detail.reasons
    assert "partial-bucket" in [b["Name"] for b in aws("s3").list_buckets()["Buckets"]]
    outputs = from_struct(detail.properties)
    assert outputs["bucket"] == "partial-bucket"
    plugin.delete(Resource(bucket_urn, detail.id, inputs, detail.properties))
    assert "partial-bucket" not in [b["Name"] for b in aws("s3").list_buckets()["Buckets"]]


def test_failed_creation_is_an_error_without_a_resource(plugin: Plugin) -> None:
    policy = urn("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "orphan")
    inputs, _ = plugin.check(
        policy, {"role": "no-such-role", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    )
    with pytest.raises(grpc.RpcError) as failed:
        plugin.create(policy, inputs)
    assert "NoSuchEntity" in str(failed.value.details())
    assert "grpc-status-details-bin" not in dict(failed.value.trailing_metadata())


def test_sets_lists_and_nested_blocks_settle(plugin: Plugin, aws: Any) -> None:
    group_urn = urn("aws:ec2/securityGroup:SecurityGroup", "web")
    rules = [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]},
        {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.1.0.0/16"]},
    ]
    group = plugin.make(group_urn, {"description": "web", "ingress": rules})
    news, failures = plugin.check(
        group_urn, {"description": "web", "ingress": rules[::-1]}, group.inputs
    )
    assert not failures
    assert plugin.diff(group_urn, group, news).changes == Diff.DIFF_NONE
    third = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/8"]}
    news, _ = plugin.check(
        group_urn, {"description": "web", "ingress": [*rules, third]}, group.inputs
    )
    difference = plugin.diff(group_urn, group, news)
    assert list(difference.diffs) == ["ingress"]
    assert not difference.replaces
    updated = plugin.update(group, news)
    found = aws("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    assert {p["FromPort"] for p in found["IpPermissions"]} == {443, 80, 22}
    plugin.delete(updated)


def test_changed_content_of_an_asset_is_an_update(plugin: Plugin, aws: Any, tmp_path: Path) -> None:
    def asset(text: str) -> Asset:
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Asset({SIGNATURE: ASSET, "hash": digest, "text": text})

    bucket = plugin.make(urn("aws:s3/bucket:Bucket", "holder"), {"bucket": "asset-holder"})
    object_urn = urn("aws:s3/bucketObjectv2:BucketObjectv2", "page")
    inputs = {"bucket": bucket.id, "key": "page", "source": asset("one")}
    page = plugin.make(object_urn, inputs)
    s3 = aws("s3")
    assert s3.get_object(Bucket="asset-holder", Key="page")["Body"].read() == b"one"
    assert page.outputs["source"].raw["text"] == "one"

    same, _ = plugin.check(object_urn, inputs, page.inputs)
    assert plugin.diff(object_urn, page, same).changes == Diff.DIFF_NONE
    news, _ = plugin.check(object_urn, {**inputs, "source": asset("two")}, page.inputs)
    assert list(plugin.diff(object_urn, page, news).diffs) == ["source"]
    updated = plugin.update(page, news)
    assert s3.get_object(Bucket="asset-holder", Key="page")["Body"].read() == b"two"
    plugin.delete(updated)


def test_functions_answer_from_data_sources(plugin: Plugin) -> None:
    caller = plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert caller["accountId"] == ACCOUNT
    region = plugin.invoke("aws:index/getRegion:getRegion")
    assert region["region"] == region["name"] == REGION
    assert plugin.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    document = plugin.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument",
        statements=[{"actions": ["s3:GetObject"], "resources": ["*"], "effect": "Allow"}],
    )
    statement = json.loads(document["json"])["Statement"][0]
    assert statement["Action"] == "s3:GetObject"
    with pytest.raises(grpc.RpcError) as failed:
        plugin.invoke("aws:index/getPartition:getPartition", surprise=1)
    assert "surprise" in str(failed.value.details())


def test_types_without_an_id_are_known_by_another_attribute(schema: ProviderSchema) -> None:
    catalog = Catalog(schema)
    kind = catalog.resource("aws:secretsmanager/secret:Secret")
    assert kind.identity({"id": "a", "arn": "b"}) == "a"
    assert kind.identity({"id": None, "arn": "b", "name": "c"}) == "b"
    assert kind.identity({"detector_arn": "d", "x_name": "e"}) == "d"
    with pytest.raises(ProviderError, match="nothing in its state identifies it"):
        kind.identity({"enabled": True})


TABLE: Properties = {
    "hashKey": "k",
    "billingMode": "PAY_PER_REQUEST",
    "attributes": [{"name": "k", "type": "S"}],
}


def test_custom_timeouts_are_passed_on_and_are_no_change_later(plugin: Plugin) -> None:
    table_urn = urn("aws:dynamodb/table:Table", "timed")
    inputs, _ = plugin.check(table_urn, TABLE)
    table = plugin.create(table_urn, inputs, timeout=600)
    assert plugin.diff(table_urn, table, inputs).changes == Diff.DIFF_NONE
    news, _ = plugin.check(table_urn, {**TABLE, "tags": {"a": "b"}}, inputs)
    assert list(plugin.diff(table_urn, table, news).diffs) == ["tags"]
    plugin.delete(table)


def _hidden(resource: Resource) -> Hidden:
    hidden = read_hidden(resource.outputs, NO_ASSETS)
    assert hidden is not None
    return hidden


def _hide(resource: Resource, hidden: Hidden) -> None:
    resource.outputs[OUTPUT] = hidden.to_output(NO_ASSETS).value


def test_state_of_an_older_schema_is_upgraded(plugin: Plugin) -> None:
    table_urn = urn("aws:dynamodb/table:Table", "older")
    table = plugin.make(table_urn, TABLE)
    assert _hidden(table).version == 1
    _hide(table, replace(_hidden(table), version=0, settled=""))
    assert plugin.diff(table_urn, table, table.inputs).changes == Diff.DIFF_NONE
    assert plugin.read(table_urn, table.id, table).id == table.id
    plugin.delete(table)


def test_state_of_the_other_provider_version_changes_nothing(plugin: Plugin) -> None:
    """Provider versions from 6 on have a region in each state; earlier ones have none."""
    group_urn = urn("aws:cloudwatch/logGroup:LogGroup", "moved")
    for region in ("us-east-1", None):
        inputs = {"name": "moved", **({"region": region} if region else {})}
        group = plugin.make(group_urn, inputs)
        state = dict(_hidden(group).state)
        if "region" in state:
            del state["region"]
        else:
            state["region"] = region or REGION
        _hide(group, replace(_hidden(group), state=state, settled=""))
        assert group.outputs["region"] == (region or REGION)
        assert plugin.diff(group_urn, group, group.inputs).changes == Diff.DIFF_NONE
        assert plugin.read(group_urn, group.id, group).id == group.id
        plugin.delete(group)


def test_state_of_another_provider_is_refused_with_a_reason(plugin: Plugin) -> None:
    role_urn = urn(ROLE, "foreign")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST})
    del role.outputs["__terraform"]
    with pytest.raises(grpc.RpcError) as failed:
        plugin.diff(role_urn, role, role.inputs)
    assert "has no Terraform state" in str(failed.value.details())


def test_unchanged_resource_makes_no_terraform_call(
    environment: dict[str, str], plugin: Plugin, tmp_path: Path
) -> None:
    role_urn = urn(ROLE, "settled")
    inputs = {"assumeRolePolicy": TRUST, "tags": {"a": "b"}}
    role = plugin.make(role_urn, inputs)
    other = Plugin({**environment, "PULUMI_HOME": str(tmp_path)}, tmp_path)
    other.configure()
    checked, _ = other.check(role_urn, inputs, role.inputs)
    assert other.diff(role_urn, role, checked).changes == Diff.DIFF_NONE
    assert not terraform_of(str(tmp_path))

    # Default tags are part of what a plan depends on.
    other.configure(defaultTags='{"tags": {"managed-by": "landfall"}}')
    difference = other.diff(role_urn, role, checked)
    assert {path.split(".")[0].split("[")[0] for path in difference.detailedDiff} == {"tagsAll"}
    assert len(terraform_of(str(tmp_path))) == 1
    other.kill()


def test_preview_with_an_unknown_configuration_has_unknown_outputs(
    environment: dict[str, str], plugin: Plugin, tmp_path: Path
) -> None:
    role_urn = urn(ROLE, "later")
    role = plugin.make(role_urn, {"assumeRolePolicy": TRUST})
    blind = Plugin(environment, tmp_path)
    blind.configure(assumeRoles=[{"roleArn": UNKNOWN, "sessionName": "landfall"}])
    inputs, failures = blind.check(role_urn, {"assumeRolePolicy": "{}", "path": UNKNOWN})
    assert not failures
    planned = blind.create(role_urn, inputs, preview=True)
    assert planned.outputs["assumeRolePolicy"] == "{}"
    assert planned.outputs["arn"] is UNKNOWN
    assert planned.outputs["path"] is UNKNOWN
    assert blind.diff(role_urn, role, role.inputs).changes == Diff.DIFF_UNKNOWN
    changed = {**role.inputs, "description": "new"}
    assert list(blind.diff(role_urn, role, changed).detailedDiff) == ["description"]
    assert blind.update(role, changed, preview=True).outputs["description"] == "new"
    blind.kill()
