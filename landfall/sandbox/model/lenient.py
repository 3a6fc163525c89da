"""Enums and members that are not checked; for single constraints see `not_enforced`."""

from __future__ import annotations

# Services whose enums grow between releases of botocore: a value that the
# installed model lacks may be valid in AWS (EC2 instance types, regions, runtimes).
OPEN_ENUM_WORDS = (
    "actiontype",
    "computetype",
    "engine",
    "eventtype",
    "image",
    "instanceclass",
    "instancetype",
    "language",
    "nodetype",
    "region",
    "resourcetype",
    "runtime",
    "servicecode",
    "version",
)
"""Parts of an enum shape's lower-case name that indicate an open list of values."""

OPEN_ENUMS = frozenset(
    {
        ("s3", "BucketLocationConstraint"),
        ("s3", "Event"),
        ("config", "ResourceType"),
        ("iam", "FeatureType"),
        ("securityhub", "AutoEnableStandards"),
    }
)
"""(service, shape) of enums that AWS extends without a new API version."""

UNCHECKED_SERVICES = frozenset({"s3", "ec2"})
"""Services whose required members are not checked at the gate: they report them themselves.

S3 reports a missing body member as MalformedXML after its own parsing, and EC2's model has nearly
no constraints; their required members differ between API versions that SDKs send.
"""
