"""S3: buckets."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:s3/bucket:Bucket")
def _bucket(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("s3").head_bucket(Bucket=inputs["bucket"])
    return str(inputs["bucket"])
