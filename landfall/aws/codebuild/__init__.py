"""What CodeBuild offers, and the combinations that it refuses."""
