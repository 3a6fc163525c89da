"""Create what a stack needs first: the bucket for its state and the key for its secrets."""
