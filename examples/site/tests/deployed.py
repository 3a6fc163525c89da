"""Tests of what was just deployed, through the AWS CLI; they run with the role of the test."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import links

BUCKET = os.environ.get("BUCKET", f"example-site-{os.environ.get('ENVIRONMENT', 'dev')}")


def aws(*arguments):
    """Return what the AWS CLI prints."""
    done = subprocess.run(["aws", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def page(name):
    """Return the text of an object of the bucket."""
    return aws("s3", "cp", f"s3://{BUCKET}/{name}", "-")


def integration():
    """The first page greets, and browsers get it as HTML."""
    assert "Hello, world!" in page("index.html")
    asked = ["--bucket", BUCKET, "--key", "index.html", "--query", "ContentType"]
    kind = aws("s3api", "head-object", *asked, "--output", "text").strip()
    assert kind == "text/html", kind


def e2e():
    """Whoever follows the links of the first page finds every page."""
    waiting, seen = ["index.html"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = page(name)
        if name.endswith(".html"):
            waiting += [each for each in links.of(text) if each not in seen]
    assert "about.html" in seen, seen


if __name__ == "__main__":
    {"integration": integration, "e2e": e2e}[sys.argv[1]]()
    print(f"{sys.argv[1]}: passed")
