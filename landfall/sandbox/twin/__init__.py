"""A twin: a sandbox that starts with the contents of a snapshot of a real organization."""
