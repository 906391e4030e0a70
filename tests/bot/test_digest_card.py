from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.outgoing import posts
from adapters.telegram.outgoing import parts
from bot.buttons.digests import Digest
from bot.buttons.payloads import decode
from bot.catalog import LANGUAGES, catalog
from bot.daily.digests import LessonContent, News
from bot.rendering.digest import LONGEST, answers, asking, digest, gate
from bot.rendering.excerpt import utf16_length
from knowledge.entry import Entry, Source
from knowledge.markup import plain
from knowledge.model import Passage
from knowledge.summary import summary
from tests.bot.samples import contents

GOLDEN = tomllib.loads((Path(__file__).parent / "digests.toml").read_text(encoding="utf-8"))["digest"]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda each: f"{each['course']} {each['place']}")
def test_the_digest_of_a_bundled_lesson_reads_as_written_down(golden: dict[str, Any]) -> None:
    content = contents()[golden["course"], golden["place"]]
    answered = [each for each in content.entries[1:] if each.answer is not None]
    news = [News(entry=each, own=own) for each, own in zip(answered, golden.get("news", ()), strict=False)]
    reply = digest(catalog(golden["language"]), content, delivery=7, news=news)
    assert reply.text == golden["text"].strip("\n")
    assert [[button.label for button in row] for row in reply.buttons] == golden["buttons"]


@pytest.mark.parametrize("content", contents().values(), ids=lambda each: f"{each.course} {each.place}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_is_one_message_everywhere(content: LessonContent, language: str) -> None:
    reply = digest(catalog(language), content, delivery=7)
    assert len(parts(reply)) == 1
    (post,) = posts(reply)
    assert post.content
    article = "".join(plain(each.text) for each in content.passages)
    assert all(each in article for each in summary(content.title, content.passages))


NASTY = st.lists(
    st.sampled_from(
        [
            "锁让线程等待，程序因此变慢，用户也有所感觉。",
            "<b>&amp;</b>",
            "**锁**",
            "`_*~|`",
            "```\nrm -rf /\n```",
            "@everyone",
            "[a](javascript:alert(1))",
            "👨‍👩‍👧",
            "e\u0301\u0302" * 9,
            "\n\n",
            "1. 思考题：",
        ]
    )
    | st.text(max_size=30),
    max_size=60,
).map("".join)
ENTRY = st.builds(
    Entry,
    ref=st.integers(1, 10**9).map(lambda number: f"c{number}"),
    source=st.sampled_from([Source.AUTHOR, Source.ADMIN, Source.READER]),
    course=st.just("k8s"),
    course_title=NASTY,
    text=NASTY,
    answer=NASTY,
    author=NASTY,
    answered_by=NASTY,
    likes=st.integers(0, 10**6),
)
CONTENT = st.builds(
    LessonContent,
    course=NASTY,
    course_title=NASTY,
    language=st.just("zh-CN"),
    slug=NASTY,
    title=NASTY,
    number=st.none() | st.integers(0, 999),
    place=st.integers(1, 999),
    count=st.integers(1, 999),
    url=st.none() | st.just("https://example.org/1"),
    passages=st.lists(st.builds(Passage, heading=NASTY, text=NASTY), max_size=3).map(tuple),
    exercises=NASTY,
    entries=st.lists(ENTRY, max_size=5).map(tuple),
)


@given(CONTENT, st.lists(st.builds(News, entry=ENTRY, own=st.booleans()), max_size=5))
def test_whatever_a_lesson_holds_its_digest_is_short_and_its_buttons_work(
    content: LessonContent, news: list[News]
) -> None:
    words = catalog("zh-Hans")
    reply = digest(words, content, delivery=10**17, news=news)
    assert utf16_length(reply.text) <= LONGEST
    assert len(parts(reply)) == 1
    for said in (
        reply,
        gate(words, content),
        asking(words, content),
        answers(words, content, note="好"),
    ):
        assert utf16_length(said.text) <= 2 * LONGEST
        assert all(decode(button.payload) for row in said.buttons for button in row)
        assert all(len(row) <= 5 for row in said.buttons)


def test_a_preview_has_no_buttons_that_would_count() -> None:
    content = contents()["containers", 2]
    carried = [decode(button.payload) for row in digest(catalog("en"), content).buttons for button in row]
    assert carried
    assert not any(isinstance(each, Digest) for each in carried)


@pytest.mark.parametrize("text", ["长句子，一直说下去。" * 60, "A long sentence goes on. " * 60, "👍" * 900])
def test_a_digest_in_which_everything_is_long_is_cut_everywhere_and_still_has_all_its_parts(
    text: str,
) -> None:
    entry = Entry(
        ref="c1",
        source=Source.AUTHOR,
        course="k8s",
        course_title=text,
        text=text,
        answer=text,
        author=text,
        answered_by=text,
        likes=9,
    )
    content = LessonContent(
        course="k8s",
        course_title=text,
        language="zh-CN",
        slug="01",
        title=text,
        number=1,
        place=1,
        count=2,
        url="https://example.org/1",
        exercises=text,
        entries=(entry,),
    )
    words = catalog("zh-Hans")
    told = ["一句很长的话" * 12 + "。"] * 3
    reply = digest(words, content, delivery=7, sentences=told, news=[News(entry=entry)] * 3)
    assert utf16_length(reply.text) <= LONGEST
    for part in ("📖 01 ", "✍️ 作者回复", "📝 思考题\n", "🔔 新回答\n", "🔗 看原文"):
        assert part in reply.text
    assert [button.label for button in reply.buttons[0]] == ["看大家怎么答", "✍️ 看全文"]
