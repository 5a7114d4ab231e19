"""A server that answers every request alike and at once; run as a script, it prints its port."""

import asyncio

BODY = b'{"rows": [' + b", ".join(b"%d" % number for number in range(1000, 1040)) + b"]}"
# The headers that a measured answer of the reference API has.
ANSWER = (
    b"HTTP/1.1 200 OK\r\n"
    b"Server: static\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    b"Connection: keep-alive\r\n"
    b"Content-Type: application/json\r\n"
    b"Vary: Accept\r\n"
    b"Allow: GET, HEAD, OPTIONS\r\n"
    b'Server-Timing: variant;desc="product-list/prefetched", db;dur=1.25;desc="3"\r\n'
    b"Content-Length: %d\r\n"
    b"\r\n" % len(BODY)
) + BODY


class Static(asyncio.Protocol):
    """Counts the ends of requests, which have no bodies."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER * data.count(b"\r\n\r\n"))


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Static, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
