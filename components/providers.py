"""The AWS providers of member accounts, and of another region of the management account.

An explicit provider does not inherit the stack's `aws:` configuration, so it is passed on here:
endpoints, retries, default tags and similar apply to every account of the stack. So do the base
credentials (profile, keys, roles of a chain), with which the provider assumes the account's role.
Allowed accounts are not passed on: the account's role is in another one.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs#assuming-an-iam-role
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.arns import output_arn

_ROLES = "assumeRoles"
_STRUCTURED = {
    "assumeRoleWithWebIdentity": "assume_role_with_web_identity",
    "defaultTags": "default_tags",
    "endpoints": "endpoints",
    "ignoreTags": "ignore_tags",
    "sharedConfigFiles": "shared_config_files",
    "sharedCredentialsFiles": "shared_credentials_files",
}
_FLAGS = {
    "insecure": "insecure",
    "s3UsePathStyle": "s3_use_path_style",
    "skipCredentialsValidation": "skip_credentials_validation",
    "skipMetadataApiCheck": "skip_metadata_api_check",
    "skipRegionValidation": "skip_region_validation",
    "skipRequestingAccountId": "skip_requesting_account_id",
    "useDualstackEndpoint": "use_dualstack_endpoint",
    "useFipsEndpoint": "use_fips_endpoint",
}
_TEXTS = {
    "customCaBundle": "custom_ca_bundle",
    "httpProxy": "http_proxy",
    "httpsProxy": "https_proxy",
    "noProxy": "no_proxy",
    "profile": "profile",
    "region": "region",
    "retryMode": "retry_mode",
    "stsRegion": "sts_region",
}
_SECRETS = {"accessKey": "access_key", "secretKey": "secret_key", "token": "token"}


def inherited() -> dict[str, Any]:
    """Return the provider arguments that the stack's `aws:` configuration sets."""
    config = pulumi.Config("aws")
    arguments: dict[str, Any] = {}
    for key, name in _TEXTS.items():
        arguments[name] = config.get(key)
    for key, name in _FLAGS.items():
        arguments[name] = config.get_bool(key)
    for key, name in _STRUCTURED.items():
        arguments[name] = config.get_object(key)
    for key, name in _SECRETS.items():
        arguments[name] = config.get_secret(key)
    arguments["max_retries"] = config.get_int("maxRetries")
    return {name: value for name, value in arguments.items() if value is not None}


def account_provider(
    name: str,
    *,
    account_id: pulumi.Input[str],
    role_name: str,
    partition: str,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.Provider:
    """Return the provider for `account_id`, which assumes `role_name` there.

    Roles of the stack's `aws:assumeRoles` come first in the chain.
    `allowed_account_ids` makes the provider reject any other account, whatever the
    role's ARN resolves to.
    """
    arguments = inherited()
    if tags and "default_tags" not in arguments:
        arguments["default_tags"] = aws.ProviderDefaultTagsArgs(tags=tags)
    role_arn = output_arn(partition, "iam", f"role/{role_name}", account=account_id)
    chain = pulumi.Config("aws").get_object(_ROLES) or []
    return aws.Provider(
        name,
        assume_roles=[
            *chain,
            aws.ProviderAssumeRoleArgs(role_arn=role_arn, session_name="landfall"),
        ],
        allowed_account_ids=[account_id],
        **arguments,
        opts=opts,
    )


def region_provider(name: str, region: str) -> aws.Provider:
    """Return the provider for another region of the stack's own account.

    For resources of global services that have no `region` argument. A provider is a process.
    """
    arguments = {**inherited(), "region": region}
    chain = pulumi.Config("aws").get_object(_ROLES)
    return aws.Provider(name, assume_roles=chain, **arguments)
