"""S3: the tags that come with CreateBucket, and the end of a bucket's tags.

The emulator drops the first, and a bucket created again under a name has the tags of the last one.
S3 API Reference, CreateBucket, `Tags`; AWS's Terraform provider 6 tags its buckets that way.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response

_serialized = S3Response.serialized
_delete_bucket = S3Backend.delete_bucket


def _serialized_and_tagged(self: S3Response, answer: ActionResult) -> Any:
    if self.data.get("Action") == "CreateBucket":
        known = self.request.environ.get("landfall.request")
        sent = known.params.get("CreateBucketConfiguration", {}) if known is not None else {}
        arn = self.backend.get_bucket(self.bucket_name).arn
        if not self.backend.tagger.has_tags(arn):
            self.backend.tagger.tag_resource(arn, sent.get("Tags"))
    return _serialized(self, answer)


def _delete_bucket_and_tags(self: S3Backend, bucket_name: str) -> FakeBucket | None:
    deleted = _delete_bucket(self, bucket_name)
    if deleted is not None:
        self.tagger.delete_all_tags_for_resource(deleted.arn)
    return deleted


S3Response.serialized = _serialized_and_tagged
S3Backend.delete_bucket = _delete_bucket_and_tags
