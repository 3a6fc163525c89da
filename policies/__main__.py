"""Start the pack; block until the engine has finished."""

from policies.serving import serve

if __name__ == "__main__":
    serve()
