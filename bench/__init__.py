"""Figures of the project, each with the floor of the same run, because machines are noisy."""
