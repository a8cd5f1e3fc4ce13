"""What a question means: which kind it is, which machine and quantity, since when; or not sure.

English and German, typed or misheard. Knows nothing of answers; the names of the cell are given.
Where two readings are as good, it says so by its confidence and by `candidates`. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Final

from tml_ros.background.machine import Machine
from tml_ros.background.question_time import Since, since_in
from tml_ros.background.question_words import (
    ENGLISH,
    GERMAN,
    KIND_RULES,
    MACHINE_NOUNS,
    QUANTITY_WORDS,
    Rule,
)
from tml_ros.background.spoken import quantity_words, spoken_name
from tml_ros.background.words import ALIKE, likeness, words


class QuestionKind(str, Enum):
    """What is asked for."""

    STATUS = "status"
    WHY_STOPPED = "why_stopped"
    SAFE_TO_RESTART = "safe_to_restart"
    WHAT_CHANGED = "what_changed"
    WHEN_FAIL = "when_fail"
    WHAT_TO_DO = "what_to_do"
    QUANTITY = "quantity"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    machine: its name, or None: none was named. candidates: those that may be meant where it is not
    sure which. unknown_machine: words that name one that the cell does not have, or "".
    quantity: a name of a quantity of that machine, or None; quantity_word: what was said for it.
    since: the span spoken of, or None. language: "en" or "de". confidence: 0..1, of it all.
    """

    text: str
    kind: QuestionKind
    machine: str | None
    candidates: tuple[str, ...]
    unknown_machine: str
    quantity: str | None
    quantity_word: str
    since: Since | None
    language: str
    confidence: float


def understand(
    text: str,
    machines: Sequence[Machine],
    quantities: Mapping[str, Sequence[str]],
    *,
    now_ns: int,
    zone: tzinfo | None = None,
    language: str = "en",
    kind: str = "",
    earlier: Iterable[str] = (),
) -> Question:
    """Read a question.

    quantities: by machine. language: where the question does not tell. kind: a `QuestionKind`'s
    value where it is known beforehand. earlier: what was said before, newest first: "it" is the
    machine that was last spoken of.
    """
    said = words(text)
    spoken_in = _language(said, language)
    named = _machine(said, machines)
    if named.name is None and not named.candidates and not named.unknown:
        named = _from_before(named, machines, earlier)
    meant = [m for m in machines if named.name in (None, m.name)]
    of_names = {word for machine in meant for called in _called(machine) for word in words(called)}
    quantity, word = _quantity(
        [word for word in said if word not in of_names],
        [q for machine in meant for q in quantities.get(machine.name, ())],
    )
    found, sure = _kind(said, quantity_said=bool(word), machine_said=named.sure > 0)
    if kind in {one.value for one in QuestionKind}:
        found, sure = QuestionKind(kind), 1.0
    return Question(
        text,
        found,
        named.name,
        named.candidates,
        named.unknown,
        quantity,
        word,
        since_in(text, now_ns, zone),
        spoken_in,
        round(sure * (named.sure if named.name is not None else 1.0), 3),
    )


def _language(said: Sequence[str], fallback: str) -> str:
    german = sum(word in GERMAN for word in said)
    english = sum(word in ENGLISH for word in said)
    if german == english:
        return "de" if fallback.startswith("de") else "en"
    return "de" if german > english else "en"


@dataclass(frozen=True, slots=True)
class _Named:
    """sure: 0 where no machine was spoken of."""

    name: str | None = None
    candidates: tuple[str, ...] = ()
    unknown: str = ""
    sure: float = 0.0


MAX_BARE_NAME: Final = 4
"""Words up to which a machine's name alone is taken for a question after it."""
_NEAR: Final = 0.05
_FROM_BEFORE: Final = 0.8
_BY_PART_OF_NAME: Final = 0.85


def _machine(said: Sequence[str], machines: Sequence[Machine]) -> _Named:
    """The machine that is named, by its whole name or alias, else by a word that only it has."""
    whole: dict[str, tuple[int, float]] = {}
    for machine in machines:
        for called in _called(machine):
            length, score = _place(words(called), said)
            if score >= ALIKE:
                whole[machine.name] = max(whole.get(machine.name, (0, 0.0)), (length, score))
    if whole:
        longest = max(length for length, _ in whole.values())
        scores = {name: score for name, (length, score) in whole.items() if length == longest}
        best = max(scores.values())
        near = tuple(name for name, score in scores.items() if score >= best - _NEAR)
        if len(near) == 1:
            return _Named(near[0], sure=best)
        return _Named(candidates=near, sure=best)
    return _by_part(said, machines)


def _called(machine: Machine) -> tuple[str, ...]:
    """What a machine is called, also by the German for its English name."""
    return (machine.name, *machine.aliases, spoken_name(machine.name, "de"))


