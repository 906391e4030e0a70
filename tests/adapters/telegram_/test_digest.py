"""A digest on Telegram: asked for, answered by a reply to it, done, and seen in a picture."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.serving import command
from tests.botapi.markup import parse
from tests.botapi.server import TOKEN, BotApi, Call
from tests.botapi.updates import message, press


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served, tmp_path / "data"))


def labelled(call: Call, label: str) -> str:
    return str(next(button["callback_data"] for button in call.buttons if button["text"] == label))


def quoting(call: Call) -> dict[str, Any]:
    """A reply to what the bot sent, as Telegram hands it out."""
    ours = {
        "message_id": call.message_id,
        "date": 1_760_000_000,
        "chat": {"id": 7, "type": "private", "first_name": "Reader"},
        "from": {
            "id": int(TOKEN.partition(":")[0]),
            "is_bot": True,
            "first_name": "Course",
            "username": "course_bot",
        },
        "text": parse(call.data["text"])[0],
        "reply_markup": {"inline_keyboard": [call.buttons]},
    }
    return {"reply_to_message": ours}


async def test_a_digest_is_answered_done_and_counted(api: BotApi, data: Path) -> None:
    settings = {"COURSEBOT_TELEGRAM_TOKEN": TOKEN, "COURSEBOT_TELEGRAM_BASE_URL": api.base_url}
    process = await command("run", data=data, **settings)
    try:
        await api.polled(within=20)
        api.push(message("/subscribe 容器十讲 08:00 每天 上海"))
        await api.call("sendMessage")
        api.push(message("/goto 1"))
        await api.call("sendMessage", 2)
        api.push(message("/digest"))
        digest = await api.call("sendMessage", 3)
        words, entities = parse(digest.data["text"])
        assert words.startswith("📖 01 容器到底是什么：一个被骗了的进程\n📘 容器十讲")
        assert any(each.tag == "blockquote" and each.words.startswith("蓝莓山药泥：") for each in entities)

        api.push(press(labelled(digest, "看大家怎么答"), digest.message_id))
        assert "先自己想一想" in (await api.call("sendMessage", 4)).words
        api.push(message("会看到宿主机的进程，/proc 没有换", **quoting(digest)))
        opened = await api.call("sendMessage", 5)
        assert "大家是这样答的" in opened.words
        assert "没有换" not in opened.words

        api.push(press(labelled(digest, "读完了"), digest.message_id))
        assert "记下了" in (await api.call("answerCallbackQuery", 2)).words
        api.push(message("/progress"))
        picture = await api.call("sendPhoto")
        assert "最近 18 周的日历：有 1 天在读，读完 1 讲。" in picture.words
    finally:
        process.kill()
        await process.communicate()
