"""Send the metrics of every epoch to a web server."""

import json
import warnings
from typing import Any

import numpy as np

from kerasish.callbacks.callback import Callback, Logs
from kerasish.core.errors import ArgumentError, KerasishWarning

__all__ = ["RemoteMonitor"]

TIMEOUT = 5.0  # seconds


class RemoteMonitor(Callback):
    """Posts a JSON object with `epoch` and the metrics after each epoch.

    A server that does not answer is warned about and does not end the training.

    Args:
        root: str, the server, starting with `http://` or `https://`.
        path: str, added to `root`.
        field: str, name of the form field that holds the JSON.
        headers: dict of HTTP headers.
        send_as_json: bool, whether the JSON is the body, of type `application/json`,
            rather than a form field.

    Raises:
        ArgumentError: If `root` is not a web address.

    Example:
        >>> RemoteMonitor("http://localhost:9000").path
        '/publish/epoch/end/'
    """

    first_process_only = True

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        if not str(root).startswith(("http://", "https://")):
            raise ArgumentError(
                "`root` of `RemoteMonitor` must start with 'http://' or 'https://'. "
                f"Received: root={root!r}"
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Sends the metrics."""
        # Imported late: it brings in ssl, which few training runs need.
        from urllib import error, parse, request

        body = {"epoch": epoch, **(logs or {})}
        text = json.dumps({name: _plain(value) for name, value in body.items()})
        kind = "application/json"
        if not self.send_as_json:
            text = parse.urlencode({self.field: text})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        try:
            message = request.Request(self.root + self.path, text.encode(), headers)
            with request.urlopen(message, timeout=TIMEOUT):
                pass
        except (error.URLError, OSError) as failure:
            warnings.warn(
                f"`RemoteMonitor` could not send to {self.root!r}: {failure}",
                KerasishWarning,
                stacklevel=2,
            )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else np.asarray(value).tolist()
