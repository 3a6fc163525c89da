"""A program in a container: it says its release and a greeting, or serves both over HTTP."""

import http.server
import sys

RELEASE = 1


def of(name):
    """Return the greeting for a name."""
    if not name.strip():
        raise ValueError("a name is needed")
    return f"Hello, {name}!"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        """Greet whom the path names."""
        body = f"{RELEASE} {of(self.path.strip('/') or 'world')}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(RELEASE, of(sys.argv[1]))
    else:
        http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
