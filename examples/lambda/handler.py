"""A greeting, as a Lambda function."""

import greeting


def handle(event, context):
    """Greet whom the event names."""
    return {"message": greeting.of(event.get("name", "world")), "release": greeting.RELEASE}
