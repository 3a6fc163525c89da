"""Tests of `landfall/fleet`: choosing, fingerprints, scheduling, the journal, and whole runs."""
