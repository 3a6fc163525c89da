"""The baseline component and its arguments."""

from typing import NotRequired, TypedDict

import pulumi

from components.baseline import account, region


class PasswordPolicyArgs(TypedDict):
    """The password policy of IAM users."""

    minimum_length: int
    """The minimum number of characters, 6 to 128."""
    remembered: int
    """The number of earlier passwords that cannot be reused, up to 24; 0 for none."""
    max_age_days: int
    """Days until a password expires, up to 1095; 0 for never."""
    hard_expiry: NotRequired[bool]
    """An administrator must reset an expired password."""


class BaselineArgs(TypedDict):
    """The settings of the baseline; omitted settings stay unchanged."""

    regions: list[str]
    """The regions of the baseline."""
    password_policy: NotRequired[PasswordPolicyArgs]
    """The password policy of IAM users."""
    block_public_buckets: NotRequired[bool]
    """Block public access to all buckets of the account."""
    encrypt_volumes: NotRequired[bool]
    """Encrypt new EBS volumes."""
    volume_keys: NotRequired[dict[str, pulumi.Input[str]]]
    """The ARN of the KMS key for EBS volumes, by region. Default: the AWS managed key."""
    block_public_snapshots: NotRequired[bool]
    """Block all public sharing of EBS snapshots."""
    block_public_images: NotRequired[bool]
    """Block new public sharing of machine images."""
    require_imdsv2: NotRequired[bool]
    """Make IMDSv2 the only default for new instances."""
    metadata_hops: NotRequired[int]
    """The default hop limit of the metadata service, 1 to 64."""
    access_analyzer: NotRequired[bool]
    """An external access analyzer of the account in each region."""


class Baseline(pulumi.ComponentResource):
    """The baseline of the provider's account."""

    def __init__(
        self, name: str, args: BaselineArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:baseline:Baseline", name, None, opts)
        options = pulumi.ResourceOptions(parent=self)
        if "password_policy" in args:
            passwords = args["password_policy"]
            account.password_policy(
                name,
                passwords["minimum_length"],
                passwords["remembered"],
                passwords["max_age_days"],
                options,
                hard_expiry=passwords.get("hard_expiry", False),
            )
        if args.get("block_public_buckets"):
            account.block_public_buckets(name, options)
        keys = args.get("volume_keys", {})
        for where in args["regions"]:
            place = region.Place(name, where, options)
            if args.get("encrypt_volumes"):
                region.encrypt_volumes(place, keys.get(where))
            if args.get("block_public_snapshots"):
                region.block_public_snapshots(place)
            if args.get("block_public_images"):
                region.block_public_images(place)
            if args.get("require_imdsv2") or "metadata_hops" in args:
                required = args.get("require_imdsv2", False)
                region.metadata_defaults(place, required, args.get("metadata_hops"))
            if args.get("access_analyzer"):
                region.analyze_access(place)
        self.register_outputs({})
