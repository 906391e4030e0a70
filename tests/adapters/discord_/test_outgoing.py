from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord import markdown, outgoing
from adapters.discord.pages import pages
from bot.rendering.excerpt import utf16_length
from bot.replies import Bold, Button, Code, Link, Quote, Reply, Span, Text
from tests.discordapi.markdown import Shown, shown

NASTY = (
    "*", "**", "_", "__", "~~", "||", "`", "``", "```", "\\", "[", "]", "(", ")", "<", ">", "#", "# ", "-# ", "- ",
    "> ", ">>> ", "1. ", "+ ", "@everyone", "@here", "<@123456789012345678>", "<@&1>", "<#12>", "<t:1:R>", "</ask:1>",
    "<:smile:123456789012345678>", "<id:home>", "https://evil.example/x_y", "http://a.b", "discord.gg/abc",
    "discordapp.com/invite", "[看原文](https://evil.example)", "\n", "\n\n", " ", "words", "数据库。", "😀", "é",
    "\u202e", "\x00", "\ud800", "<https://evil.example>", "mailto:a@b.c",
)  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=25).map("".join)
SPANS = st.one_of(
    st.builds(Text, HOSTILE),
    st.builds(Bold, HOSTILE),
    st.builds(Quote, HOSTILE),
    st.builds(Code, HOSTILE),
    st.builds(Link, HOSTILE, st.just("https://course.example/1")),
)


def read(reply: Reply, **options: str) -> list[Shown]:
    found = outgoing.posts(reply, **options)
    return [shown(text) for post in found for text in (post.content, *post.embeds) if text]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", markdown.clean(text))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("a **b** c", "bold"),
        ("a _b_ c", "italic"),
        ("a *b* c", "italic"),
        ("__a__", "underline"),
        ("~~a~~", "strike"),
        ("||a||", "spoiler"),
        ("`a`", "code"),
        ("``a`b``", "code"),
        ("```\na\n```", "block"),
        ("x\n# a", "heading"),
        ("-# a", "subtext"),
        ("> a", "quote"),
        (">>> a\nb", "quote"),
        ("- a", "list"),
        ("1. a", "list"),
        ("<@1>", "mention"),
        ("<#1>", "mention"),
        ("</ask:1>", "mention"),
        ("@everyone", "everyone"),
        ("https://a.b/c", "address"),
        ("discord.gg/abc", "address"),
        ("[a](https://b.c)", "link"),
        ("[a](<https://b.c>)", "link"),
    ],
)
def test_the_judge_sees_markup_where_there_is_some(source: str, kind: str) -> None:
    assert kind in shown(source).kinds


@given(HOSTILE)
def test_words_of_others_are_only_words(text: str) -> None:
    seen = shown(markdown.escaped(text))
    assert seen.markup == []
    assert squeezed(seen.text) == squeezed(text)


@given(HOSTILE, st.sampled_from([Bold, Quote]))
def test_words_in_markup_of_ours_make_none_of_their_own(text: str, kind: type[Bold | Quote]) -> None:
    seen = read(Reply(spans=(Text("before\n"), kind(text), Text("\nafter"))))
    assert {each for one in seen for each in one.kinds} <= {kind.__name__.lower()}
    assert squeezed("".join(one.text for one in seen)) == squeezed(f"before{text}after")


@given(HOSTILE)
def test_code_is_code_or_words_but_nothing_else(text: str) -> None:
    seen = read(Reply(spans=(Text("before\n"), Code(text), Text("\nafter `x` *y*"))))
    assert {each for one in seen for each in one.kinds} <= {"code", "block"}
    assert all(len(one.markup) <= 1 for one in seen)
    assert squeezed("".join(one.text for one in seen)) == squeezed(f"before{text}after`x`*y*")


@given(st.lists(SPANS, max_size=8))
def test_only_our_own_markup_comes_out(spans: list[Span]) -> None:
    seen = read(Reply(spans=tuple(spans)))
    kinds = {each for one in seen for each in one.kinds}
    assert kinds <= {"bold", "quote", "code", "block", "link"}
    for one in seen:
        for link in one.of("link"):
            assert link.endswith(" https://course.example/1")
    assert squeezed("".join(one.text for one in seen)) == squeezed("".join(span.text for span in spans))


@given(HOSTILE, HOSTILE)
def test_a_link_leads_where_we_say_or_is_none(label: str, url: str) -> None:
    seen = shown(f"x {markdown.link(label, url)}")
    assert seen.kinds <= {"link"}
    for link in seen.of("link"):
        assert re.fullmatch(r"https?://[!-~]+", link.rpartition(" ")[2])


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a.b/c",
        "https://",
        "https://discord.com@evil.example/",
        "//a.b",
        "",
        "http://[x",
        "data:text/html,x",
    ],
)
def test_addresses_that_are_no_link(url: str) -> None:
    assert markdown.link("看原文", url) == "看原文"


