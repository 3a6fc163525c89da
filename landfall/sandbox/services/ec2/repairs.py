"""EC2: every instance that is launched has the instance profile of its launch."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import FakeLaunchConfiguration
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import InstanceBackend, Reservation

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
