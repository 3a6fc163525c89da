"""A program as large as a landing zone's part, of components only: they need no provider.

`make bench-fleet` applies it as one stack and as a fleet, to measure the engine and its state.
"""

from pathlib import Path

import pulumi

from components.config import engine_config
from landfall import stack_files
from landfall.blueprint import foundation_outputs

# What an account of the shipped stacks has, without pipelines.
RESOURCES = 27

stack, name = stack_files.part_of(pulumi.get_stack(), Path.cwd())
settings = stack_files.load_config(stack, engine_config(), Path.cwd())
part = stack_files.part_named(settings, name)
for account in part.accounts:
    for number in range(RESOURCES):
        pulumi.ComponentResource("bench:index:Light", f"{account}-{number}")
if part.foundation:
    ids = {each: f"{number:012}" for number, each in enumerate(settings.accounts, start=1)}
    own = {"version": foundation_outputs.VERSION, "accounts": ids}
    pulumi.export(foundation_outputs.NAME, own | {"slices": foundation_outputs.slices(settings)})
