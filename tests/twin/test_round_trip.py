"""A twin says of itself what the original says: a snapshot of it is the same.

The tests of the fixture `pair` share one organization and one twin.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from landfall.adoption import kinds
from landfall.snapshots import document
from landfall.snapshots.document import Snapshot
from tests.sandbox import messy
from tests.sandbox.in_use import AUDIT, InUse
from tests.sandbox_gate.conftest import Sandbox, error_of, settle
from tests.twin import by_hand
from tests.twin.conftest import OTHER, Reader, Twins, client_of, running, writer


def as_found(snapshot: Snapshot) -> Mapping[str, Any]:
    """Return a snapshot as its JSON, without the time at which it was taken."""
    found: Mapping[str, Any] = json.loads(document.text(dataclasses.replace(snapshot, taken="")))
    return found


@dataclass
class Pair:
    """An organization made by hand, its snapshot, and the twin that began with it."""

    made: InUse
    secrets: list[str]
    file: Path
    original: Snapshot
    sandbox: Sandbox
    twin: Sandbox
    requests: str

    def client(self, service: str, account: str = "", region: str = "eu-west-1") -> Any:
        """Return a client of the twin."""
        return client_of(self.twin)(service, account=account, region=region)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with pytest.MonkeyPatch.context() as patch, running(folder / "original.log") as sandbox:
        made = by_hand.build(client_of(sandbox))
        secrets = by_hand.keep_secrets(made)
        before = len(sandbox.log.read_text())
        file, original = Reader(folder, patch).take(sandbox.url, "original.json")
        requests = sandbox.log.read_text()[before:]
        with running(folder / "twin.log", "--twin", str(file)) as twin:
            yield Pair(made, secrets, file, original, sandbox, twin, requests)


def test_snapshot_of_a_twin_with_every_kind_equals_the_original(pair: Pair, reader: Reader) -> None:
    found = {
        kind for each in pair.original.resources.values() for at in each.values() for kind in at
    }
    groups = (
        *(kinds.REGIONAL, kinds.GLOBAL, kinds.MANAGEMENT, kinds.MANAGEMENT_REGIONAL),
        *(kinds.MORE_REGIONAL, kinds.MORE_GLOBAL, kinds.MORE_MANAGEMENT_REGIONAL),
        *(kinds.DELEGATED_REGIONAL.values(), (kinds.OF_AWS,)),
    )
    flat = [kind for group in groups for kind in group]
    names = {kind.name for each in flat for kind in (each if isinstance(each, tuple) else (each,))}
    assert found == names - {kinds.SERVICE_ROLE}
    assert pair.original.organization.unread == ()
    _, copy = reader.take(pair.twin.url, "copy.json")
    assert as_found(copy) == as_found(pair.original)


def test_snapshot_contains_no_secret_of_the_accounts(pair: Pair) -> None:
    written = pair.file.read_text()
    assert len(pair.secrets) == 7
    for secret in pair.secrets:
        assert secret not in written
    assert not re.search(r"A(KIA|SIA)[A-Z0-9]{16}", written)


def test_snapshot_makes_only_read_requests_and_reads_no_secret(pair: Pair) -> None:
    asked = set(re.findall(r" ([\w-]+:\w+) \d{3} ", pair.requests))
    reading = re.compile(r"[\w-]+:(List|Describe|Get|BatchGet|AssumeRole$)")
    assert len(asked) > 40
    assert [call for call in asked if not reading.match(call)] == []
    never = re.compile(r"^(ssm|secretsmanager|lambda|kms|s3):|AccessKey|:(List|Get)Users?$")
    assert [call for call in asked if never.search(call)] == []


def test_twin_answers_with_the_ids_of_the_original(pair: Pair) -> None:
    made, organizations = pair.made, pair.client("organizations")
    described = organizations.describe_organization()["Organization"]
    assert (described["Id"], described["MasterAccountId"]) == (made.organization, made.management)
    listed = organizations.list_accounts()["Accounts"]
    of_original = client_of(pair.sandbox)("organizations").list_accounts()["Accounts"]
    assert listed == of_original
    assert {each["State"] for each in listed} == {"ACTIVE", "CLOSED"}
    assert ids_of(pair.client, made) == ids_of(client_of(pair.sandbox), made)


def ids_of(client: Any, made: InUse) -> dict[str, Any]:
    """Return the ids that AWS chose for what is in the accounts."""
    audit = made.accounts[AUDIT]
    worker = client("iam", account=made.accounts["app 0"]).get_role(RoleName="worker")["Role"]
    guard_duty = client("guardduty", account=audit, region=OTHER)
    (trail,) = client("cloudtrail").describe_trails()["trailList"]
    analyzers = client("accessanalyzer", account=audit).list_analyzers()["analyzers"]
    center = client("sso-admin")
    (permission_set,) = center.list_permission_sets(InstanceArn=made.instance)["PermissionSets"]
    assignments = center.list_account_assignments(
        InstanceArn=made.instance, AccountId=audit, PermissionSetArn=permission_set
    )["AccountAssignments"]
    found = {
        "role": (worker["Arn"], worker["RoleId"], worker["PermissionsBoundary"]),
        "detectors": guard_duty.list_detectors()["DetectorIds"],
        "trail": trail,
        "analyzers": sorted(each["arn"] for each in analyzers),
        "permission set": permission_set,
        "assignments": assignments,
        "groups": client("identitystore").list_groups(IdentityStoreId=made.store)["Groups"],
    }
    assert all(found.values())
    return found


def test_policy_beyond_the_quota_of_a_target_is_refused_in_the_twin(pair: Pair) -> None:
    organizations = pair.client("organizations")
    unit = next(each.id for each in pair.original.organization.units if each.name == "Sensitive")
    attached = organizations.list_policies_for_target(
        TargetId=unit, Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    assert len(attached) == 3
    deny = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    made = [
        organizations.create_policy(
            Name=f"more {number}", Type="SERVICE_CONTROL_POLICY", Description="", Content=content
        )["Policy"]["PolicySummary"]["Id"]
        for number in range(8)
    ]
    for policy in made[:7]:
        organizations.attach_policy(PolicyId=policy, TargetId=unit)
    code, _ = error_of(organizations.attach_policy, PolicyId=made[7], TargetId=unit)
    assert code == "ConstraintViolationException"
    code, _ = error_of(
        organizations.create_policy,
        **{"Name": "by hand 0", "Type": "SERVICE_CONTROL_POLICY", "Description": ""},
        Content=content,
    )
    assert code == "DuplicatePolicyException"


def test_account_with_an_address_in_use_fails_in_the_twin(pair: Pair) -> None:
    organizations = pair.client("organizations")
    email = pair.original.organization.accounts[1].email
    begun = organizations.create_account(AccountName="another", Email=email)
    settle(organizations)
    status = organizations.describe_create_account_status(
        CreateAccountRequestId=begun["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")


def test_second_detector_and_recorder_are_refused_in_the_twin(pair: Pair) -> None:
    audit = pair.made.accounts[AUDIT]
    code, _ = error_of(pair.client("guardduty", account=audit).create_detector, Enable=True)
    assert code == "BadRequestException"
    config = pair.client("config", account=audit)
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    second = {"name": "second", "roleARN": recorder["roleARN"]}
    code, _ = error_of(config.put_configuration_recorder, ConfigurationRecorder=second)
    assert code == "MaxNumberOfConfigurationRecordersExceededException"


def test_role_of_the_twin_is_denied_by_a_policy_of_the_original(pair: Pair) -> None:
    denied, free = pair.made.accounts["app 0"], pair.made.accounts[AUDIT]
    for account in (denied, free):
        s3 = pair.client("s3", account=account)
        s3.create_bucket(
            Bucket=f"rehearsal-{account}",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
    code, told = error_of(
        pair.client("s3", account=denied).delete_bucket, Bucket=f"rehearsal-{denied}"
    )
    assert code == "AccessDenied"
    assert "service control policy" in told
    pair.client("s3", account=free).delete_bucket(Bucket=f"rehearsal-{free}")


def test_reset_of_a_twin_begins_with_the_snapshot_again(pair: Pair, reader: Reader) -> None:
    pair.client("organizations").create_organizational_unit(
        ParentId=pair.original.organization.root, Name="tried"
    )
    pair.twin.reset()
    _, copy = reader.take(pair.twin.url, "copy.json")
    assert as_found(copy) == as_found(pair.original)


def test_twin_of_a_messy_organization_equals_the_original(
    sandbox: Sandbox, reader: Reader, twin_of: Twins
) -> None:
    client = client_of(sandbox)
    messy.build(client("organizations"), lambda account: client("iam", account=account))
    file, original = reader.take(sandbox.url, "original.json")
    twin = twin_of(file)
    _, copy = reader.take(twin.url, "copy.json")
    assert as_found(copy) == as_found(original)
    found = client_of(twin)
    ours, theirs = (
        messy.everything(
            each("organizations"), lambda account, each=each: each("iam", account=account)
        )
        for each in (found, client)
    )
    for part in ("accounts", "tree", "policies", "tags"):
        assert ours[part] == theirs[part], part


def test_raised_quota_that_aws_reports_holds_in_the_twin(
    sandbox: Sandbox, reader: Reader, twin_of: Twins
) -> None:
    client = client_of(sandbox)
    client("organizations").create_organization(FeatureSet="ALL")
    file, original = reader.take(sandbox.url, "original.json")
    file = writer(file, dataclasses.replace(original, quotas={"accounts": 2}))
    organizations = client_of(twin_of(file))("organizations")
    organizations.create_account(AccountName="a", Email="a@example.com")
    settle(organizations)
    code, _ = error_of(organizations.create_account, AccountName="b", Email="b@example.com")
    assert code == "ConstraintViolationException"


def test_number_of_accounts_beyond_the_default_quota_is_allowed_in_the_twin(
    sandbox: Sandbox, reader: Reader, twin_of: Twins
) -> None:
    client = client_of(sandbox)
    client("organizations").create_organization(FeatureSet="ALL")
    file, original = reader.take(sandbox.url, "original.json")
    found = original.organization
    root = found.root
    accounts = tuple(
        dataclasses.replace(
            found.accounts[0],
            id=f"{number:012}",
            name=f"app {number}",
            email=f"{number}@example.com",
        )
        for number in range(1, 61)
    )
    organization = dataclasses.replace(found, accounts=(*found.accounts, *accounts))
    file = writer(file, dataclasses.replace(original, organization=organization, quotas={}))
    organizations = client_of(twin_of(file))("organizations")
    pages = organizations.get_paginator("list_accounts_for_parent").paginate(ParentId=root)
    assert sum(len(page["Accounts"]) for page in pages) == 61
    code, _ = error_of(organizations.create_account, AccountName="b", Email="b@example.com")
    assert code == "ConstraintViolationException"


def test_new_policy_of_aws_comes_with_the_snapshot(
    sandbox: Sandbox, reader: Reader, twin_of: Twins
) -> None:
    client = client_of(sandbox)
    client("organizations").create_organization(FeatureSet="ALL")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
    client("iam").create_role(
        RoleName="new",
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
        ),
    )
    client("iam").attach_role_policy(
        RoleName="new", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit"
    )
    file, _ = reader.take(sandbox.url, "original.json")
    file.write_text(file.read_text().replace("SecurityAudit", "MadeTomorrow"))
    iam = client_of(twin_of(file))("iam")
    (attached,) = iam.list_attached_role_policies(RoleName="new")["AttachedPolicies"]
    assert attached["PolicyArn"] == "arn:aws:iam::aws:policy/MadeTomorrow"
    version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
    assert "access-analyzer" in json.dumps(document["PolicyVersion"]["Document"])


def test_resource_that_disappears_while_it_is_read_leaves_the_others(
    sandbox: Sandbox, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(sandbox)
    client("organizations").create_organization(FeatureSet="ALL")
    for name in ("kept", "deleted"):
        client("iam").create_saml_provider(Name=name, SAMLMetadataDocument=by_hand.METADATA)
    read = kinds.iam.saml_provider

    def late(open_client: Any, arn: str) -> Any:
        if arn.endswith("/deleted"):
            client("iam").delete_saml_provider(SAMLProviderArn=arn)
        return read(open_client, arn)

    changed = tuple(
        dataclasses.replace(kind, describe=late) if kind.name == "SAML provider" else kind
        for kind in kinds.MORE_GLOBAL
    )
    monkeypatch.setattr(kinds, "MORE_GLOBAL", changed)
    _, found = reader.take(sandbox.url, "original.json")
    assert [each["name"] for _, _, each in found.of_kind("SAML provider")] == ["kept"]
    assert found.organization.unread == ()
