"""Account-wide settings of the baseline."""

import pulumi
import pulumi_aws as aws


def password_policy(
    name: str,
    minimum_length: int,
    remembered: int,
    max_age_days: int,
    opts: pulumi.ResourceOptions,
    *,
    hard_expiry: bool = False,
) -> None:
    """Set the password policy of IAM users; 0 means none or never.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
    """
    aws.iam.AccountPasswordPolicy(
        f"{name}-passwords",
        minimum_password_length=minimum_length,
        require_lowercase_characters=True,
        require_uppercase_characters=True,
        require_numbers=True,
        require_symbols=True,
        allow_users_to_change_password=True,
        password_reuse_prevention=remembered or None,
        max_password_age=max_age_days or None,
        hard_expiry=hard_expiry or None,
        opts=opts,
    )


def block_public_buckets(name: str, opts: pulumi.ResourceOptions) -> None:
    """Block public access to every bucket, whatever its own settings.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html
    """
    aws.s3.AccountPublicAccessBlock(
        f"{name}-buckets",
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
