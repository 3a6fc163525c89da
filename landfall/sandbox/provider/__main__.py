"""`python -m landfall.sandbox.provider [--plan-only]`: what the engine starts as its plugin."""

import sys

from landfall.sandbox.provider.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
