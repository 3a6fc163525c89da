"""Import resources that exist in AWS but not in a stack's state, found by their identity."""
