"""Look-ups for IAM: roles, policies, identity providers and the password policy."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:iam/role:Role")
def _role(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("iam").get_role(RoleName=inputs["name"])["Role"]["RoleName"]
    return found


@finds("aws:iam/policy:Policy")
def _managed_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    policies = pages(client("iam"), "list_policies", "Policies", Scope="Local")
    return next((p["Arn"] for p in policies if p["PolicyName"] == inputs["name"]), None)


@finds("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def _oidc_provider(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    wanted = inputs["url"].removeprefix("https://")
    providers = client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    arns = (each["Arn"] for each in providers)
    return next((arn for arn in arns if arn.partition("oidc-provider/")[2] == wanted), None)


@finds("aws:iam/serviceLinkedRole:ServiceLinkedRole")
def _service_linked_role(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # One for each service, or one for each suffix if the service allows suffixes.
    path, suffix = f"/aws-service-role/{inputs['awsServiceName']}/", inputs.get("customSuffix", "")
    for role in pages(client("iam"), "list_roles", "Roles", PathPrefix=path):
        if role["RoleName"].partition("_")[2] == suffix:
            return str(role["Arn"])
    return None


@finds("aws:iam/accountPasswordPolicy:AccountPasswordPolicy")
def _password_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("iam").get_account_password_policy()
    return "iam-account-password-policy"


@finds("aws:iam/accountAlias:AccountAlias")
def _account_alias(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Another alias would be replaced: an account has one.
    own: str = inputs["accountAlias"]
    return own if own in client("iam").list_account_aliases()["AccountAliases"] else None


@finds("aws:iam/instanceProfile:InstanceProfile")
def _instance_profile(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    profile = client("iam").get_instance_profile(InstanceProfileName=inputs["name"])
    found: str = profile["InstanceProfile"]["InstanceProfileName"]
    return found


@finds("aws:iam/samlProvider:SamlProvider")
def _saml_provider(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("iam").list_saml_providers()["SAMLProviderList"]
    name = f":saml-provider/{inputs['name']}"
    return next((each["Arn"] for each in found if each["Arn"].endswith(name)), None)
