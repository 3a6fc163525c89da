"""Makes what must stand before a stack can: the bucket of its state, and the key of its secrets."""
