from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.telegram.outgoing import LONGEST, clean, inline_result, keyboard, one_line, parts
from bot.replies import Bold, Button, Code, InlineAnswer, Link, Quote, Reply, Span, Text
from tests.botapi.markup import Entity, parse, units

NASTY = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<a href='x'>",
            "</pre>",
            "&lt;",
            "&",
            '"',
            "<",
            ">",
            "@durov",
            "tg://user?id=1",
            "👍🏽",
            "👨‍👩‍👧",
            "\ud83d",
            "\x00",
            "\u202e",
            "容器。",
            "\n\n",
            "\n",
            " ",
            "e\u0301",
            "abc. ",
            "```",
        ]
    )
    | st.text(max_size=20),
    max_size=30,
).map("".join)
URLS = st.sampled_from(
    ["https://a.b/c?d=1&e=\"2'", "http://x.y", "javascript:alert(1)", "tg://resolve?domain=x"]
)
SPANS: st.SearchStrategy[Span] = st.one_of(
    st.builds(Text, NASTY),
    st.builds(Bold, NASTY),
    st.builds(Quote, NASTY),
    st.builds(Code, NASTY),
    st.builds(Link, NASTY, URLS | NASTY),
)
TAGS = {"b": Bold, "code": Code, "pre": Code, "blockquote": Quote, "a": Link}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@settings(max_examples=300, deadline=None)
@given(st.lists(SPANS, max_size=8), st.integers(20, 120))
@example([Code("docker run alpine 000\xa0𐀀𐀀")], 22)
def test_whatever_is_said_is_valid_and_says_no_more_and_no_less(spans: list[Span], limit: int) -> None:
    said = parts(Reply(spans=tuple(spans)), limit)
    shown = ""
    for part in said:
        text, entities = parse(part.html)
        assert 1 <= units(text) <= limit
        assert text == part.plain
        assert text == text.rstrip()
        # Only code may begin with white space: its indentation, of whatever kind.
        indented = text != text.lstrip()
        assert not indented or (entities[0].offset == 0 and entities[0].tag in {"code", "pre"})
        shown += text
        check_entities(entities, spans)
    whole = "".join(clean(span.text) for span in spans)
    assert squeezed(shown.replace("\u2060", "")) == squeezed(whole.replace("\u2060", ""))


def check_entities(entities: list[Entity], spans: list[Span]) -> None:
    """Nothing is marked that is not a span of that kind, so nothing that somebody wrote became markup."""
    for entity in entities:
        kind = TAGS[entity.tag]
        same = [span for span in spans if type(span) is kind]
        words = squeezed(entity.words).replace("\u2060", "")
        assert any(words in squeezed(clean(span.text)).replace("\u2060", "") for span in same)
        if entity.tag == "a":
            assert re.match(r"https?://", entity.url)
            assert any(isinstance(span, Link) and span.url == entity.url for span in same)


@settings(max_examples=100, deadline=None)
@given(st.lists(SPANS, max_size=4))
def test_nobody_is_mentioned(spans: list[Span]) -> None:
    for part in parts(Reply(spans=tuple(spans))):
        text, entities = parse(part.html)
        encoded = text.encode("utf-16-le")
        for entity in sorted(entities, key=lambda each: -each.offset):
            if entity.tag in {"code", "pre"}:
                encoded = encoded[: entity.offset * 2] + encoded[(entity.offset + entity.length) * 2 :]
        assert not re.search(r"(?<!\w)@[A-Za-z0-9_]", encoded.decode("utf-16-le"))


