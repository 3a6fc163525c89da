"""Rules about the source itself: what exists once, and how large a piece may be."""
