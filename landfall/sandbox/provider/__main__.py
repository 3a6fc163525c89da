"""The plugin's entry point: `python -m landfall.sandbox.provider [--plan-only [--assume]]`."""

import sys

from landfall.sandbox.provider.plugin.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
