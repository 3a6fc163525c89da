"""Adopt an existing organization: read it through boto3 and write its stack file."""
