"""The roles of the stack's own delivery."""
