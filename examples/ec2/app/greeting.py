"""What the program says."""

RELEASE = 1


def of(name):
    """Return the greeting for a name."""
    if not name.strip():
        raise ValueError("a name is needed")
    return f"Hello, {name}!"


if __name__ == "__main__":
    import sys

    print(RELEASE, of(*sys.argv[1:]))
