"""A small course, answered by exact lookup: other implementations of the ports, without index or database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from difflib import SequenceMatcher

from bot.daily.digests import LessonContent, News
from bot.stores import CourseSummary, LessonSummary, SavedCourse
from knowledge.entry import Entry, Source
from knowledge.errors import CoursebotError
from knowledge.model import Comment, Course, Lesson, Passage
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, Why

_COURSE = {"course": "containers", "course_title": "容器十讲"}
_FIRST = {
    **_COURSE,
    "lesson": "01 - 容器到底是什么",
    "lesson_title": "容器到底是什么",
    "url": "https://example.org/containers/01",
}
_SECOND = {**_COURSE, "lesson": "02 - 给进程套上缰绳", "lesson_title": "给进程套上缰绳"}

_REPLY = (
    "抓住“内核有几个”就不会答偏：虚拟机里跑着自己的内核，硬件是模拟或虚拟化出来的；容器和宿主机共用一个内核，"
    "只是进程的视野被 namespace 限制、用量被 cgroup 限制。"
    "启动快、体积小、隔离弱，这三点都是“共用内核”推出来的结果。"
)


def _entry(ref: str, source: Source, text: str, **more: object) -> Entry:
    place = {**_FIRST, "lesson_position": 1, "lesson_number": 1}
    return Entry(**{"ref": ref, "source": source, "text": text, **place, **more})  # type: ignore[arg-type]


ENTRIES: tuple[Entry, ...] = (
    _entry(
        "c1",
        Source.AUTHOR,
        "引用原文：“容器是一个看到的世界被修改过的进程。”\n\n那虚拟机和容器最本质的区别是什么？面试的时候我总是只会说“容器更轻量、启动更快”，面试官好像不太满意。"
        "我把前面的文章又读了两遍，又去翻了两本书，还是没有找到一句话能把这件事讲清楚，希望老师能再讲一讲。多谢！",
        aliases=("容器 虚拟机 差别", "容器和虚拟机有什么区别", "what is a container?"),
        answer=_REPLY * 2
        + "面试时先说原因再说结果，再补一句什么场景要在容器外再套虚拟机，就完整了。"
        + _REPLY,
        author="蓝莓山药泥",
        answered_by="顾北舟",
        likes=116,
        reply_count=6,
        posted_on=date(2023, 8, 28),
    ),
    _entry(
        "c2",
        Source.AUTHOR,
        "unshare 和 nsenter 有什么区别？",
        answer="unshare 是新建，nsenter 是加入。排查用 `nsenter -t PID`。",
        author="西二旗摸鱼人",
        answered_by="顾北舟",
        likes=63,
        reply_count=3,
    ),
    _entry(
        "c3",
        Source.READER,
        "docker exec 进去的进程，和容器里的 1 号是父子关系吗？",
        author="一只咸鱼",
        likes=19,
        reply_count=1,
    ),
    _entry(
        "s1",
        Source.ADMIN,
        "怎么限制容器的内存？",
        aliases=("限制 容器 内存 能举个例子吗?",),
        answer="启动时加参数：\n```\n$ docker run -m 512m alpine\n$ cat /sys/fs/cgroup/memory.max\n```\n"
        "看到的就是上限。",
        lesson=None,
        lesson_title="",
        lesson_position=0,
        lesson_number=None,
        url=None,
    ),
    _entry(
        "p1",
        Source.PASSAGE,
        "cgroup 管的是用量。写入 memory.max 就限制了内存。",
        heading="内存 › 上限",
        aliases=("限制 容器 内存 具体怎么做?",),
        **{**_SECOND, "lesson_position": 2, "lesson_number": 2, "url": None},
    ),
)

EXERCISE_ANSWERS: tuple[Entry, ...] = (
    _entry(
        "c4",
        Source.READER,
        "思考题 1：会看到宿主机全部进程，因为读的还是原来的 /proc。",
        author="程序媛小北",
        likes=8,
    ),
    _entry(
        "c5",
        Source.AUTHOR,
        "思考题 2：共享 net namespace。",
        answer="答对了，第八讲的 Pod 就建立在这上面。",
        author="阿祖收手吧",
        answered_by="顾北舟",
        likes=41,
    ),
)

COURSE = Course(
    slug="containers",
    title="容器十讲",
    author="顾北舟",
    lessons=(
        Lesson(slug="开篇词", title="开篇词：为什么今天还要从进程讲起", position=1),
        Lesson(
            slug="01 - 容器到底是什么",
            title="容器到底是什么",
            position=2,
            number=1,
            url="https://example.org/containers/01",
            passages=(
                Passage(
                    heading="两个身份",
                    text="今天我们来看容器在宿主机上究竟是什么，以及它和虚拟机有什么不同。\n"
                    "容器是一个看到的世界被修改过的进程。如下图所示，容器里的进程只有一个。\n"
                    "内核用 namespace 限制容器里的进程看得见什么，用 cgroup 限制它用得了多少。",
                ),
            ),
            comments=(
                Comment(
                    author="蓝莓山药泥",
                    text="那虚拟机和容器最本质的区别是什么？",
                    likes=116,
                    reply="看内核有几个：虚拟机跑着自己的内核，容器和宿主机共用一个。",
                ),
                Comment(author="程序媛小北", text="思考题 1：会看到宿主机全部进程。", likes=8),
            ),
            exercises="1. 去掉 `--mount-proc` 之后，`ps -ef` 会看到什么？\n2. 两个容器怎样共享网络？",
        ),
        Lesson(slug="02 - 给进程套上缰绳", title="给进程套上缰绳", position=3, number=2),
        *(Lesson(slug=f"{n:02d}", title=f"第 {n} 个主题", position=n + 1, number=n) for n in range(3, 31)),
    ),
)
SECOND_COURSE = Course(
    slug="一门名字长得放不进按钮的课程" * 3,
    title="A second course",
    language="en",
    lessons=(Lesson(slug="01", title="Locks", position=1, number=1),),
)


class Shelf:
    """Courses held in memory: a `CourseStore`."""

    def __init__(self, *courses: Course) -> None:
        self._courses = {course.slug: course for course in courses}

    async def save(self, course: Course, *, at: datetime, by: str = "") -> SavedCourse:
        added = len(course.lessons)
        self._courses[course.slug] = course
        return SavedCourse(lessons_added=added)

    async def summaries(self) -> list[CourseSummary]:
        return [
            CourseSummary(
                slug=each.slug,
                title=each.title,
                author=each.author,
                language=each.language,
                introduction=each.introduction,
                lessons=len(each.lessons),
                passages=1,
                comments=3,
                answered=2,
                answered_elsewhere=1,
                seeds=1,
            )
            for each in self._courses.values()
        ]

    async def lessons(self, course: str) -> list[LessonSummary]:
        held = self._courses.get(course)
        return [
            LessonSummary(
                course=course,
                slug=each.slug,
                title=each.title,
                position=each.position,
                number=each.number,
                url=each.url,
                passages=4,
                comments=17,
            )
            for each in (held.lessons if held else ())
        ]


class Digests:
    """The lessons of a course held in memory, with what was said about them: a `DigestSource`."""

    def __init__(
        self, course: Course = COURSE, entries: Sequence[Entry] = (*ENTRIES, *EXERCISE_ANSWERS)
    ) -> None:
        self._course = course
        self._entries = entries

    async def lesson(self, course: str, lesson: str) -> LessonContent | None:
        if course != self._course.slug:
            return None
        return next(
            (
                lesson_content(self._course, each, self._entries)
                for each in self._course.lessons
                if each.slug == lesson
            ),
            None,
        )

    async def news(self, delivery: int, *, limit: int = 20) -> list[News]:
        return []


def lesson_content(course: Course, lesson: Lesson, entries: Sequence[Entry] = ()) -> LessonContent:
    said = [each for each in entries if each.lesson == lesson.slug and each.source is not Source.PASSAGE]
    return LessonContent(
        course=course.slug,
        course_title=course.title,
        language=course.language,
        slug=lesson.slug,
        title=lesson.title,
        number=lesson.number,
        place=lesson.position,
        count=len(course.lessons),
        url=lesson.url,
        passages=lesson.passages,
        exercises=lesson.exercises,
        entries=tuple(sorted(said, key=lambda each: -each.likes)),
    )


class Lookup:
    """Answers by looking the question up: its very words, else words that hold it, else the most alike."""

    def __init__(self, entries: Sequence[Entry] = ENTRIES) -> None:
        self._entries = {each.ref: each for each in entries}
        self.asked: list[tuple[str, tuple[str, ...] | None]] = []

    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        if not question.strip():
            raise CoursebotError("question-empty")
        self.asked.append((question, courses))
        held = [each for each in self._entries.values() if courses is None or each.course in courses]
        if question.startswith("哪一讲"):
            told = [each for each in held if each.source is Source.PASSAGE]
            return Lessons(matches=tuple(_match(each, question, 1.0) for each in told))
        exact = [each for each in held if question in (each.text, *each.aliases)]
        if exact:
            others = tuple(_match(each, question, 0.41) for each in held if each is not exact[0])
            return Found(best=_match(exact[0], question, 0.874), others=others[: limit - 1])
        holding = [each for each in held if question in each.text]
        if holding:
            return Unsure(candidates=tuple(_match(each, question, 0.5) for each in holding[:limit]))
        alike = [each for each in held if SequenceMatcher(None, question[:200], each.text).ratio() > 0.5]
        return NotFound(closest=tuple(_match(each, question, 0.2) for each in alike[:limit]))

    async def entry(self, ref: str) -> Entry | None:
        return self._entries.get(ref)


class Broken(Lookup):
    """Fails as a fault in the program would, quoting what it was given."""

    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        raise RuntimeError(f"could not parse {question}")


def _match(entry: Entry, question: str, score: float) -> Match:
    words = tuple(dict.fromkeys(re.findall(r"[a-zA-Z]+|[\u4e00-\u9fff]+", question)))
    return Match(
        entry=entry,
        score=score,
        why=Why(
            matched=tuple(word for word in words if word in entry.text),
            missing=tuple(word for word in words if word not in entry.text),
        ),
    )
