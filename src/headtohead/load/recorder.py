"""Raw times from Locust's request event.

Locust's own statistics round to whole milliseconds below 100 ms and to two digits above, so they
cannot tell apart what this project is about.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from locust.event import EventHook, Events

from headtohead.load.plan import Sample
from headtohead.server_timing import HEADER

# The key of a request's Locust context under which its sender waits for the sample.
SAMPLES = "headtohead_samples"


def listen_alone(events: Events) -> None:
    """Record samples, and keep Locust's own statistics from being kept beside them.

    They take time on every request. Where samples are reported nobody looks at them. To be called
    once the runner, who subscribes them, is there, and before it starts users.
    """
    events.request = EventHook()  # type: ignore[no-untyped-call]
    events.request.add_listener(record_sample)  # type: ignore[no-untyped-call]


def record_sample(
    *,
    name: str,
    start_time: float,
    response_time: float,
    response_length: int,
    response: Any,
    exception: BaseException | None,
    context: Mapping[str, Any],
    **_: Any,
) -> None:
    """Listener of Locust's request event: hand the sample to the sender that waits for it.

    Locust stops its clock before it calls, so what is done here is not measured.
    """
    if SAMPLES not in context:
        return
    # Of a response without an answer these are None; asking whether there are any counts them all.
    headers = {} if response.headers is None else response.headers
    context[SAMPLES].append(
        Sample(
            identity=name,
            started=start_time,
            milliseconds=response_time,
            body_bytes=response_length,
            checksum=zlib.crc32(response.content or b""),
            server_timing=headers.get(HEADER, ""),
            error=repr(exception) if exception else "",
        )
    )
