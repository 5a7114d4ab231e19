from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "12")])
    return [b"nothing here"]
