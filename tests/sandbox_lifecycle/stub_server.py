"""Stands in for the sandbox server: answers health and records every other request.

Standard input is the socket that listens.

`--mode` makes it misbehave: `ok`, `die` (with a message), `mute` (listens, never answers), `slow`
(waits for the file `go` beside the log before it answers).
"""

import argparse
import json
import os
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--mode", default="ok")
parser.add_argument("--listening", action="store_true", required=True)
parser.add_argument("--account")
parser.add_argument("--log", type=Path)
options = parser.parse_args()
requests = []

CALLER = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::{0}:root</Arn><UserId>{0}</UserId>"
    "<Account>{0}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if options.mode == "mute":
            time.sleep(3600)
        if self.path == "/_landfall/health":
            health = {"pid": os.getpid(), "account": options.account, "requests": len(requests)}
            body = json.dumps(health).encode()
        elif self.path == "/_landfall/access":
            body = json.dumps({"denied": [], "services": []}).encode()
        else:
            requests.append(self.path)
            with options.log.open("a") as log:
                key = self.headers.get("Authorization", "").partition("Credential=")[2][:20]
                log.write(f"{self.command} {self.path} {key}\n")
            body = CALLER.format(options.account).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


if options.mode == "die":
    print("the stub cannot start: no reason", file=sys.stderr)
    sys.exit(3)
while options.mode == "slow" and not options.log.with_name("go").exists():
    time.sleep(0.01)
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
server.socket = socket.socket(fileno=0)
server.serve_forever()