def test_an_address_is_encoded_once() -> None:
    assert markdown.address("https://a.b/课/%E8%AF%BE (1)>?q=1&r=a_b#x") == (
        "https://a.b/%E8%AF%BE/%E8%AF%BE%20%281%29%3E?q=1&r=a_b#x"
    )


LONG = st.lists(
    st.one_of(
        st.builds(Text, st.builds(str.__mul__, HOSTILE, st.integers(0, 60))),
        st.builds(Code, st.builds(str.__mul__, HOSTILE, st.integers(0, 60))),
        st.builds(Quote, st.builds(str.__mul__, HOSTILE, st.integers(0, 60))),
        SPANS,
    ),
    max_size=6,
)


@given(LONG)
def test_no_post_is_longer_than_discord_takes(spans: list[Span]) -> None:
    for post in outgoing.posts(Reply(spans=tuple(spans)), show="公开"):
        assert utf16_length(post.content) <= outgoing.CONTENT
        assert all(0 < utf16_length(each) <= outgoing.DESCRIPTION for each in post.embeds)
        assert sum(map(utf16_length, post.embeds)) <= outgoing.EMBEDDED
        assert bool(post.content.strip()) != bool(post.embeds)


@settings(deadline=None)
@given(LONG, st.sampled_from([100, 300, 2000]))
@example([Bold("<@&1>@"), Text("<id:home></ask:1>discord.gg/abc@\U0009a091\x05\U0008a450\x14" * 57)], 100)
def test_pages_lose_no_words(spans: list[Span], limit: int) -> None:
    found = pages(spans, limit)
    assert all(utf16_length(page) <= limit for page in found)
    assert squeezed("".join(shown(page).text for page in found)) == squeezed(
        "".join(each.text for each in spans)
    )


def test_a_room_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        pages([Text("x")], 99)


def test_short_answers_are_content_and_long_ones_one_message_of_embeds() -> None:
    assert [bool(post.content) for post in outgoing.posts(Reply(spans=(Text("短"),)))] == [True]
    long = outgoing.posts(Reply(spans=(Text("一句话。\n\n" * 500),)))
    assert len(long) == 1
    assert not long[0].content
    assert outgoing.posts(Reply(spans=(Text(" \n "),))) == ()


def test_seams_are_at_paragraphs_and_never_in_code() -> None:
    code = "\n".join(f"line {number};" for number in range(120))
    spans = (
        Text("第一段。\n\n" + "第二段很长，有逗号，" * 150 + "完。\n\n第三段。\n"),
        Code(code),
        Text("\n最后。"),
    )
    found = pages(spans, 2000)
    assert [shown(page).of("block") for page in found if "line" in page] == [[code]]
    assert found[0].endswith("完。")
    assert found[1].startswith("第三段。")


def test_code_longer_than_a_page_is_cut_between_lines() -> None:
    code = "\n".join(f"line {number};" for number in range(1000))
    found = pages([Code(code)], 2000)
    blocks = [block for page in found for block in shown(page).of("block")]
    assert "\n".join(blocks) == code
    assert len(blocks) == len(found)


def test_buttons_keep_within_the_limits() -> None:
    rows = [[Button(f"课程{number}" * 40, f"k:{number:012d}")] for number in range(21)]
    rows.append(
        [Button("again", "k:000000000000"), Button("", "l:"), Button("long", "x" * 100), Button("none", "")]
    )
    post = outgoing.posts(Reply(spans=(Text("x"),), buttons=tuple(map(tuple, rows))), show="公开")[-1]
    every = [button for row in post.rows for button in row]
    assert len(post.rows) == outgoing.ROWS
    assert all(1 <= len(row) <= outgoing.ROW for row in post.rows)
    assert all(1 <= utf16_length(button.label) <= outgoing.LABEL for button in every)
    assert all(1 <= len(button.payload) <= outgoing.CUSTOM_ID for button in every)
    assert len({button.payload for button in every}) == len(every)
    assert every[-1].payload == outgoing.SHOW


def test_what_a_button_carries_comes_back() -> None:
    assert outgoing.payload(outgoing.custom_id("m:c1:abc")) == "m:c1:abc"
    assert outgoing.payload("somebody else's") == "somebody else's"


def test_buttons_stand_under_the_last_message_and_show_under_each() -> None:
    reply = Reply(spans=(Text("一句话。\n\n" * 3000),), buttons=((Button("1", "c:c1:"),),))
    *early, last = outgoing.posts(reply, show="公开")
    assert early
    assert all(post.rows == ((Button("公开", outgoing.SHOW),),) for post in early)
    assert last.rows[0] == (Button("1", "b:c:c1:"),)
