"""The unanswered loop in Telegram: `coursebot run` as a process of its own, against a Bot API server on loopback."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.serving import command
from tests.adapters.telegram_.test_digest import labelled, quoting
from tests.botapi.server import TOKEN, BotApi, Call
from tests.botapi.updates import chat, message, press

QUESTION, OWNER = "容器里怎么用 GPU 跑训练", 1
ANSWER = "装好驱动和 nvidia-container-toolkit，启动时加 --gpus all。"


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served, tmp_path / "data"))


def replying(call: Call, to: int) -> dict[str, Any]:
    quoted = quoting(call)
    quoted["reply_to_message"]["chat"] = chat(to)
    return quoted


def told(api: BotApi) -> list[Call]:
    return [call for call in api.made("sendMessage") if "📬" in call.words]


async def test_a_question_is_queued_answered_by_a_reply_and_told_once_also_after_a_kill(
    api: BotApi, data: Path
) -> None:
    settings = {
        "COURSEBOT_TELEGRAM_TOKEN": TOKEN,
        "COURSEBOT_TELEGRAM_BASE_URL": api.base_url,
        "COURSEBOT_OWNERS": f"telegram:{OWNER}",
    }
    process = await command("run", data=data, **settings)
    try:
        await api.polled(within=20)
        api.push(message(QUESTION))
        noted = await api.call("sendMessage")
        assert "这个问题记下了" in noted.words
        assert [button["text"] for button in noted.buttons][-1] == "问老师"
        api.push(message("容器里要怎么用 GPU 跑训练呢", sender=8))
        await api.call("sendMessage", 2)

        api.push(message("/queue", sender=OWNER))
        head, card = await api.call("sendMessage", 3), await api.call("sendMessage", 4)
        assert head.words == "📥 待回答 1 个问题，2 位读者在等，最久的等了 1 分钟不到。"
        assert card.words.startswith("🙋 #1 · 2 人想知道")
        assert QUESTION in card.words
        assert len(labelled(card, "回答").encode()) <= 64

        # A reader who got hold of a button may do nothing with it.
        api.push(press(labelled(card, "忽略"), card.message_id))
        refused = await api.call("answerCallbackQuery")
        assert "不再列出" not in str(refused.data)

        api.push(message(ANSWER, sender=OWNER, **replying(card, OWNER)))
        await api.until(lambda: len(told(api)) == 2, within=20)
        assert {each.data["chat_id"] for each in told(api)} == {"7", "8"}
        assert all(ANSWER in each.words for each in told(api))
        saved = "保存好了，会告诉在等的 2 位读者。"
        await api.until(lambda: any(call.words == saved for call in api.made("sendMessage")))
    finally:
        process.kill()
        await process.communicate()
    process = await command("run", data=data, **settings)
    try:
        await api.polled(within=20)
        before = len(api.made("sendMessage"))
        api.push(message(QUESTION, sender=9))
        # What was answered the moment before the kill may be answered once more.
        await api.until(
            lambda: any(call.words.startswith("📌") for call in api.made("sendMessage")[before:]), within=20
        )
        answered = api.made("sendMessage")[-1]
        assert answered.words.startswith("📌 管理员回答")
        assert ANSWER in answered.words
        assert len(told(api)) == 2
    finally:
        process.terminate()
        _, complaints = await process.communicate()
    assert b"Traceback" not in complaints
