"""RemoteMonitor posts to a server, and a missing server does no harm."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from kerasish.callbacks import RemoteMonitor
from kerasish.core.errors import ArgumentError, KerasishWarning


@pytest.fixture
def server():
    """A server on this machine that keeps what it was sent."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", received
        http.shutdown()
        thread.join()


def test_sends_a_form_field(server):
    root, received = server
    logs = {"loss": np.float32(0.5), "per_class": np.arange(2), "text": "a"}
    RemoteMonitor(root).on_epoch_end(3, logs)
    path, headers, body = received[0]
    assert path == "/publish/epoch/end/"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    expected = {"epoch": 3, "loss": 0.5, "per_class": [0, 1], "text": "a"}
    assert json.loads(parse_qs(body)["data"][0]) == expected


def test_sends_json(server):
    root, received = server
    callback = RemoteMonitor(root, "/x", headers={"Token": "t"}, send_as_json=True)
    callback.on_epoch_end(0)
    path, headers, body = received[0]
    assert (path, json.loads(body), headers["Token"]) == ("/x", {"epoch": 0}, "t")
    assert headers["Content-Type"] == "application/json"


def test_a_server_that_does_not_answer_is_warned_about():
    callback = RemoteMonitor("http://127.0.0.1:9")
    match = "`RemoteMonitor` could not send to 'http://127.0.0.1:9'"
    with pytest.warns(KerasishWarning, match=match):
        callback.on_epoch_end(0, {"loss": 1.0})


def test_only_web_addresses():
    match = "`root` of `RemoteMonitor` must start with 'http://' or 'https://'. Rec"
    with pytest.raises(ArgumentError, match=match):
        RemoteMonitor("file:///etc")
