"""Locust's FastHttpUser with a leaner client, where that one is enough.

What a load generator spends on a request delays the next one, and on a small machine it is the
generator that is saturated first. Most of what FastHttpUser spends is the same for every request
of an arm: URLs parsed, headers merged and checked, cookies looked for. Here this is done once.
"""

from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import brotli
from geventhttpclient.header import Headers
from locust import FastHttpUser
from locust.contrib.fasthttp import (
    FAILURE_EXCEPTIONS,
    ErrorResponse,
    FastHttpSession,
    FastRequest,
    FastResponse,
    LocustBadStatusCode,
    LocustUserAgent,
)
from locust.env import Environment

from headtohead.load.generator.clock import now
from headtohead.load.generator.connection import Connection, ReceivedResponse

# A user has a handful of arms; journeys with paths of their own are prepared as they come.
_PREPARED = 64

# A content coding nobody knows is a ValueError in the client that Locust builds on.
_FAILURES = (*FAILURE_EXCEPTIONS, ValueError, brotli.error)


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedRequest:
    """A request as it goes over the wire."""

    request: FastRequest
    data: bytes


class LeanResponse(FastResponse):
    """A response whose body has been read."""

    _response: ReceivedResponse
    headers: Headers

    def _content(self) -> Any:
        # An answer to HEAD tells the coding of a body that it does not have.
        return super()._content() if self._response.read() else b""  # type: ignore[no-untyped-call]


class LeanSession(FastHttpSession):
    """FastHttpUser's client, which sends plain requests over one connection of its own.

    Requests are plain that go to the base URL's server, follow no redirect, carry no cookie and
    are not streamed. For any other request it is the client it extends.
    """

    def __init__(self, base_url: str, *args: Any, **settings: Any) -> None:
        super().__init__(base_url, *args, **settings)
        address = urlsplit(base_url)
        self._connection = Connection(
            host=address.hostname or "",
            port=address.port or 80,
            connection_timeout=settings["connection_timeout"],
            network_timeout=settings["network_timeout"],
        )
        self._prepared = lru_cache(_PREPARED)(self._prepare)

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        name: str | None = None,
        data: Any = None,
        *,
        headers: dict[str, str] | None = None,
        allow_redirects: bool = True,
        context: dict[str, Any] | None = None,
        **others: Any,
    ) -> Any:
        """Send a request and fire Locust's request event, as FastHttpUser's client does."""
        plain = (
            not allow_redirects
            and not others
            and url.startswith("/")
            and (data is None or isinstance(data, str | bytes))
            and not len(self.cookiejar)
        )
        if not plain:
            return super().request(
                method,
                url,
                name=name,
                data=data,
                headers=headers,
                allow_redirects=allow_redirects,
                context=context or {},
                **others,
            )
        started, began = now(), perf_counter()
        prepared = self._prepared(method, url, data, tuple((headers or {}).items()))
        response, error = self._exchange(prepared)
        milliseconds = (perf_counter() - began) * 1000
        self.request_event.fire(
            request_type=method,
            name=name or self.request_name or url,
            context={**self.user.context(), **(context or {})} if self.user else context or {},
            response=response,
            exception=error,
            start_time=started,
            url=prepared.request.url,
            response_length=len(response.content or b""),
            response_time=milliseconds,
        )
        return response

    def _exchange(self, prepared: PreparedRequest) -> tuple[FastResponse, Exception | None]:
        request = prepared.request
        try:
            received = self._connection.exchange(prepared.data, method=request.method)
            response = LeanResponse(received, request=request)
            # It is decoded, or fails to be, while the clock runs.
            response.content  # noqa: B018
        except _FAILURES as error:
            return ErrorResponse(request, error), error
        if "set-cookie" in response.headers:
            self.cookiejar.extract_cookies(response, request)
            if len(self.cookiejar):
                # Requests to come carry it, and go another way.
                self._connection.close()
        if response.status_code not in LocustUserAgent.valid_response_codes:
            response.error = LocustBadStatusCode(request.url, code=response.status_code)
            return response, response.error
        return response, None

    def _prepare(
        self, method: str, path: str, data: str | bytes | None, headers: tuple[tuple[str, str], ...]
    ) -> PreparedRequest:
        """The request, made by the client that this one extends, so that both send the same."""
        fields = self.client.default_headers.copy()
        fields["Accept-Encoding"] = "gzip, deflate, br"
        fields.update(headers)
        request = self.client._make_request(
            self._build_url(path), method=method, headers=fields, payload=data
        )
        target = request.url_split
        body = request.payload or b""
        if isinstance(body, str):
            body = body.encode()
        head = self.client.clientpool.get_client(target)._build_request(
            request.method, target.quoted_uri, body=body, headers=request.headers
        )
        return PreparedRequest(request=request, data=head.encode("latin-1") + body)


class LeanUser(FastHttpUser):
    """A FastHttpUser with the leaner client where the host is plain HTTP."""

    abstract = True

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        if self.host and self._host_is_plain():
            self.client = self.lean_client(self.host)

    def lean_client(self, base_url: str) -> LeanSession:
        """A leaner client of this user, for a server that speaks plain HTTP."""
        return LeanSession(
            base_url,
            request_event=self.environment.events.request,
            user=self,
            connection_timeout=self.connection_timeout,
            network_timeout=self.network_timeout,
            max_redirects=self.max_redirects,
            headers=self.default_headers,
        )

    def _host_is_plain(self) -> bool:
        """Whether requests go, one at a time and with no retries, straight to a server by HTTP."""
        address = urlsplit(self.host or "")
        return (
            address.scheme == "http"
            and address.username is None
            and self.proxy_host is None
            and self.client_pool is None
            and not self.max_retries
        )
