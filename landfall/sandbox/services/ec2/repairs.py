"""EC2: every instance that is launched has the instance profile of its launch.

AWS's images of a region are made when a request first reads images or their snapshots: 1,300 for
each account and region.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot
from moto.ec2.models.instances import InstanceBackend, Reservation

if TYPE_CHECKING:
    from moto.autoscaling.models import FakeLaunchConfiguration

_run_instances = InstanceBackend.run_instances


def _run(self: EC2Backend, *args: Any, **kwargs: Any) -> Reservation:
    """Associate the profile of the call, of a launch template or of a launch configuration.

    The emulator gives it to the first instance of a call, and to none of an Auto Scaling group.
    """
    reservation = _run_instances(self, *args, **kwargs)
    direct = {
        name: value
        for name in ("iam_instance_profile_name", "iam_instance_profile_arn")
        if (value := kwargs.get(name))
    }
    if direct:
        # The emulator's response gives it to the first.
        later, profile = reservation.instances[1:], direct
    else:
        later, profile = reservation.instances, _launched(self, kwargs)
    for each in later if profile else ():
        self.associate_iam_instance_profile(each.id, **profile)
    return reservation


def _launched(backend: EC2Backend, kwargs: dict[str, Any]) -> dict[str, str]:
    configuration: FakeLaunchConfiguration | None = kwargs.get("launch_config")
    if configuration is not None:
        name = configuration.iam_instance_profile or ""
        kind = "arn" if name.startswith("arn:") else "name"
        return {f"iam_instance_profile_{kind}": name} if name else {}
    if kwargs.get("launch_template"):
        template = backend._get_template_from_args(kwargs["launch_template"])
        given = template.data.get("IamInstanceProfile", {})
        return {
            f"iam_instance_profile_{member.lower()}": given[member]
            for member in ("Name", "Arn")
            if member in given
        }
    return {}


InstanceBackend.run_instances = _run

_make_images = AmiBackend._load_amis
_describe_snapshots = EBSBackend.describe_snapshots
_making = threading.RLock()


def _leave_out(self: AmiBackend) -> None:
    """Forget the empty images of a new backend, so that reading them makes them."""
    del vars(self)["amis"]


def _images(self: AmiBackend) -> dict[str, Ami]:
    kept = vars(self)
    # Making an image reads images in the same thread; other threads wait for all of them.
    with _making:
        if "amis" not in kept:
            kept["amis"] = {}
            _make_images(self)
        return cast(dict[str, Ami], kept["amis"])


def _set_images(self: AmiBackend, images: dict[str, Ami]) -> None:
    vars(self)["amis"] = images


def _snapshots(self: EBSBackend, *args: Any, **kwargs: Any) -> list[Snapshot]:
    """Describe the snapshots of AWS's images too, which are made with them."""
    _images(self)
    return cast(list[Snapshot], _describe_snapshots(self, *args, **kwargs))


AmiBackend._load_amis = _leave_out
AmiBackend.amis = property(_images, _set_images)
EBSBackend.describe_snapshots = _snapshots
