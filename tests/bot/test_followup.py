from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.followup import continued, key_words, leans

LEANING = """
那第二种呢
那第二种呢？
为什么呢？
为什么
那怎么解决
那怎么解决呢？
怎么解决？
怎么办
那它和虚拟机有什么区别？
它为什么会这样
这个怎么用？
这种情况怎么处理？
上面说的第二步是什么意思
那另一种呢？
还有别的办法吗？
能举个例子吗？
具体怎么做？
那虚拟机呢？
那如果是虚拟机呢
前者有什么缺点？
那優點呢？
Why?
why is that?
how do I fix it?
what about the second one?
And what about windows?
can you give an example?
""".strip().splitlines()

STANDING = """
容器和虚拟机有什么区别？
那 Redis 缓存穿透怎么解决？
怎么限制容器的内存？
为什么容器里看不到宿主机的进程？
kubectl 这个命令怎么用？
容器里的 1 号进程，它为什么收不到信号？
第5讲里说的 cgroup 是什么
区别
缓存穿透
unshare 和 nsenter 有什么区别？
Docker 为什么需要它自己的网络命名空间和虚拟网桥，而不是直接用宿主机的网络？
how do I limit memory?
what is the difference between git reset and git revert?
why does git rebase change it?
how does kubernetes work?
谢谢老师
好的
ok
？？？
?!
""".strip().splitlines()


@pytest.mark.parametrize("question", LEANING)
def test_it_leans_on_the_question_before(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize("question", STANDING)
def test_it_stands_by_itself(question: str) -> None:
    assert not leans(question)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("容器和虚拟机有什么区别？", ("容器", "虚拟机")),
        ("为什么呢？", ()),
        ("老师您好，请问 Redis 缓存穿透怎么解决？", ("redis", "缓存", "穿透")),
        ("那第二种呢", ()),
    ],
)
def test_what_a_question_is_about(question: str, words: tuple[str, ...]) -> None:
    assert key_words(question) == words


def test_it_is_asked_again_with_its_topic() -> None:
    assert continued("那第二种怎么解决？", ("缓存", "穿透")) == "缓存 穿透 怎么解决?"
    assert continued("那虚拟机呢", ("容器", "虚拟机")) == "容器 虚拟机呢"
    assert continued("它和虚拟机有什么区别？", ("容器",)) == "容器 和虚拟机有什么区别?"
    assert continued("how do I fix it?", ("pod",)) == "pod how do i fix ?"
    assert continued("那第二种", ("缓存",)) == "缓存"


@given(st.text())
def test_any_text_can_be_looked_at(question: str) -> None:
    assert leans(question) in {True, False}
    continued(question, key_words(question))
