"""Posting JSON to somebody."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from .output import NotSentError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMEOUT_S: Final = 10.0  # ours: from connecting to the end of the answer
TRY_AGAIN: Final = frozenset({401, 403, 404, 407, 408, 425, 429})  # somebody may mend these
ANSWER_OCTETS_MAX: Final = 200  # of an answer that we show


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Whom to post to, and how we prove who we are."""

    url: str
    authority: Path | None = None  # certificates that the server's is checked with
    authorization: Path | None = None  # a file that holds the header, as in `Bearer abc`
    timeout_s: float = TIMEOUT_S


class Poster:
    """Posts to one address, over connections that are kept."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: Any, headers: Mapping[str, str] | None = None) -> None:
        """Post *body* as JSON. Raises NotSentError, RefusedError, OSError."""
        if self._session is None:
            self._session = self._opened()
        try:
            async with self._session.post(
                self._address.url,
                json=body,
                headers={**(headers or {}), **self._identity()},
                allow_redirects=False,  # whoever moved it says so to the operator
            ) as answer:
                if answer.status // 100 == 2:
                    return
                said = (await answer.content.read(ANSWER_OCTETS_MAX)).decode("utf-8", "replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotSentError(f"{self._address.url}: {error or 'no answer'}") from None
        words = f"{self._address.url}: {answer.status} {answer.reason}: {said}".rstrip(": \r\n")
        if answer.status // 100 == 4 and answer.status not in TRY_AGAIN:
            raise RefusedError(words)
        raise NotSentError(words)

    async def close(self) -> None:
        """Close the connections; `post` opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _identity(self) -> dict[str, str]:
        if self._address.authorization is None:
            return {}
        return {"Authorization": self._address.authorization.read_text("utf-8").strip()}

    def _opened(self) -> aiohttp.ClientSession:
        authority = self._address.authority
        context = True if authority is None else ssl.create_default_context(cafile=authority)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context),
            timeout=aiohttp.ClientTimeout(total=self._address.timeout_s),
        )
