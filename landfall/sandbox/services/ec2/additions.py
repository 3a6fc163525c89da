"""EC2: the settings of an account in a region: default EBS key, snapshots, instance metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_settings: Store[Any] = Store()

_AWS_KEY = "alias/aws/ebs"
_NO_PREFERENCE = ("no-preference", -1, "-1")


@addition("ec2", "GetEbsDefaultKmsKeyId")
def get_ebs_default_kms_key_id(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, GetEbsDefaultKmsKeyId."""
    return {"KmsKeyId": _settings.of(request).get("key", _AWS_KEY)}


@addition("ec2", "ModifyEbsDefaultKmsKeyId")
def modify_ebs_default_kms_key_id(request: Request) -> Mapping[str, Any]:
    """Answer with the key's ARN: EC2 API Reference, ModifyEbsDefaultKmsKeyId."""
    key = request.params["KmsKeyId"]
    if not key.startswith("arn:"):
        key = request.arn("kms", key if key.startswith("alias/") else f"key/{key}")
    _settings.of(request)["key"] = key
    return {"KmsKeyId": key}


@addition("ec2", "ResetEbsDefaultKmsKeyId")
def reset_ebs_default_kms_key_id(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, ResetEbsDefaultKmsKeyId."""
    _settings.of(request).pop("key", None)
    return {"KmsKeyId": _AWS_KEY}


@addition("ec2", "EnableSnapshotBlockPublicAccess")
def enable_snapshot_block_public_access(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, EnableSnapshotBlockPublicAccess."""
    _settings.of(request)["snapshots"] = request.params["State"]
    return {"State": request.params["State"]}


@addition("ec2", "DisableSnapshotBlockPublicAccess")
def disable_snapshot_block_public_access(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, DisableSnapshotBlockPublicAccess."""
    _settings.of(request).pop("snapshots", None)
    return {"State": "unblocked"}


@addition("ec2", "GetSnapshotBlockPublicAccessState")
def get_snapshot_block_public_access_state(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, GetSnapshotBlockPublicAccessState."""
    state = _settings.of(request).get("snapshots", "unblocked")
    return {"State": state, "ManagedBy": "account"}


@addition("ec2", "EnableImageBlockPublicAccess")
def enable_image_block_public_access(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, EnableImageBlockPublicAccess."""
    state = request.params["ImageBlockPublicAccessState"]
    _settings.of(request)["images"] = state
    return {"ImageBlockPublicAccessState": state}


@addition("ec2", "DisableImageBlockPublicAccess")
def disable_image_block_public_access(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, DisableImageBlockPublicAccess."""
    _settings.of(request)["images"] = "unblocked"
    return {"ImageBlockPublicAccessState": "unblocked"}


@addition("ec2", "GetImageBlockPublicAccessState")
def get_image_block_public_access_state(request: Request) -> Mapping[str, Any]:
    """Accounts of today begin blocked: EC2 User Guide, 'Block public access to your AMIs'."""
    state = _settings.of(request).get("images", "block-new-sharing")
    return {"ImageBlockPublicAccessState": state, "ManagedBy": "account"}


@addition("ec2", "ModifyInstanceMetadataDefaults")
def modify_instance_metadata_defaults(request: Request) -> Mapping[str, Any]:
    """Set what was sent; no-preference removes: EC2 API Reference."""
    kept = _settings.of(request).setdefault("metadata", {})
    for member in (
        "HttpTokens",
        "HttpPutResponseHopLimit",
        "HttpEndpoint",
        "InstanceMetadataTags",
        "HttpTokensEnforced",
    ):
        if member in request.params:
            kept.pop(member, None)
            if request.params[member] not in _NO_PREFERENCE:
                kept[member] = request.params[member]
    return {"Return": True}


@addition("ec2", "GetInstanceMetadataDefaults")
def get_instance_metadata_defaults(request: Request) -> Mapping[str, Any]:
    """EC2 API Reference, GetInstanceMetadataDefaults."""
    kept = _settings.of(request).get("metadata", {})
    return {"AccountLevel": {**kept, "ManagedBy": "account"}}
