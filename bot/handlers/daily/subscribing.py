"""Subscribing: from one line, or from a dialogue that asks for what the line does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time

from bot.buttons import payloads
from bot.buttons.payloads import course_key, decode, encode
from bot.buttons.subscriptions import Draft, TypeIn
from bot.daily import places
from bot.daily.progress import upcoming
from bot.daily.schedule import Schedule, weekdays_of, weekdays_text, zone
from bot.daily.subscriptions import Subscriber, SubscriberState, SubscriptionStore
from bot.daily.wish import Wish, read
from bot.handlers.courses import named
from bot.handlers.daily import subscription_questions as ask
from bot.handlers.daily.subscription_card import Reads, card, subscribed
from bot.handlers.scene import Scene, Services
from bot.messages import Platform
from bot.rendering.excerpt import gist
from bot.replies import Button, Reply
from bot.stores import CourseSummary

_WORD = 40
"""Characters shown of a word that is not understood."""


async def subscribe(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Subscribe to what the line says; without a line, what is subscribed to here."""
    refused = not_here(services, scene)
    if refused:
        return [refused]
    summaries = await services.courses.summaries()
    if not summaries:
        return [scene.say("course.none")]
    return [await _wished(services, scene, Draft(), read(arguments, summaries), summaries)]


async def press(services: Services, scene: Scene, payload: Draft) -> list[Reply]:
    """Something was chosen; ask for what is still missing, or subscribe."""
    refused = not_here(services, scene)
    if refused:
        return [refused]
    await _drop_form(services, scene)
    return [await _next(services, scene, payload, await services.courses.summaries())]


async def type_in(services: Services, scene: Scene, payload: TypeIn) -> list[Reply]:
    """The reader would rather type."""
    refused = not_here(services, scene)
    return [refused or ask.line(scene, payload.draft)]


async def typed(services: Services, scene: Scene, payload: TypeIn, fields: Mapping[str, str]) -> list[Reply]:
    """The reader typed what was missing, or anything else of a subscription."""
    # A form that is filled in among messages was begun by a manager: who may is asked of commands and buttons only.
    asked_before = scene.chat.platform is not Platform.DISCORD
    refused = not_here(services, replace(scene, by_manager=True) if asked_before else scene)
    if refused:
        return [refused]
    summaries = await services.courses.summaries()
    wish = read(fields.get("words", ""), summaries)
    reply = await _wished(services, scene, payload.draft, wish, summaries)
    if asked_before and (wish.twice or (wish.unknown and _types(reply))):
        # What is typed next is the correction, and no question to the course. A modal cannot follow a modal.
        draft = payload.draft if wish.twice else _kept(payload.draft, wish)
        return [replace(reply, buttons=(), form=ask.line(scene, draft).form)]
    return [reply]


def not_here(services: Services, scene: Scene) -> Reply | None:
    """Why nothing can be subscribed to here by this person, or None."""
    if services.subscriptions is None:
        return scene.say("subscribe.not-here")
    if not (scene.chat.private or scene.by_manager):
        return scene.say("subscribe.managers")
    return None


def store(services: Services) -> SubscriptionStore:
    """The store of subscriptions, where there is one (`not_here` says so)."""
    if services.subscriptions is None:
        raise RuntimeError("there are no subscriptions here")
    return services.subscriptions


async def reads(services: Services, subscriber: Subscriber) -> Reads:
    """The courses that a subscriber reads, with the next lesson of each."""
    titled = {each.slug: each for each in await services.courses.summaries()}
    return [
        (titled[each.course], upcoming(each, await services.courses.lessons(each.course)))
        for each in subscriber.reading
        if each.course in titled
    ]


async def shown(services: Services, scene: Scene, subscriber: Subscriber) -> Reply:
    """The subscription as it is."""
    reading = await reads(services, subscriber)
    its = {summary.slug for summary, _ in reading}
    others = [each for each in await services.courses.summaries() if each.slug not in its and each.lessons]
    return card(scene, subscriber, reading, others)


async def _wished(
    services: Services, scene: Scene, draft: Draft, wish: Wish, summaries: Sequence[CourseSummary]
) -> Reply:
    """Put a line into the draft; ask about what is not clear in it."""
    draft = _kept(draft, wish)
    if wish.twice:
        first, second = (gist(each, _WORD).text for each in wish.twice)
        return scene.say("subscribe.twice", first=first, second=second)
    if wish.unknown:
        return _unknown(scene, draft, wish, summaries)
    if len(wish.places) > 1:
        return ask.which_zone(scene, draft, wish.places[: places.CANDIDATES])
    return await _next(services, scene, draft, summaries)


