"""Settings of the baseline in one region of an account."""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws


class Place(NamedTuple):
    """A region, with the name prefix and parent of its resources."""

    name: str
    region: str
    opts: pulumi.ResourceOptions

    def named(self, part: str) -> str:
        """Return the logical name of a part of the baseline in the region."""
        return f"{self.name}-{part}-{self.region}"


def encrypt_volumes(place: Place, key: pulumi.Input[str] | None) -> None:
    """Encrypt new volumes; `key` becomes the default KMS key.

    https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    """
    aws.ebs.EncryptionByDefault(
        place.named("volumes"), enabled=True, region=place.region, opts=place.opts
    )
    if key is not None:
        aws.ebs.DefaultKmsKey(
            place.named("volume-key"), key_arn=key, region=place.region, opts=place.opts
        )


def block_public_snapshots(place: Place) -> None:
    """Block public sharing of snapshots, including existing public ones.

    https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
    """
    aws.ebs.SnapshotBlockPublicAccess(
        place.named("snapshots"), state="block-all-sharing", region=place.region, opts=place.opts
    )


def block_public_images(place: Place) -> None:
    """Block new public sharing of images; AWS has no stricter state.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
    """
    aws.ec2.ImageBlockPublicAccess(
        place.named("images"), state="block-new-sharing", region=place.region, opts=place.opts
    )


def metadata_defaults(place: Place, required: bool, hops: int | None) -> None:
    """Set the defaults of new instances, unless they or their image override them.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    aws.ec2.InstanceMetadataDefaults(
        place.named("metadata"),
        http_tokens="required" if required else "no-preference",
        http_put_response_hop_limit=hops,
        region=place.region,
        opts=place.opts,
    )


def analyze_access(place: Place) -> None:
    """Find resources that the account shares with external principals.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
    """
    aws.accessanalyzer.Analyzer(
        place.named("analyzer"),
        analyzer_name="landfall-account",
        type="ACCOUNT",
        region=place.region,
        # The name of an analyzer that the program takes over stays.
        opts=pulumi.ResourceOptions.merge(
            place.opts, pulumi.ResourceOptions(ignore_changes=["analyzerName"])
        ),
    )
