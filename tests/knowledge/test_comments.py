"""The three comment markups, as courses really export them, and what exports do to them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.comments import read_comments, split_reply
from knowledge.model import Comment

AVATAR = '<img src="https://example.org/a.jpg" width="30px">'


def block(*items: str, announced: int | None = None) -> str:
    count = len(items) if announced is None else announced
    return (
        f"文章。\n<div><strong>精选留言（{count}）</strong></div><ul>\n"
        + "<br/>".join(items)
        + "<br/>\n</ul>"
    )


def nested(text: str, reply: str = "") -> str:
    answer = f'<p class="_3K">{reply}</p>' if reply else ""
    return (
        '<li><div class="_2s"><img src="u6.jpg" class="_3F"><div class="_36"><div class="_2z"><span>小鱼</span></div>'
        f'<div class="_2_Q">{text}</div><div class="_10o">{answer}</div>'
        '<div class="_3kl"><div class="_3H">2021-07-30 17:47:06</div></div></div></div></li>'
    )


def only(text: str) -> Comment:
    found = read_comments(text)
    assert found is not None
    (comment,) = found.comments
    return comment


@pytest.mark.parametrize("avatar", [AVATAR, ""], ids=["avatar", "no avatar"])
@pytest.mark.parametrize("tag", ["div", "p"])
@pytest.mark.parametrize("marks", ["👍（116） 💬（6）", "👍(116) 💬(6)"])
def test_flat_markup(avatar: str, tag: str, marks: str) -> None:
    item = f"<li>{avatar}<span>小鱼</span> {marks}<{tag}>根目录“&#47;”\n\n第二段</{tag}>2018-08-28</li>"
    assert only(block(item)) == Comment(
        author="小鱼", text="根目录“/”\n\n第二段", likes=116, reply_count=6, posted_on=date(2018, 8, 28)
    )


def test_nested_markup_goes_by_structure() -> None:
    assert only(block(nested("为什么？<br/>求解", "作者回复: 因为&lt;快&gt;。"))) == Comment(
        author="小鱼", text="为什么？\n求解", reply="因为<快>。", posted_on=date(2021, 7, 30)
    )


def test_nested_markup_without_a_reply() -> None:
    comment = only(block(nested("打卡")))
    assert (comment.text, comment.reply) == ("打卡", None)


def test_a_comment_knows_when_it_was_answered_elsewhere() -> None:
    item = "<li><span>a</span> 👍（1） 💬（2）<p>为什么？</p>2018-08-28</li>"
    assert only(block(item)).answered_elsewhere
    assert not only(block(item.replace("为什么？", "为什么？\n作者回复: 因为。"))).answered_elsewhere


def test_links_scripts_and_lists_inside_a_comment() -> None:
    text = '看<a href="https://evil.example">这里</a><script>alert(1)</script><ul><li>一</li><li>二</li></ul>'
    comment = only(block(f"<li><span>a</span> 👍（1） 💬（0）<div>{text}</div>2018-08-28</li>"))
    assert comment.text == "看这里\n一\n二"


@pytest.mark.parametrize(
    ("text", "said", "reply"),
    [
        ("问题？\n作者回复: 是的", "问题？", "是的"),
        ("问题？作者回复：是的\n不是", "问题？", "是的\n不是"),
        ("问题\n作者回复\n好", "问题", "好"),
        ("Why?\nAuthor's reply: Because.", "Why?", "Because."),
        ("老师问题 作者回复", "老师问题", None),
        ("望作者回复", "望作者回复", None),
        ("每个留言问得到位，作者回复的也耐心，支持", "每个留言问得到位，作者回复的也耐心，支持", None),
        ("老师说“作者回复: 知是行之始”", "老师说“作者回复: 知是行之始”", None),
        ("上次问过\n作者回复: 你用的\n-----\n还是不懂", "上次问过\n作者回复: 你用的\n-----\n还是不懂", None),
        ("作者回复: 开头就是", "作者回复: 开头就是", None),
    ],
)
def test_a_reply_at_the_end_of_the_text_is_split_off(text: str, said: str, reply: str | None) -> None:
    assert split_reply(text) == (said, reply)


def test_where_the_file_breaks_off_the_whole_comments_are_kept() -> None:
    whole = "<li><span>a</span> 👍（1） 💬（0）<p>好</p>2018-08-28</li>"
    text = block(whole, whole.replace("好", "半句话"), announced=2)
    found = read_comments(text[: text.index("句话")])
    assert found is not None
    assert [comment.text for comment in found.comments] == ["好"]
    assert found.cut_off is not None
    assert text[found.cut_off :].startswith("<li>")


def test_a_missing_end_of_the_list_is_said() -> None:
    text = block("<li><span>a</span> 👍（1） 💬（0）<p>好</p>2018-08-28</li>").removesuffix("</ul>")
    found = read_comments(text)
    assert found is not None
    assert found.cut_off == len(text)


def test_an_article_that_mentions_comments_is_no_block() -> None:
    assert read_comments("去看精选留言（30），很有意思") is None


@given(st.text())
def test_any_text_in_a_comment_survives_reading(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = read_comments(block(f"<li><span>a</span> 👍（1） 💬（0）<p>{escaped}</p>2018-08-28</li>"))
    assert found is not None
    assert len(found.comments) + len(found.unread) == 1


@given(st.text(alphabet="<>/abdilpsun 精选留言（1）👍💬&;\"'=\n", max_size=300))
def test_no_markup_raises(text: str) -> None:
    read_comments(f"<div><strong>精选留言（1）</strong></div><ul>{text}")
