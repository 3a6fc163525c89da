"""Faults of the emulator, mended in place, one file per service."""
