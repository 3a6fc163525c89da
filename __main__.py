"""The Pulumi program: the stack's settings in, its landing zone out."""

from pathlib import Path

import pulumi

from components.config import engine_config
from components.landing_zone import LandingZone
from components.source_positions import keep_first_frames
from landfall import stack_files
from landfall.problems import ProblemsError

keep_first_frames()
stack, name = stack_files.part_of(pulumi.get_stack(), Path.cwd())
try:
    settings = stack_files.load_config(stack, engine_config(), Path.cwd())
    part = stack_files.part_named(settings, name)
except ProblemsError as error:
    raise pulumi.RunError(f"Pulumi.{stack}.yaml:\n{error}") from None

for key, value in LandingZone(settings, part).exports().items():
    pulumi.export(key, value)
