"""The Pulumi program: the stack's settings in, its landing zone out."""

from pathlib import Path

import pulumi

from components.config import engine_config
from components.landing_zone import LandingZone
from components.source_positions import keep_first_frames
from landfall import stack_files
from landfall.problems import ProblemsError

keep_first_frames()
try:
    settings = stack_files.load_config(pulumi.get_stack(), engine_config(), Path.cwd())
except ProblemsError as error:
    raise pulumi.RunError(f"Pulumi.{pulumi.get_stack()}.yaml:\n{error}") from None

for name, value in LandingZone(settings).exports().items():
    pulumi.export(name, value)
