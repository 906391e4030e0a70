"""How the library speaks HTTP: with aiohttp, which this program has anyway.

The library's own way, httpx, takes a third of the time that a busy bot has for everything: per request it looks at
every connection and every request that waits, and searches the disk for a module that is not installed.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
import certifi
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CERTAINLY_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""What is raised, as the cause of the library's own errors, when the request cannot have reached the server."""

_READ, _CONNECT, _POOL = 5.0, 5.0, 10.0
"""Seconds without a byte, for a connection, and for one of the connections to become free, unless asked otherwise."""
_UPLOAD = 300.0
"""Seconds for a request with a file."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": BaseRequest.USER_AGENT}
_ANY = {"User-Agent": BaseRequest.USER_AGENT}


class AioRequest(BaseRequest):
    """The library's HTTP client.

    Args:
        connections: requests at the same time; more wait.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds without a byte from the server; the library adds to it the time that the server may hold."""
        return _READ

    async def initialize(self) -> None:
        """Open the session, once."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, ssl=_certificates(), ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=True,  # proxies, as usual
            )

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: Any,
        **timeouts: Any,
    ) -> tuple[int, bytes]:
        """Make a request: its status and its answer.

        Raises:
            TimedOut: no answer in time.
            NetworkError: no answer.
        """
        if self._session is None:
            raise RuntimeError("not initialised")
        files = request_data.multipart_data if request_data else {}
        fields = request_data.json_parameters if request_data else {}
        connect = _given(timeouts, "connect_timeout", _CONNECT)
        pool = _given(timeouts, "pool_timeout", _POOL)
        timeout = aiohttp.ClientTimeout(
            total=_UPLOAD if files else None,
            connect=None if connect is None or pool is None else connect + pool,
            sock_connect=connect,
            sock_read=_given(timeouts, "read_timeout", _READ),
        )
        try:
            async with self._session.request(
                method,
                url,
                data=_form(fields, files) if files else urlencode(fields).encode(),
                headers=_ANY if files else _FORM,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Without its words, which may quote the address.
            raise NetworkError(type(error).__name__) from error


def open_session(connections: int) -> aiohttp.ClientSession:
    """A session for so many requests at the same time; to be closed."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, ssl=_certificates(), ttl_dns_cache=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=True,  # proxies, as usual
    )


def _given(timeouts: Mapping[str, Any], name: str, otherwise: float) -> float | None:
    """What was asked for; the library marks what was not by a value of its own."""
    timeout = timeouts.get(name, BaseRequest.DEFAULT_NONE)
    return otherwise if timeout is BaseRequest.DEFAULT_NONE else timeout


def _form(fields: Mapping[str, str], files: Mapping[str, tuple[str, Any, str]]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)  # names as they are, in UTF-8
    for name, value in fields.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _certificates() -> ssl.SSLContext:
    """The system's certificate authorities, and Mozilla's where a slim system has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