@pytest.mark.parametrize(
    ("span", "html"),
    [
        (Text('1 < 2 && "x"'), '1 &lt; 2 &amp;&amp; "x"'),
        (Bold("重点"), "<b>重点</b>"),
        (Code("docker ps"), "<code>docker ps</code>"),
        (Code("/help"), "/help"),
        (Code("/ask 问题"), "<code>/ask 问题</code>"),
        (Code("/proc"), "<code>/proc</code>"),
        (Code("a\n  b"), "<pre>a\n  b</pre>"),
        (Quote("短"), "<blockquote>短</blockquote>"),
        (Link("看原文", "https://x.y/?a=1&b=2"), '<a href="https://x.y/?a=1&amp;b=2">看原文</a>'),
        (Link("看", "https://good.example@evil.example/"), "看"),
        (Link("看", "ftp://x.y"), "看"),
        (Link("看", "https://[oops"), "看"),
        (Text("问 @teacher 或 a@b.c"), "问 @\u2060teacher 或 a@b.c"),
        (Code("@Override"), "<code>@Override</code>"),
        (Text("左\u202e右\u200b\r\n下"), "左右\u200b\n下"),
    ],
)
def test_spans(span: Span, html: str) -> None:
    assert [part.html for part in parts(Reply(spans=(span,)))] == [html]


def test_a_long_quote_is_folded() -> None:
    (part,) = parts(Reply(spans=(Quote("长" * 500),)))
    assert part.html.startswith("<blockquote expandable>")


def test_nothing_to_say_is_no_message() -> None:
    assert parts(Reply(spans=())) == parts(Reply(spans=(Text(" \n"), Bold("")))) == ()


def test_long_answers_break_at_the_end_of_a_sentence() -> None:
    said = parts(Reply(spans=(Text("这是一句话，说的是容器。" * 1000),)))
    assert len(said) > 1
    assert all(part.plain.endswith("。") for part in said)


def test_code_that_fits_into_a_message_is_not_torn() -> None:
    code = "\n".join(f"line {number}" for number in range(300))
    said = parts(Reply(spans=(Text("话。" * 1900 + "\n"), Code(code), Text("\n完"))))
    assert [part.html for part in said][1].startswith(f"<pre>{code}</pre>")


def test_code_that_is_too_long_breaks_between_lines() -> None:
    said = parts(Reply(spans=(Code("\n".join(f"line number {number}" for number in range(900))),)))
    for part in said:
        assert part.html.startswith("<pre>line number")
        assert re.search(r"\d</pre>$", part.html)


def test_emoji_count_as_two_and_stay_whole() -> None:
    said = parts(Reply(spans=(Text("👍🏽" * 2000),)))
    assert all(units(part.plain) <= LONGEST for part in said)
    assert {part.plain.replace("👍🏽", "") for part in said} == {""}


def test_a_link_is_not_torn_in_two() -> None:
    said = parts(Reply(spans=(Text("x" * 4090 + " "), Link("看这一讲的原文", "https://x.y"))))
    assert [part.html for part in said][1] == '<a href="https://x.y">看这一讲的原文</a>'


def test_buttons() -> None:
    rows = ((Button("更多", "m:c1:t"), Button("x" * 200, "w:c1:t")), (Button("bad", "x" * 65),), ())
    markup = keyboard(Reply(spans=(), buttons=rows))
    assert markup
    assert [[button.callback_data for button in row] for row in markup.inline_keyboard] == [
        ["m:c1:t", "w:c1:t"]
    ]
    assert len(markup.inline_keyboard[0][1].text) <= 64
    assert keyboard(Reply(spans=())) is None


def test_inline_results() -> None:
    answer = InlineAnswer(id="c1", title="标题\n两行", description="", reply=Reply(spans=(Bold("<答>"),)))
    result = inline_result(answer)
    assert result
    data = result.to_dict()
    assert data["title"] == "标题 两行"
    assert "description" not in data
    assert data["input_message_content"]["message_text"] == "<b>&lt;答&gt;</b>"
    assert data["input_message_content"]["link_preview_options"] == {"is_disabled": True}
    silent = InlineAnswer(id="c1", title="t", description="", reply=Reply(spans=()))
    nameless = InlineAnswer(id="x" * 65, title="t", description="", reply=answer.reply)
    assert inline_result(silent) is inline_result(nameless) is None


def test_one_line() -> None:
    assert one_line("a\n\n b" + "c" * 100, 10) == "a bccccc …"
