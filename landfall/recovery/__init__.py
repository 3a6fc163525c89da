"""Takes into a stack's state what AWS has and the state lacks, found by its identity."""
