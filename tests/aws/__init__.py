"""What AWS defines."""