def _place(name: Sequence[str], said: Sequence[str]) -> tuple[int, float]:
    """Where in a question a name stands, as its length in words and how alike it is, 0 for not."""
    best = 0.0
    for start in range(len(said) - len(name) + 1):
        alike = [likeness(n, w) for n, w in zip(name, said[start:], strict=False)]
        if alike and min(alike) >= ALIKE:
            best = max(best, sum(alike) / len(alike))
    joined = "".join(name)
    if len(name) > 1 and joined.isalpha():
        # "feedpump"; a name with a number falls into the same words either way.
        best = max([best, *(likeness(joined, word) for word in said)])
    return len(name), best


def _by_part(said: Sequence[str], machines: Sequence[Machine]) -> _Named:
    found: list[str] = []
    other_number = ""
    for machine in machines:
        for called in _called(machine):
            name = words(called)
            nouns = [word for word in name if not word[0].isdigit() and len(word) >= 3]
            numbers = [word for word in name if word[0].isdigit()]
            for place, word in enumerate(said):
                if not any(likeness(noun, word) >= ALIKE for noun in nouns):
                    continue
                following = said[place + 1] if place + 1 < len(said) else ""
                if following.isdigit() and following not in numbers and len(following) <= 3:
                    other_number = other_number or f"{word} {following}"
                elif machine.name not in found:
                    found.append(machine.name)
    if other_number:
        return _Named(unknown=other_number, sure=1.0)
    if len(found) == 1:
        return _Named(found[0], sure=_BY_PART_OF_NAME)
    if found:
        return _Named(candidates=tuple(found), sure=_BY_PART_OF_NAME)
    stranger = next((word for word in said if word in MACHINE_NOUNS), "")
    return _Named(unknown=stranger, sure=1.0 if stranger else 0.0)


def _from_before(named: _Named, machines: Sequence[Machine], earlier: Iterable[str]) -> _Named:
    for sentence in earlier:
        before = _machine(words(sentence), machines)
        if before.name is not None:
            return _Named(before.name, sure=_FROM_BEFORE * before.sure)
    if len(machines) == 1:
        return _Named(machines[0].name, sure=1.0)
    return named


def _quantity(said: Sequence[str], quantities: Sequence[str]) -> tuple[str | None, str]:
    """The quantity that is asked for, of those there are, and what was said for it."""
    best, found, spoken = 0.0, None, ""
    for quantity in dict.fromkeys(quantities):
        asked = quantity_words(quantity)
        hits = {word: max(likeness(one, word) for one in asked) for word in said}
        hits = {word: alike for word, alike in hits.items() if alike >= ALIKE}
        if all(word[0].isdigit() for word in hits):
            continue
        # Of "oil_temperature" and "temperature" the one with less left over is meant.
        score = sum(hits.values()) - 0.01 * len(words(quantity))
        if score > best:
            best, found, spoken = score, quantity, next(iter(hits))
    if found is not None:
        return found, spoken
    for word in said:
        for general, synonyms in QUANTITY_WORDS.items():
            if any(likeness(synonym, word) >= ALIKE for synonym in synonyms):
                fitting = [q for q in dict.fromkeys(quantities) if general in words(q)]
                return (min(fitting, key=len) if fitting else None), word
    return None, ""


def _kind(
    said: Sequence[str], *, quantity_said: bool, machine_said: bool
) -> tuple[QuestionKind, float]:
    scores: dict[QuestionKind, float] = {}
    for value, rules in KIND_RULES.items():
        kind = QuestionKind(value)
        best = max((_score(rule, said) for rule in rules), default=0.0)
        if kind is QuestionKind.QUANTITY:
            best = max(best, 0.75) if quantity_said else 0.0
        if best:
            scores[kind] = best
    if not scores:
        if machine_said and len(said) <= MAX_BARE_NAME:
            return QuestionKind.STATUS, 0.6
        return QuestionKind.UNKNOWN, 0.3
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    kind, best = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    return kind, best if best - rival >= _NEAR else best * 0.8


def _score(rule: Rule, said: Sequence[str]) -> float:
    """The rule's weight if each of its groups has a word in the question, else 0."""
    weakest = 1.0
    for group in rule.groups:
        alike = max((_hit(stem, word) for stem in group for word in said), default=0.0)
        if alike < ALIKE:
            return 0.0
        weakest = min(weakest, alike)
    if any(_hit(stem, word) == 1.0 for stem in rule.without for word in said):
        return 0.0
    return rule.weight * weakest


def _hit(stem: str, word: str) -> float:
    """How well a word fits: "stop*" any word that so begins, "stop" the word itself."""
    if stem.endswith("*"):
        return 1.0 if word.startswith(stem[:-1]) else likeness(stem[:-1], word)
    return likeness(stem, word)
