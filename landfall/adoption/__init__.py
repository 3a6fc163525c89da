"""Takes over an organization that exists: reads it through boto3, and writes its stack file."""
