"""A file of answers on Discord, over the wire and with the real core: sent, tried, confirmed, exported."""

from __future__ import annotations

from pathlib import Path

from bot.messages import Person, Platform
from bot.team.roles import Member, Role
from knowledge.seeds import parse_seeds
from tests.adapters.discord_.wire import Running
from tests.adapters.sql.samples import COURSE
from tests.bot.uploading import NOW, TABLE, Bot
from tests.discordapi import payloads
from tests.discordapi.server import DiscordApi


async def test_a_file_is_tried_and_imported_in_a_direct_conversation(
    api: DiscordApi, running: Running, tmp_path: Path
) -> None:
    bot = Bot(tmp_path)
    await bot.database.migrate()
    await bot.courses.save(COURSE, at=NOW)
    ann = Person(platform=Platform.DISCORD, id=str(payloads.ANN["id"]))
    await bot.staff.grant(
        Member(platform=Platform.DISCORD, id=ann.id, role=Role.OWNER), by="operator", at=NOW
    )
    async with running(bot.core.handle) as adapter:
        bot.files[Platform.DISCORD] = adapter
        await api.say(payloads.message("kubernetes", attachments=[api.attach("a.csv", TABLE.encode())]))
        (tried,) = await api.call("POST", "/messages", within=20)
        (yes, _) = tried.data["components"][0]["components"]
        await api.gateway.dispatch(
            "INTERACTION_CREATE", payloads.press(yes["custom_id"], api.messages[tried.message_id])
        )
        (done,) = await api.call("PATCH", "/messages/@original", within=20)
        await api.say(payloads.message("/export k8s csv"))
        (_, exported) = await api.call("POST", "/messages", count=2, within=20)
    assert await bot.answers() == {"When is the exam?": "Never.", "What is a pod?": "Peas."}
    assert done.data["components"] == []
    (file,) = exported.data["attachments"]
    assert file["filename"] == "k8s.csv"
    assert len(parse_seeds("k8s.csv", file["content"]).rows) == 2
    await bot.database.dispose()
