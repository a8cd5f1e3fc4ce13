"""When will it fail: how long until a value reaches its limit, as an interval, never as a date.

Reaching a limit is not failing, and the answer says which limit it means. A defect that was found
has no date either: how long it lasts cannot be read from one judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.condition import Condition, State
from tml_ros.background.contracts import Outcome
from tml_ros.background.reasoner import Conclusion, Progress
from tml_ros.background.time_phrase import SECOND_NS

TO_LIMIT, SOONEST, LATEST = "time_to_limit_s", "time_to_limit_low_s", "time_to_limit_high_s"
WINDOW, REACH = "window_s", 10
"""A line through some hours says nothing of next year: no further ahead than so many times what it
was drawn through."""
FAR_S = 366 * 86_400.0
"""What is further away is not told as a time."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Seconds until a quantity reaches its limit: likely, at the soonest, at the latest."""

    quantity: str
    condition: Condition
    likely: float
    soonest: float
    latest: float | None


def answer(asked: Asked) -> Steps:
    """The soonest limit that is being approached, and what damage is known."""
    draft = Draft(asked)
    remaining: list[Remaining] = []
    looked: list[str] = []
    limited = False
    damage: list[Condition] = []
    for machine in asked.machines:
        yield asked.looking(machine)
        damage += [one for one in asked.facts.troubles(machine) if TO_LIMIT not in one.figures]
        for quantity in _quantities(asked, machine):
            limits = asked.facts.limits(machine, quantity)
            limited = limited or limits.low is not None or limits.high is not None
            condition = asked.facts.forecast(machine, quantity)
            yield Progress()
            if condition is None:
                continue
            looked.append(quantity)
            draft.show_condition(condition)
            found = _remaining(quantity, condition)
            if found is not None:
                remaining.append(found)
        known = {one.condition.sentence for one in remaining}
        for condition in asked.facts.conditions(machine):
            found = _remaining("", condition)
            if found is not None and condition.sentence not in known:
                remaining.append(found)
                draft.show_condition(condition)
    for condition in damage:
        draft.show_condition(condition)
    remaining.sort(key=lambda one: one.soonest)
    yield _conclusion(draft, remaining, damage, looked, limited=limited)


def _quantities(asked: Asked, machine: str) -> tuple[str, ...]:
    there = asked.facts.quantities(machine)
    asked_for = asked.question.quantity
    if asked_for in there:
        return (asked_for,)
    limited = asked.facts.machine(machine).limits
    return tuple(quantity for quantity in there if quantity in limited)


def _remaining(quantity: str, condition: Condition) -> Remaining | None:
    likely = condition.figures.get(TO_LIMIT)
    if likely is None:
        return None
    window = condition.figures.get(WINDOW)
    if window is not None and likely[0] > REACH * window[0]:
        return None
    soonest = condition.figures.get(SOONEST, likely)[0]
    latest = condition.figures.get(LATEST)
    return Remaining(quantity, condition, likely[0], soonest, None if latest is None else latest[0])


def _conclusion(
    draft: Draft,
    remaining: list[Remaining],
    damage: list[Condition],
    looked: list[str],
    *,
    limited: bool,
) -> Conclusion:
    asked, names = draft.asked, draft.asked.names(draft.asked.machines, most=3)
    confidence = 0.0
    worst = damage[0] if damage else None
    if damage:
        name = asked.name(damage[0].machine)
        draft.say(
            f"{name}: {asked.trouble(damage[0])}; how long that lasts cannot be told from it.",
            f"{name}: {asked.trouble(damage[0])}; wie lange das hält, lässt sich daraus nicht "
            "sagen.",
        )
        confidence = 0.6
    if remaining:
        first = remaining[0]
        _say_remaining(draft, first)
        confidence = max(confidence, 0.4 + 0.5 * first.condition.confidence)
        worst = first.condition if worst is None or worst.state is not State.FAULT else worst
        return draft.conclude(Outcome.ANSWERED, confidence, worst=worst)
    if looked:
        listed = asked.names(sorted(set(looked)), most=4)
        draft.say(
            f"{listed}: I see no trend that reaches a limit.",
            f"{listed}: Ich sehe keinen Trend, der eine Grenze erreicht.",
        )
        return draft.conclude(Outcome.ANSWERED, max(confidence, 0.6), worst=worst)
    if damage:
        return draft.conclude(Outcome.ANSWERED, confidence, worst=worst)
    if not any(asked.facts.has_data(machine) for machine in asked.machines):
        draft.say(f"I have no data about {names}.", f"Ich habe keine Daten über {names}.")
    elif not limited:
        draft.say(
            f"No limits are described for {names}, so there is nothing to reach; they belong into "
            "the cell file.",
            f"Für {names} sind keine Grenzen beschrieben, also ist keine zu erreichen; sie gehören "
            "in die Zellendatei.",
        )
    else:
        draft.say(
            f"I have too little of {names} to see a trend.",
            f"Ich habe zu wenig von {names}, um einen Trend zu sehen.",
        )
    return draft.conclude(Outcome.NO_DATA, 1.0)


def _say_remaining(draft: Draft, found: Remaining) -> None:
    asked, condition = draft.asked, found.condition
    what = asked.name(found.quantity or condition.method)
    name = asked.name(condition.machine)
    if found.soonest <= 0:
        draft.say(
            f"{name}: {what} is at its limit now.", f"{name}: {what} ist jetzt an der Grenze."
        )
        return
    if found.soonest > FAR_S:
        draft.say(
            f"{name}: {what} does not reach its limit within a year.",
            f"{name}: {what} erreicht die Grenze binnen eines Jahres nicht.",
        )
        return
    soonest = asked.span(round(found.soonest * SECOND_NS), after_in=True)
    if found.latest is None or found.latest > FAR_S:
        draft.say(
            f"{name}: at the present trend {what} reaches its limit in {soonest} at the soonest.",
            f"{name}: bleibt der Trend, erreicht {what} die Grenze frühestens in {soonest}.",
        )
    else:
        latest = asked.span(round(found.latest * SECOND_NS), after_in=True)
        between = asked(f"{soonest} to {latest}", f"{soonest} bis {latest}")
        if soonest == latest:
            between = asked(f"about {soonest}", f"etwa {soonest}")
        draft.say(
            f"{name}: at the present trend {what} reaches its limit in {between}.",
            f"{name}: bleibt der Trend, erreicht {what} die Grenze in {between}.",
        )
    draft.say(
        "Reaching a limit is not failing; look at it before then.",
        "Eine Grenze ist noch kein Ausfall; vorher nachsehen.",
    )
