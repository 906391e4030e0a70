from __future__ import annotations

import pytest
import simcord

from bot.messages import Incoming
from bot.replies import Button, Reply, Text
from tests.adapters.discord_.support import QUESTION, Connected, Place, bodies, labels


async def test_an_answer_is_shown_to_everyone_once(place: Place) -> None:
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    await place.ann.click(result.response, label="Show everyone")
    seen = place.channel.history(viewer=place.bob)
    assert len(seen) == 1
    assert seen[0].content.startswith("-# ann shows an answer\n**✍️ Author's reply**")
    assert labels(seen[0]) == ["Why", "Other results", "👍", "👎"]
    assert "Show everyone" not in labels(result.response)
    # What others do with it is for themselves.
    pressed = await place.bob.click(seen[0], label="Why")
    assert [each.ephemeral for each in pressed.followups] == [True]


async def test_a_long_answer_is_shown_as_embeds(connected: Connected) -> None:
    async def long(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("一句话。\n\n" * 900),), buttons=((Button("1", "o:x"),),))]

    async with simcord.run(connected(long)) as env:
        place = Place(env)
        result = await place.ann.slash(place.channel, "ask", question="x")
        assert result.response
        assert not result.response.content
        assert sum(len(each.description or "") for each in result.response.embeds) > 4096
        await place.ann.click(result.response, label="Show everyone")
        seen = place.channel.history(viewer=place.bob)[0]
        assert seen.content == "-# ann shows an answer"
        assert [each.description for each in seen.embeds] == [
            each.description for each in result.response.embeds
        ]


async def test_an_answer_longer_than_a_message_is_several(connected: Connected) -> None:
    async def long(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("一句话。\n\n" * 3000),), private=True)]

    async with simcord.run(connected(long)) as env:
        place = Place(env)
        result = await place.ann.slash(place.channel, "ask", question="x")
        assert result.followups
        assert all(each.ephemeral for each in result.followups)
        await place.ann.send(place.channel, f"{place.me} x")
        public = place.channel.history(viewer=place.bob)[1:]
        assert len(public) == 1 + len(result.followups)
        assert [each.reference is not None for each in public] == [True, *[False] * len(result.followups)]


async def test_in_private_everything_stays(env: simcord.Env) -> None:
    ann = env.create_user("ann")
    env.create_guild().add_member(ann)
    result = await ann.slash("ask", question=QUESTION)
    assert result.response
    assert not result.response.ephemeral
    assert "Show everyone" not in labels(result.response)
    await ann.send_dm(QUESTION)
    assert [each.content.count("西二旗摸鱼人") for each in ann.dm_channel.history()] == [1, 0, 1]
    assert ann.dm_channel.history()[-1].reference is None


async def test_old_and_foreign_buttons_get_a_polite_word(place: Place) -> None:
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    stored = place.env.backend.get_message(place.channel.id, result.response.id)
    for carried in ("b:zz:unknown", "from another bot", "b:"):
        stored.components[0]["components"][0]["custom_id"] = carried
        pressed = await place.ann.click(result.response, custom_id=carried)
        assert [each.content for each in pressed.followups] == [
            "This button no longer works; just ask again."
        ]


async def test_nothing_that_is_sent_can_mention_or_be_sent_twice(place: Place) -> None:
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    await place.ann.click(result.response, label="Why")
    await place.ann.click(result.response, label="Show everyone")
    sent = bodies(place.env)
    assert len(sent) == 4
    for each in sent:
        assert each["allowed_mentions"]["parse"] == []
        assert not each["allowed_mentions"].get("users")
        assert not each["allowed_mentions"].get("replied_user")
    posted = next(each for each in sent if "nonce" in each)
    assert len(posted["nonce"]) <= 25
    assert posted["enforce_nonce"] is True


@pytest.mark.parametrize(
    ("status", "code", "level"),
    [(403, 50013, "INFO"), (404, 10003, "INFO"), (400, 50035, "ERROR"), (503, 0, "WARNING")],
)
async def test_an_answer_that_cannot_be_sent_is_a_line_in_the_log(
    place: Place, caplog: pytest.LogCaptureFixture, status: int, code: int, level: str
) -> None:
    caplog.set_level("INFO", "coursebot.discord")
    place.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=1)
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    assert [each.levelname for each in caplog.records if "message" in each.getMessage()] == [level]
    assert "unshare" not in caplog.text
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    assert "西二旗摸鱼人" in place.channel.history()[-1].content
