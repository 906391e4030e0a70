"""One line in any order: what it asks for, and what it does not say."""

from __future__ import annotations

from datetime import UTC, datetime, time
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily import places
from bot.daily.clock_words import clock_time
from bot.daily.schedule import EVERY_DAY, WEEKEND, WORKDAYS, zone
from bot.daily.weekday_words import weekdays
from bot.daily.wish import Wish, read
from bot.stores import CourseSummary
from knowledge.normalize import normalize


def course(slug: str, title: str) -> CourseSummary:
    return CourseSummary(
        slug=slug,
        title=title,
        author="",
        language="zh-Hans",
        introduction="",
        lessons=1,
        passages=0,
        comments=0,
        answered=0,
        answered_elsewhere=0,
        seeds=0,
    )


COURSES = (
    course("containers", "容器十讲"),
    course("git-basics", "Git 入门"),
    course("two", "A second course"),
)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("08:00", "08:00"),
        ("8:05", "08:05"),
        ("20：30", "20:30"),
        ("0730", "07:30"),
        ("8h30", "08:30"),
        ("24:00", "00:00"),
        ("8点", "08:00"),
        ("8點半", "08:30"),
        ("早上8点半", "08:30"),
        ("早上 8:30", "08:30"),
        ("上午十点一刻", "10:15"),
        ("十二点零五分", "12:05"),
        ("二十三点五十九", "23:59"),
        ("中午12点", "12:00"),
        ("中午一点", "13:00"),
        ("中午", "12:00"),
        ("下午3点三刻", "15:45"),
        ("下午13点", "13:00"),
        ("傍晚六点", "18:00"),
        ("晚上八点", "20:00"),
        ("晚9点", "21:00"),
        ("晚上12点", "00:00"),
        ("半夜1点", "01:00"),
        ("夜里十一点", "23:00"),
        ("凌晨12点半", "00:30"),
        ("凌晨两点", "02:00"),
        ("8时30分", "08:30"),
        ("8点钟", "08:00"),
        ("8点整", "08:00"),
        ("8am", "08:00"),
        ("8 AM", "08:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("8:30 p.m.", "20:30"),
        ("20:30pm", "20:30"),
        ("at 8 o'clock", "08:00"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
    ],
)
def test_a_time_of_day(text: str, at: str) -> None:
    assert clock_time(normalize(text)) == time.fromisoformat(at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8",
        "25:00",
        "8:60",
        "24:01",
        "25点",
        "早上13点",
        "八十点",
        "十十点",
        "13am",
        "0am",
        "8点61分",
        "点",
        "08.5",
    ],
)
def test_no_time_of_day(text: str) -> None:
    assert clock_time(normalize(text)) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每天", EVERY_DAY),
        ("daily", EVERY_DAY),
        ("every day", EVERY_DAY),
        ("工作日", WORKDAYS),
        ("weekdays", WORKDAYS),
        ("周末", WEEKEND),
        ("週末", WEEKEND),
        ("weekends", WEEKEND),
        ("一三五", {1, 3, 5}),
        ("二、四、六", {2, 4, 6}),
        ("周一三五", {1, 3, 5}),
        ("週一，週三", {1, 3}),
        ("每周一、周四", {1, 4}),
        ("周一到周五", WORKDAYS),
        ("周1-5", WORKDAYS),
        ("星期六至星期一", {6, 7, 1}),
        ("礼拜天", {7}),
        ("周六日", {6, 7}),
        ("mon,wed,fri", {1, 3, 5}),
        ("Mon/Wed & Fri", {1, 3, 5}),
        ("mon-fri", WORKDAYS),
        ("Monday to Friday", WORKDAYS),
        ("sat–mon", {6, 7, 1}),
        ("Tuesdays and Thursdays", {2, 4}),
        ("every sunday", {7}),
        ("mon-wed, sat", {1, 2, 3, 6}),
    ],
)
def test_days_of_the_week(text: str, days: frozenset[int]) -> None:
    assert weekdays(normalize(text)) == days


@pytest.mark.parametrize(
    "text", ["", "135", "周", "天", "mon-", "-fri", "and", "周8", "someday", "一门课", "mon-to-fri", "day"]
)
def test_no_days_of_the_week(text: str) -> None:
    assert weekdays(normalize(text)) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("上海", "Asia/Shanghai"),
        ("深圳市", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("紐約", "America/New_York"),
        ("東京", "Asia/Tokyo"),
        ("雪梨", "Australia/Sydney"),
        ("New York", "America/New_York"),
        ("newyork", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("st. john's", "America/St_Johns"),
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("Thunder Bay", "America/Thunder_Bay"),
        ("Pacific Time", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("utc+8", "UTC+08:00"),
        ("UTC + 08:00", "UTC+08:00"),
        ("GMT-3:30", "UTC-03:30"),
        ("GMT−3", "UTC-03:00"),
        ("+0530", "UTC+05:30"),
        ("+00:00", "UTC"),
        ("东八区", "UTC+08:00"),
        ("西五区", "UTC-05:00"),
        ("东十区", "UTC+10:00"),
        ("東十一區", "UTC+11:00"),
    ],
)
def test_a_place(text: str, name: str) -> None:
    assert [each.zone for each in places.found(text)] == [name]


@pytest.mark.parametrize(
    "text", ["", "Atlantis", "+15:00", "UTC-13", "UTC8", "8", "../etc/passwd", "Asia/", "/", "东区", "!"]
)
def test_no_place(text: str) -> None:
    assert places.found(text) == ()


def test_names_that_several_places_have() -> None:
    assert [each.zone for each in places.found("美国")] == [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ]
    assert {each.zone for each in places.found("CST")} == {"Asia/Shanghai", "America/Chicago"}
    assert len(places.found("Australia")) == 5


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Shangai", "Asia/Shanghai"),
        ("Los Angelos", "America/Los_Angeles"),
        ("新加波", "Asia/Singapore"),
        ("伊斯坦布", "Europe/Istanbul"),
    ],
)
def test_a_mistyped_place(text: str, name: str) -> None:
    assert places.found(text) == ()
    assert places.close(text)[0].zone == name


