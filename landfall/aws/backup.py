"""The services whose resources AWS Backup backs up where an account has opted in to them.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
AWS opts an account in to all services of a region when it creates its first vault or plan there;
services that AWS Backup supports later are not opted in.
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

from __future__ import annotations

from typing import Final

READ_ON: Final = "2026-11-29"
SERVICES: Final = (
    "Aurora",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "S3",
    "VirtualMachine",
)
"""By AWS Backup's names.

Services that only some regions have are missing: AWS rejects them elsewhere. So is Storage Gateway:
its name has a space, which the API's model does not allow.
"""
