"""Distributions in the sandbox."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox_gate.conftest import Clients

CONFIG: dict[str, Any] = {
    "CallerReference": "site",
    "Comment": "",
    "Enabled": True,
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "bucket",
                "DomainName": "site.s3.eu-west-1.amazonaws.com",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    },
    "DefaultCacheBehavior": {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "https-only"},
}


def test_distribution_has_an_id_that_settings_accept(aws: Clients) -> None:
    client = aws("cloudfront")
    made = client.create_distribution(DistributionConfig=CONFIG)["Distribution"]
    assert re.fullmatch(r"E[A-Z0-9]{13}", made["Id"])
    assert made["ARN"].endswith(f":distribution/{made['Id']}")
    assert client.get_distribution(Id=made["Id"])["Distribution"]["ARN"] == made["ARN"]
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "1"}
    client.create_invalidation(DistributionId=made["Id"], InvalidationBatch=batch)
    (found,) = client.list_invalidations(DistributionId=made["Id"])["InvalidationList"]["Items"]
    # The service's waiter of the CLI asks for this word.
    waiter = client.get_waiter("invalidation_completed")
    waiter.wait(DistributionId=made["Id"], Id=found["Id"], WaiterConfig={"MaxAttempts": 1})
