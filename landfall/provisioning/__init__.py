"""What the stack's own pipelines run: looking for drift, planning, and applying a plan."""
