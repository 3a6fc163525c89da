"""Enums and members that requests are not held against; single constraints: `not_enforced`."""

from __future__ import annotations

# Services whose models carry enums that grow between releases of botocore: a value that the
# installed model lacks may well be one that AWS has (EC2's instance types, regions, runtimes).
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
"""Parts of an enum shape's lower-case name that tell an open list of values."""

OPEN_ENUMS = frozenset(
    {
        ("s3", "BucketLocationConstraint"),
        ("s3", "Event"),
        ("config", "ResourceType"),
        ("iam", "FeatureType"),
        ("securityhub", "AutoEnableStandards"),
    }
)
"""(service, shape) of enums that AWS extends without a new version of the API."""

UNCHECKED_SERVICES = frozenset({"s3", "ec2"})
"""Services whose members are not required at the gate: they answer those faults themselves.

S3 tells a missing body member as MalformedXML after its own parsing, and EC2's model has nearly no
constraints; their required members differ between API versions that SDKs send.
"""
