"""Figures of the project, each beside the floor of the same run, because machines are noisy."""
