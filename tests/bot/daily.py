"""Daily lessons for dialogues: the real stores, and the engine's steps taken at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.sql.daily.digests import SqlDigestSource
from adapters.sql.database import Database
from bot.buttons.digests import Digest, DigestAction
from bot.buttons.payloads import encode
from bot.daily.composing import by_kind
from bot.daily.deliveries import DIGEST, FINISHED, Compose, Delivery
from bot.daily.digests import DigestSource
from bot.daily.finishing import Finishing
from bot.messages import Platform
from bot.replies import Bold, Button, Reply
from jobs.digest import DigestComposer
from tests.adapters.sql.delivering import Post
from tests.adapters.sql.migrated import place
from tests.bot.support import COURSE, SECOND_COURSE, Shelf

LABELS = {
    DigestAction.READ: "读完了",
    DigestAction.TOMORROW: "明天再发",
    DigestAction.SKIP: "跳过",
    DigestAction.PAUSE: "暂停一周",
    DigestAction.TIME: "换时间",
}


async def short(delivery: Delivery) -> Reply:
    """A digest in a few words: what else stands in one is tested where digests are."""
    buttons = tuple(Button(label, encode(Digest(action, delivery.id))) for action, label in LABELS.items())
    return Reply(spans=(Bold(f"📮 {delivery.lesson}"),), buttons=(buttons,))


@dataclass(slots=True)
class Daily:
    """Subscriptions, and what is sent."""

    post: Post
    compose: Compose
    digests: DigestSource

    async def sent(
        self, at: datetime, platform: Platform = Platform.TELEGRAM
    ) -> list[tuple[Delivery, Reply]]:
        """Send what is due."""
        holder = await self.post.holder(at, platform=platform)
        composed = [(each, await self.compose(each)) for each in await self.post.send(holder, at)]
        return [(each, reply) for each, reply in composed if reply]

    async def block(self, at: datetime, platform: Platform = Platform.TELEGRAM) -> None:
        """What is due meets a chat that does not take our messages."""
        holder = await self.post.holder(at, platform=platform)
        await self.post.deliveries.plan(at=at)
        for each in await self.post.claim(holder, at):
            assert await self.post.deliveries.arm(holder, each, at=at)
            await self.post.deliveries.blocked(holder, each, "Forbidden", at=at)


@asynccontextmanager
async def daily(folder: Path, *, whole: bool = False) -> AsyncIterator[Daily]:
    await place(folder / "daily.sqlite")
    database = Database(folder / "daily.sqlite")
    await database.migrate()
    post = Post.of(database)
    for course in (COURSE, SECOND_COURSE):
        await post.courses.save(course, at=datetime(2026, 1, 1, tzinfo=UTC))
    finishing = Finishing(Shelf(COURSE, SECOND_COURSE), post.subscriptions)
    digests = SqlDigestSource(database)
    compose = DigestComposer(digests).compose if whole else short
    yield Daily(post, by_kind({DIGEST: compose, FINISHED: finishing.compose}), digests)
    await database.dispose()