def _kept(draft: Draft, wish: Wish) -> Draft:
    """The draft with what a line says clearly."""
    return Draft(
        course=course_key(wish.course) if wish.course else draft.course,
        at=f"{wish.at:%H%M}" if wish.at is not None else draft.at,
        weekdays=weekdays_text(wish.weekdays) if wish.weekdays else draft.weekdays,
        zone=wish.zone or draft.zone,
    )


def _types(reply: Reply) -> bool:
    """Whether a reply offers nothing to choose, only to type once more."""
    return all(isinstance(decode(button.payload), TypeIn) for row in reply.buttons for button in row)


def _unknown(scene: Scene, draft: Draft, wish: Wish, summaries: Sequence[CourseSummary]) -> Reply:
    """A word that is not understood, with what it may mean; what else was said is kept in the buttons."""
    word = gist(wish.unknown, _WORD).text
    like = () if wish.places else places.close(wish.unknown)
    if like:
        return ask.close_places(scene, draft, like, word)
    close = None if wish.course else named(summaries, wish.unknown).close
    if close is None:
        said = scene.say("subscribe.unknown", word=word)
        # What was understood is not lost: it is in the button.
        other = Button(scene.words.text("subscribe.other"), encode(TypeIn(draft)))
        return said if draft == Draft() else replace(said, buttons=((other,),))
    said = scene.say("subscribe.course-close", word=word, course=close.title)
    meant = encode(replace(draft, course=course_key(close.slug)))
    return replace(said, buttons=((Button(gist(close.title, _WORD // 2).text, meant),),))


async def _next(services: Services, scene: Scene, draft: Draft, summaries: Sequence[CourseSummary]) -> Reply:
    """Ask for the first thing that is missing; with nothing missing, subscribe."""
    if draft.zone and not _known(draft.zone):
        return scene.say("answer.old-button")  # of a zone that is no more, or forged
    subscriptions = store(services)
    old = await subscriptions.of(scene.chat)
    reading = old is not None and bool(old.reading)
    if old and reading and draft == Draft():
        return await shown(services, scene, old)
    changes = reading and not draft.course
    course = _course(scene, draft, summaries)
    if course is None and draft.course:
        return scene.say("course.gone")
    if course is None and not changes:
        return ask.course(scene, draft, summaries)
    if course and not changes:
        if not course.lessons:
            return scene.say("subscribe.no-lessons", course=course.title)
        draft = replace(draft, course=course_key(course.slug))
    if old is None:
        missing = _missing(scene, draft)
        if missing:
            return missing
    schedule = _schedule(draft, old.schedule if old else None)
    return await _done(services, scene, old, schedule, None if changes else course)


def _course(scene: Scene, draft: Draft, summaries: Sequence[CourseSummary]) -> CourseSummary | None:
    """The course that is meant: the one that is named, else the only one, else the one looked in here."""
    if draft.course:
        return next((each for each in summaries if course_key(each.slug) == draft.course), None)
    if len(summaries) == 1:
        return summaries[0]
    return next((each for each in summaries if each.slug == scene.course), None)


def _missing(scene: Scene, draft: Draft) -> Reply | None:
    """The question for the first thing that a new subscriber has not said."""
    if not draft.at:
        return ask.time(scene, draft)
    if not draft.weekdays:
        return ask.days(scene, draft)
    return None if draft.zone else ask.place(scene, draft)


def _schedule(draft: Draft, old: Schedule | None) -> Schedule:
    """What the draft says, and for the rest what was before."""
    if old is None:
        old = Schedule(at=time(0), zone=draft.zone)
    return Schedule(
        at=time.fromisoformat(f"{draft.at[:2]}:{draft.at[2:]}") if draft.at else old.at,
        zone=draft.zone or old.zone,
        weekdays=weekdays_of(draft.weekdays) if draft.weekdays else old.weekdays,
    )


async def _done(
    services: Services,
    scene: Scene,
    old: Subscriber | None,
    schedule: Schedule,
    course: CourseSummary | None,
) -> Reply:
    subscriptions = store(services)
    now = old
    if now is None or now.schedule != schedule or now.state is not SubscriberState.ACTIVE:
        now = await subscriptions.subscribe(
            scene.chat, person=scene.sender, language=scene.words.language, schedule=schedule, at=scene.at
        )
    if course:
        await subscriptions.enrol(now.id, course.slug, at=scene.at)
    now = await subscriptions.get(now.id) or now
    return subscribed(scene, now, await reads(services, now), course=course.title if course else "")


def _known(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True


async def _drop_form(services: Services, scene: Scene) -> None:
    """A button was pressed instead of typing: what is typed next is no answer to our form any more."""
    asked = await services.readers.forms.of(scene.sender, scene.chat)
    if asked and asked.open and isinstance(payloads.decode(asked.form.payload), TypeIn):
        await services.readers.forms.drop(scene.sender, scene.chat)
