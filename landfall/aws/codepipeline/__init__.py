"""CodePipeline's action types and condition rules, and what it refuses in a pipeline."""
