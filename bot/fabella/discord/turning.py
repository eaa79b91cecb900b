"""Keeps the further pages of long answers where every process finds them, each only once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from fabella.discord import faults
from fabella.discord.store import Store

_LOG = logging.getLogger(__name__)
_IN_TIME = 1.0  # seconds that keeping them may take: the answer waits
_FRESH = 86_400.0  # seconds after which pages are written again, so that they last
_MOST = 1_000  # keys that are remembered as written


class Turning:
    """Pages by a key made of what they hold: the same answer has the same key, whoever gave it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: OrderedDict[str, float] = OrderedDict()

    async def keep(self, pages: Sequence[dict[str, Any]]) -> str | None:
        """The key of pages that are kept now, None where the storage doesn't take them in time.

        Their titles are left out: they may be what somebody asked.
        """
        untitled = ({key: value for key, value in one.items() if key != "title"} for one in pages)
        texts = tuple(json.dumps(one, ensure_ascii=False) for one in untitled)
        digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=12).digest()
        key = urlsafe_b64encode(digest).decode()
        now = time.monotonic()
        if self._written.get(key, 0.0) > now:
            return key
        try:
            async with asyncio.timeout(_IN_TIME):
                await self._store.keep_pages(key, texts)
        except Exception as error:
            _LOG.warning("the pages of an answer could not be kept: %s", faults.told(error))
            return None
        self._written[key] = now + _FRESH
        while len(self._written) > _MOST:
            self._written.popitem(last=False)
        return key

    async def page(self, key: str, at: int) -> tuple[dict[str, Any], int] | None:
        """A page without its title, counted from 0, and how many there are; None where they are no longer kept.

        Raises:
            StoreError: the database failed.
        """
        texts = await self._store.pages(key)
        if texts is None or not 0 <= at < len(texts):
            return None
        return json.loads(texts[at]), len(texts)
