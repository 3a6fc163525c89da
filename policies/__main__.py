"""Starts the pack; building it blocks until the engine has finished."""

from pulumi_policy import PolicyPack

from policies.pack import build

if __name__ == "__main__":
    PolicyPack(name="landfall", policies=build())