def test_every_place_of_the_table_has_its_zone_and_is_found() -> None:
    table = places._table()
    assert len(table.shown) >= 240
    assert len(table.places) >= 1500
    now = datetime(2026, 7, 1, tzinfo=UTC)
    for name in table.shown:
        assert zone(name).utcoffset(now) is not None
        assert name in {each.zone for each in places.found(places.shown(name, "en"))}
        assert name in {each.zone for each in places.found(places.shown(name, "zh-Hans"))}
        assert name in {each.zone for each in places.found(places.shown(name, "zh-Hant"))}


def test_how_a_zone_is_shown() -> None:
    winter = datetime(2026, 1, 1, tzinfo=UTC)
    assert places.shown("America/New_York", "zh-Hant") == "紐約"
    assert places.shown("America/Thunder_Bay", "en") == "Thunder Bay"
    assert places.shown("UTC+05:30", "en") == "UTC+05:30"
    assert [
        places.offset_shown(name, winter)
        for name in (
            "Asia/Shanghai",
            "America/St_Johns",
            "UTC",
            "Europe/Berlin",
            "UTC-10:00",
            "Asia/Kathmandu",
        )
    ] == ["UTC+8", "UTC-3:30", "UTC", "UTC+1", "UTC-10", "UTC+5:45"]


@pytest.mark.parametrize("order", list(permutations(["容器十讲", "早上8点半", "一三五", "上海"])))
def test_any_order(order: tuple[str, ...]) -> None:
    for line in (" ".join(order), "，".join(order), "".join(order)):
        wish = read(line, COURSES)
        assert (wish.course, wish.at, wish.zone) == ("containers", time(8, 30), "Asia/Shanghai")
        assert wish.weekdays == frozenset({1, 3, 5})
        assert not wish.unknown
        assert wish.twice is None


@pytest.mark.parametrize(
    "order", list(permutations(["a second course", "8:30 pm", "mon, wed and fri", "New York"]))
)
def test_any_order_of_phrases(order: tuple[str, ...]) -> None:
    wish = read(" ".join(order), COURSES)
    assert (wish.course, wish.at, wish.zone) == ("two", time(20, 30), "America/New_York")
    assert wish.weekdays == frozenset({1, 3, 5})
    assert not wish.unknown


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        ("", Wish()),
        ("08:00", Wish(at=time(8))),
        ("git", Wish(course="git-basics")),
        ("《容器》 8pm", Wish(course="containers", at=time(20))),
        ("every day at 8am, please", Wish(at=time(8), weekdays=EVERY_DAY)),
        ("周一 周三 8点", Wish(at=time(8), weekdays=frozenset({1, 3}))),
        ("8点 8:00", Wish(at=time(8))),
        # What is not understood is named, and the rest is kept.
        ("容器 8", Wish(course="containers", unknown="8")),
        ("8点 foo bar", Wish(at=time(8), unknown="foo bar")),
        ("this or that one 8am", Wish(at=time(8), unknown="this")),
        ("《没有的课》 8点", Wish(at=time(8), unknown="没有的课")),
        ("8点 9点", Wish(at=time(8), twice=("8点", "9点"))),
        ("git 容器十讲", Wish(course="containers", twice=("容器十讲", "git"))),
    ],
)
def test_what_a_line_says(line: str, wish: Wish) -> None:
    assert read(line, COURSES) == wish


def test_a_country_makes_a_town_clear_and_two_towns_contradict_each_other() -> None:
    assert read("美国纽约").zone == "America/New_York"
    assert read("Cambridge UK").zone == "Europe/London"
    assert read("China 北京").zone == "Asia/Shanghai"
    assert read("上海 东京").twice == ("上海", "东京")


def test_the_end_of_a_long_line_is_not_lost_silently() -> None:
    assert read("8点 " + "每天 " * 100 + "9点").unknown == "每天"


@given(st.text())
def test_reading_is_total(line: str) -> None:
    read(line, COURSES)


WORDS = st.sampled_from(
    [
        "8",
        "点",
        "半",
        "早上",
        "08:00",
        "20：30",
        "周",
        "一",
        "到",
        "五",
        "-",
        "mon",
        "to",
        "，",
        "上海",
        "US",
        "+8",
        "UTC",
        " ",
        "《",
        "》",
        "容器十讲",
        "x",
        "十",
        "am",
    ]
)


@given(st.lists(WORDS, max_size=30).map("".join))
def test_reading_pieces_is_total_and_valid(line: str) -> None:
    wish = read(line, COURSES)
    assert wish.weekdays is None or (wish.weekdays and wish.weekdays <= EVERY_DAY)
    for place in wish.places:
        zone(place.zone)
