"""Aliases, passwords, budget alerts and assignments to users, read from AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization: {alias: example-management}
  landfall:accounts:
    orders: {email: orders@example.com, alias: example-orders}
  landfall:baseline:
    passwordPolicy: {maxAgeDays: 90, hardExpiry: true}
    budget:
      amount: 100
      actual: []
      forecast: []
      actualAmounts: [50]
      topic: arn:aws:sns:us-east-1:MANAGEMENT:costs
  landfall:access:
    boundaries:
      most:
        statements:
          - {actions: ['s3:Get*', 's3:List*']}
          - {effect: Deny, notActions: ['s3:*']}
    samlProviders: {corporate: {metadata: METADATA}}
    policies:
      reading: {statements: [{actions: 's3:GetObject', resources: 'arn:aws:s3:::example/*'}]}
    roles:
      power:
        principals: [{account: orders, role: ops}]
        managedPolicies: [job-function/ViewOnlyAccess]
        boundary: arn:aws:iam::aws:policy/PowerUserAccess
      worker:
        principals: [{account: orders, role: ops}]
        managedPolicies: [SecurityAudit]
        boundary: most
        statements: [{effect: Deny, notActions: ['s3:*']}]
      instances:
        services: [ec2]
        instanceProfile: true
        policies: [reading]
      people: {saml: corporate, policies: reading}
      breaker:
        users: [emergency]
        managedPolicies: [SecurityAudit]
    identityCenter:
      instance: ssoins-1234567890abcdef
      identityStore: d-1234567890
      groups: {}
      users: {ada: {id: USER}}
      permissionSets: {look: {managedPolicies: [SecurityAudit]}}
      assignments: [ASSIGNED]
"""
ASSIGNED = "{user: ada, permissionSets: look, accounts: orders}"
METADATA = '"<EntityDescriptor>' + "x" * 1000 + '</EntityDescriptor>"'
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("settings"), "settings")
    file = project.folder / "Pulumi.settings.yaml"
    text = FILE.replace("METADATA", METADATA)
    first = text.replace("[ASSIGNED]", "[]").replace("USER", NOBODY)
    file.write_text(first.replace("MANAGEMENT", "1" * 12))
    try:
        project.up(preview=False)
        store = project.aws("identitystore")
        name = {"GivenName": "Ada", "FamilyName": "L"}
        user = store.create_user(
            IdentityStoreId="d-1234567890", UserName="ada", DisplayName="Ada", Name=name
        )["UserId"]
        text = text.replace("ASSIGNED", ASSIGNED).replace("USER", user)
        management = project.outputs()["managementAccountId"]
        file.write_text(text.replace("MANAGEMENT", management))
        project.up(preview=False)
        yield project
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", "settings")


def test_accounts_have_aliases(project: Project) -> None:
    orders = project.outputs()["accounts"]["orders"]
    for account, alias in ((None, "example-management"), (orders, "example-orders")):
        found = project.aws("iam", account).list_account_aliases()["AccountAliases"]
        assert found == [alias]


def test_passwords_expire_for_good(project: Project) -> None:
    iam = project.aws("iam", project.outputs()["accounts"]["orders"])
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert (policy["MaxPasswordAge"], policy["HardExpiry"]) == (90, True)


def test_budget_alert_at_an_amount_notifies_a_topic(project: Project) -> None:
    budgets, management = project.aws("budgets"), project.outputs()["managementAccountId"]
    names = [
        each["BudgetName"] for each in budgets.describe_budgets(AccountId=management)["Budgets"]
    ]
    (name,) = [each for each in names if each.endswith("-orders")]
    where = {"AccountId": management, "BudgetName": name}
    (alert,) = budgets.describe_notifications_for_budget(**where)["Notifications"]
    assert (alert["Threshold"], alert["ThresholdType"]) == (50, "ABSOLUTE_VALUE")
    given = {key: it for key, it in alert.items() if key != "NotificationState"}
    (to,) = budgets.describe_subscribers_for_notification(**where, Notification=given)[
        "Subscribers"
    ]
    assert to == {
        "SubscriptionType": "SNS",
        "Address": f"arn:aws:sns:us-east-1:{management}:costs",
    }


def test_roles_have_their_boundaries_denials_and_users(project: Project) -> None:
    outputs = project.outputs()
    orders, management = outputs["accounts"]["orders"], outputs["managementAccountId"]
    iam = project.aws("iam", orders)
    bounds = {
        name: iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
        for name in ("power", "worker")
    }
    most = f"arn:aws:iam::{orders}:policy/landfall/most"
    assert bounds == {"power": "arn:aws:iam::aws:policy/PowerUserAccess", "worker": most}
    version = iam.get_policy(PolicyArn=most)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=most, VersionId=version)["PolicyVersion"][
        "Document"
    ]
    assert document["Statement"][1]["NotAction"] == ["s3:*"]
    inline = iam.get_role_policy(RoleName="worker", PolicyName="worker")["PolicyDocument"]
    assert inline["Statement"][0]["NotAction"] == ["s3:*"]
    trust = iam.get_role(RoleName="breaker")["Role"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    user = f"arn:aws:iam::{management}:user/emergency"
    assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [user]}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


def test_role_of_instances_has_its_profile_and_policy(project: Project) -> None:
    orders = project.outputs()["accounts"]["orders"]
    iam = project.aws("iam", orders)
    profile = iam.get_instance_profile(InstanceProfileName="instances")["InstanceProfile"]
    assert profile["Arn"] == f"arn:aws:iam::{orders}:instance-profile/landfall/instances"
    assert [each["RoleName"] for each in profile["Roles"]] == ["instances"]
    attached = iam.list_attached_role_policies(RoleName="instances")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [
        f"arn:aws:iam::{orders}:policy/landfall/reading"
    ]


def test_role_trusts_the_users_of_the_saml_provider(project: Project) -> None:
    orders = project.outputs()["accounts"]["orders"]
    iam = project.aws("iam", orders)
    (provider,) = iam.list_saml_providers()["SAMLProviderList"]
    assert provider["Arn"] == f"arn:aws:iam::{orders}:saml-provider/corporate"
    trust = iam.get_role(RoleName="people")["Role"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Federated": provider["Arn"]}
    audience = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    assert statement["Condition"] == {"StringEquals": audience}


def test_user_has_the_permission_set_in_the_account(project: Project) -> None:
    center, orders = project.aws("sso-admin"), project.outputs()["accounts"]["orders"]
    (instance,) = center.list_instances()["Instances"]
    arn = instance["InstanceArn"]
    (found,) = center.list_permission_sets(InstanceArn=arn)["PermissionSets"]
    (given,) = center.list_account_assignments(
        InstanceArn=arn, AccountId=orders, PermissionSetArn=found
    )["AccountAssignments"]
    assert given["PrincipalType"] == "USER"


def test_second_up_changes_nothing(project: Project) -> None:
    project.up()
    assert project.changes() == {}
