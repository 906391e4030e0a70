"""An article's passages: found by headings and paragraphs, never cut where a reader would be lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.blocks import read_blocks
from knowledge.model import Passage
from knowledge.passages import LONGEST, cut, is_exercise_heading

SENTENCE = "容器是一个被隔离的进程，它看到的世界由命名空间决定。"


def passages(article: str) -> tuple[Passage, ...]:
    return cut(read_blocks(article)).passages


def test_headings_lead_to_their_passages() -> None:
    made = passages(f"# 标题\n{SENTENCE}\n\n## 一\n{SENTENCE}\n\n### 细\n{SENTENCE}\n\n## 二\n{SENTENCE}")
    assert [passage.heading for passage in made] == ["", "一", "一 › 细", "二"]


def test_short_paragraphs_are_joined_and_long_ones_cut_at_sentence_ends() -> None:
    made = passages("\n\n".join([SENTENCE] * 6) + "\n\n" + SENTENCE * 40)
    assert all(len(passage.text) <= LONGEST for passage in made)
    assert all(passage.text.endswith("。") for passage in made)
    assert made[0].text.count("\n") > 2


@pytest.mark.parametrize("long", ["x = 1\n" * 200, "x\n"], ids=["long", "short"])
def test_code_is_whole_and_stays_with_its_explanation(long: str) -> None:
    made = passages(f"{SENTENCE}\n\n看这段代码：\n\n```python\n{long}```\n")
    (passage,) = [passage for passage in made if "x" in passage.text]
    assert passage.text.endswith("看这段代码：\n" + long.rstrip("\n"))


def test_code_before_its_explanation_waits_for_it() -> None:
    (passage,) = passages(f"## 例\n\n```\nls\n```\n\n{SENTENCE}")
    assert passage.text == f"ls\n{SENTENCE}"


def test_lists_and_tables_are_not_cut() -> None:
    items = "".join(f"- {SENTENCE}{number}\n" for number in range(40))
    rows = "|a|b|\n|-|-|\n" + "".join(f"|{number}|{SENTENCE}|\n" for number in range(40))
    made = passages(f"有这些：\n\n{items}\n\n{rows}")
    assert any(all(f"。{number}" in passage.text for number in range(40)) for passage in made)
    assert any(all(f"{number} | " in passage.text for number in range(40)) for passage in made)


def test_inline_markdown_is_kept_and_images_become_their_alt_text() -> None:
    (passage,) = passages("看**这里**的 `ls -l`，[链接](https://example.org)，![一张图](a.png)<br/>完")
    assert passage.text == "看**这里**的 `ls -l`，[链接](https://example.org)，一张图\n完"


def test_html_articles_are_read_like_markdown_ones() -> None:
    html = (
        '<style>p{}</style><audio title="x" src="y"></audio><p>开头</p><h2>一</h2><p>正文</p>'
        "<ul><li>甲</li><li>乙</li></ul><pre><code>a&lt;b\n</code></pre>"
        "<!-- [[[read_end]]] --><h2>思考题</h2><p>想想</p>"
    )
    made = cut(read_blocks(html))
    assert made.passages == (
        Passage(heading="", text="开头"),
        Passage(heading="一", text="正文\n- 甲\n- 乙\na<b"),
    )
    assert made.exercises == "想想"


@pytest.mark.parametrize(
    "heading", ["思考题", "## 课后思考：", "课后作业", "Exercises", "小作业", "思考时间"]
)
def test_exercises_are_kept_apart(heading: str) -> None:
    mark = "" if heading.startswith("#") else "## "
    made = cut(read_blocks(f"正文\n\n{mark}{heading}\n\n为什么？\n\n### 提示\n\n想想\n\n## 后面\n\n还有"))
    assert made.exercises == "为什么？\n想想"
    assert [passage.text for passage in made.passages] == ["正文", "还有"]


def test_a_bold_line_serves_as_a_heading() -> None:
    made = cut(read_blocks("正文\n\n**思考题**\n\n为什么？"))
    assert (made.passages[0].text, made.exercises) == ("正文", "为什么？")


@pytest.mark.parametrize("heading", ["对进程的思考过程", "思考题参考答案", "练习使用 perf"])
def test_other_headings_are_no_exercises(heading: str) -> None:
    assert not is_exercise_heading(heading)


@given(st.text(max_size=2_000))
def test_any_article_can_be_cut(article: str) -> None:
    cut(read_blocks(article))


def test_deep_nesting_does_not_exhaust_the_stack() -> None:
    assert passages("<div>" * 20_000 + "深处")
