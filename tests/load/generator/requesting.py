"""Sends what it is told to with Locust's client or the lean one, and says what Locust was told.

A process of its own, since Locust patches the one it is in. It reads commands, a line of JSON each:
{"user": {...}} makes a new user of the kind and with the attributes given, for whom the lean client
reads so many bytes at a time; {"request": {...}} sends a request, and what its request event said
is the line that it answers with.
"""

import json
import sys

from locust import FastHttpUser
from locust.env import Environment
from msgspec import structs

from headtohead.load.generator import connection
from headtohead.load.generator.connection import READ_BYTES, WHOLE_SECONDS
from headtohead.load.generator.http_client import LeanUser
from headtohead.load.generator.user import SAMPLES, record_sample

KINDS = {"lean": LeanUser, "fast": FastHttpUser}


def new_user(
    environment: Environment,
    *,
    kind: str,
    read_bytes: int = READ_BYTES,
    whole_seconds: float = WHOLE_SECONDS,
    **attributes: object,
) -> FastHttpUser:
    connection.READ_BYTES, connection.WHOLE_SECONDS = read_bytes, whole_seconds
    return type("AnyUser", (KINDS[kind],), attributes)(environment)


def send(user: FastHttpUser, fields: dict) -> dict:
    """What the request event said of one request."""
    events: list[dict] = []
    samples: list = []
    listener = user.environment.events.request.add_listener(lambda **event: events.append(event))
    try:
        user.client.request(**fields, context={SAMPLES: samples})
    except Exception as error:  # noqa: BLE001 (some escape Locust's client, a test wants to see it)
        return {"escaped": repr(error)}
    finally:
        user.environment.events.request.remove_listener(listener)
    (event,) = events
    return {
        **{key: event[key] for key in ("request_type", "name", "response_length", "url")},
        "keys": sorted(event),
        "samples": [structs.asdict(sample) for sample in samples],
        "status": event["response"].status_code,
        "headers": sorted((event["response"].headers or {}).items()),
        "content": (event["response"].content or b"").decode("latin-1"),
        "exception": repr(event["exception"]) if event["exception"] else "",
        "client": type(user.client).__name__,
        "statistics": statistics(user.environment, event),
    }


def statistics(environment: Environment, event: dict) -> dict[str, int]:
    """What Locust itself has counted under the name of the request."""
    entry = environment.stats.get(event["name"], event["request_type"])
    return {
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "bytes": entry.total_content_length,
    }


def main() -> None:
    environment = Environment()
    environment.create_local_runner()
    environment.events.request.add_listener(record_sample)
    user = None
    for line in sys.stdin:
        command = json.loads(line)
        if "user" in command:
            user = new_user(environment, **command["user"])
            answer: dict = {"client": type(user.client).__name__}
        else:
            answer = send(user, command["request"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
