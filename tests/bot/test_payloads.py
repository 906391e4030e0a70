from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.buttons import payloads
from bot.buttons.digests import AnswerExercise, Digest, DigestAction, Exercise, ExerciseStep
from bot.buttons.payloads import (
    LIMIT,
    AskTeacher,
    Choose,
    Erase,
    Language,
    Lessons,
    More,
    Others,
    Payload,
    PickCourse,
    Rate,
    Run,
    Unasked,
    Why,
    course_key,
    decode,
    encode,
)
from bot.buttons.subscriptions import Draft, GoTo, Leave, Manage, Step, TypeIn
from bot.daily.schedule import weekdays_text
from bot.opinions import Reason

DRAFT = st.builds(
    Draft,
    st.just("") | st.text(max_size=80).map(course_key),
    st.just("") | st.times().map(lambda at: f"{at:%H%M}"),
    st.frozensets(st.integers(1, 7)).map(weekdays_text),
    st.just("") | st.sampled_from(sorted(available_timezones())),
)
REF = st.builds(
    lambda letter, number: f"{letter}{number}", st.sampled_from("csp"), st.integers(0, 10**18 - 1)
)
TURN = st.from_regex(r"[A-Za-z0-9_-]{1,16}", fullmatch=True)
KEY = st.text(max_size=80).map(course_key)
PAYLOAD: st.SearchStrategy[Payload] = st.one_of(
    st.builds(More, REF, st.just("") | TURN),
    st.builds(Choose, REF, st.just("") | TURN),
    st.builds(Why, REF, TURN),
    st.builds(Others, TURN),
    st.builds(Language, st.sampled_from(["", "zh-Hans", "zh-Hant", "en"])),
    st.builds(PickCourse, st.just("") | KEY),
    st.builds(Lessons, KEY, st.integers(1, 9999)),
    st.builds(Run, st.sampled_from(["lesson", "help"])),
    st.builds(Rate, REF, TURN, st.booleans()),
    st.builds(Rate, REF, TURN, st.just(False), st.sampled_from(Reason)),
    st.builds(AskTeacher, TURN),
    st.builds(Unasked, st.integers(0, 99)),
    st.builds(Erase, st.booleans()),
    st.builds(Digest, st.sampled_from(DigestAction), st.integers(1, 10**18 - 1)),
    DRAFT,
    DRAFT.map(TypeIn),
    st.builds(Manage, st.sampled_from(Step)),
    st.builds(Leave, st.just("") | KEY),
    st.builds(GoTo, KEY, KEY),
    st.builds(Exercise, st.sampled_from(ExerciseStep), KEY, KEY),
    st.builds(AnswerExercise, KEY, KEY),
)


@given(PAYLOAD)
def test_a_payload_comes_back_as_it_was_and_fits_every_platform(payload: Payload) -> None:
    text = encode(payload)
    assert len(text.encode()) <= LIMIT
    assert decode(text) == payload


@given(st.text() | st.from_regex(r"[a-z]:.{0,80}", fullmatch=True))
@example("m:c1")
@example("p:0123456789ab:0")
@example("m:c１:")
@example("o:abc\n")
def test_decoding_is_total_and_takes_only_what_was_encoded(text: str) -> None:
    payload = decode(text)
    assert payload is None or encode(payload) == text


@pytest.mark.parametrize(
    "payload",
    [
        More("容器是什么"),
        Why("c1", ""),
        Run("rm -rf"),
        Lessons("", 1),
        Unasked(100),
        Draft(at="2460"),
        Draft(weekdays="31"),
        Draft(zone="上海"),
        GoTo("第一讲", ""),
        Digest(DigestAction.READ, 0),
        Exercise(ExerciseStep.LOOK, "第一讲", ""),
        Rate("c1", "t", True, Reason.OFF),
    ],
)
def test_words_are_no_ids(payload: Payload) -> None:
    with pytest.raises(ValueError, match="well-formed"):
        encode(payload)


def test_no_two_kinds_have_the_same_letters() -> None:
    letters = [kind.letter for kind in payloads.KINDS]
    assert sorted(letters) == sorted(set(letters))
