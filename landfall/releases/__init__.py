"""Releases that pipelines made: which there are, and going back to one."""
