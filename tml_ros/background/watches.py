"""Reminders, repeated checks and watches over readings, in the cell's time.

Knows nothing of clocks and topics; how a check is made and a finding said is its user's. One thread
owns it. What comes due is on record until it was `said`, so that a process that ends in between
says it after the restart, under the same id: whoever listens can tell that it is the same.

Time is defined also where it is odd:
- Due ones that nobody said (the cell was off) are said once, late, and say so; of a repeated one
  the missed times are one.
- After a clock that jumped back nothing waits longer than it was asked to from then on: a reminder
  "in 20 minutes" comes at the latest 20 minutes after the jump, one "at 14:30" at the next 14:30.
- A limit is judged by the newest reading, also one that came before the question and is not older
  than `FRESH_NS`. Stamps that step back are not judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import tzinfo
from typing import Any, Final

from tml_ros.background.contracts import Delegation, Urgency
from tml_ros.background.reading import Reading
from tml_ros.background.task_endings import finding_id
from tml_ros.background.time_phrase import DAY_NS, SECOND_NS, next_at, shown_clock, shown_span, when
from tml_ros.background.watch_store import WatchStore
from tml_ros.background.watch_text import (
    Names,
    WatchKind,
    cancelled_kinds,
    limit_in,
    machines_in,
    plain,
    quantities_in,
    reminder_words,
    threshold,
    wanted_kind,
)

MAX_WATCHES: Final = 200
LATE_NS: Final = 60 * SECOND_NS
FRESH_NS: Final = 60 * SECOND_NS
SILENT_NS: Final = 600 * SECOND_NS
LONGEST_WATCH_NS: Final = 31 * DAY_NS
JUMP_NS: Final = SECOND_NS

Latest = Callable[[str, str], Reading | None]


@dataclass(frozen=True, slots=True)
class Watch:
    """One that is waiting. id: of the delegation that asked for it.

    words: what to say or to check. due_ns: when next; of a watch, when it is given up. span_ns: the
    delay or the period, which no jump of the clock makes longer. every_ns: 0 for once. clock: hour
    and minute where it is a time of day. quantity, above, limit, unit: of a watch. told_silent: it
    was said that no readings come. count: how often it came due.
    """

    id: str
    kind: str
    words: str
    asked_by: str
    urgency: str
    asked_ns: int
    due_ns: int
    span_ns: int
    every_ns: int = 0
    clock: tuple[int, int] | None = None
    machine: str = ""
    quantity: str = ""
    above: bool = False
    limit: float = 0.0
    unit: str = ""
    newest_ns: int = -1
    told_silent: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What came due. id: unique, the same after a restart. say: the words, "" for a check.

    value, unit, stamp_ns: of the reading that fulfilled a watch. given_up, silent: a watch that
    ended, or goes on, without being fulfilled. next_ns: when again, None for never.
    """

    id: str
    watch: Watch
    say: str
    due_ns: int
    late: bool = False
    value: float | None = None
    stamp_ns: int | None = None
    silent: bool = False
    next_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to somebody who asked for one, or to stop one. accepted: it was done."""

    say: str
    accepted: bool
    next_ns: int | None = None


class Watches:
    """Everything that the background was told to come back to.

    names: what the machines are called. zone: of times of day, None for this machine's. latest: the
    newest reading of a quantity, where it is known. language: of what is said, "de" or English.
    """

    def __init__(
        self,
        store: WatchStore,
        *,
        names: Names,
        zone: tzinfo | None = None,
        latest: Latest = lambda machine, quantity: None,
        language: str = "en",
    ) -> None:
        """Take up what the store holds."""
        self._store = store
        self._names = names
        self._zone = zone
        self._latest = latest
        self._german = language.startswith("de")
        self._language = language
        self._waiting = {name: _watch(json.loads(body)) for name, body in store.waiting().items()}
        self._since_ns: int | None = None
        """Since when this one has been listening: before, nothing could be heard."""
        self._due = {name: _due(json.loads(body)) for name, body in store.due().items()}

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def waiting(self) -> tuple[Watch, ...]:
        """Everything that waits, in the order it was asked for."""
        return tuple(self._waiting.values())

    def __contains__(self, name: object) -> bool:
        """Whether one of this id waits."""
        return name in self._waiting

    def add(self, asked: Delegation, now_ns: int) -> Answer:
        """Wait for what is asked, or say why not. One of the same id is not taken twice."""
        if asked.id in self._waiting:
            return Answer(self._("I have that on my list already.", "Das habe ich schon."), True)
        if len(self._waiting) >= MAX_WATCHES:
            return self._no(
                f"I keep {MAX_WATCHES} reminders and watches already; cancel one first.",
                f"Ich führe schon {MAX_WATCHES} Erinnerungen und Beobachtungen; bitte erst eine "
                "löschen.",
            )
        text = plain(asked.question)
        kind = WatchKind(asked.kind) if asked.kind in _KINDS else wanted_kind(text)
        if kind is WatchKind.WATCH:
            return self._add_watch(asked, text, now_ns)
        return self._add_timed(asked, text, kind or WatchKind.REMIND, now_ns)

    def cancel(self, name: str) -> Watch | None:
        """Forget the one of this id; None where none waits."""
        watch = self._waiting.pop(name, None)
        if watch is not None:
            self._store.remove(name)
        return watch

    def cancel_by(self, text: str) -> Answer:
        """Forget those that a text names: by id, by kind, by machine, by words."""
        said = plain(text)
        chosen = [watch for watch in self._waiting.values() if plain(watch.id) in said.split()]
        if not chosen:
            kinds, machines = cancelled_kinds(said), machines_in(said, self._names)
            chosen = [
                watch
                for watch in self._waiting.values()
                if (not kinds or WatchKind(watch.kind) in kinds)
                and (not machines or watch.machine in machines)
            ]
            named = [watch for watch in chosen if watch.quantity and watch.quantity in said]
            chosen = named or chosen
        for watch in chosen:
            self.cancel(watch.id)
        if not chosen:
            return self._no(
                "There is nothing of the kind to cancel.", "Da gibt es nichts zu löschen."
            )
        listed = "; ".join(self._described(watch) for watch in chosen[:5])
        more = f" (+{len(chosen) - 5})" if len(chosen) > 5 else ""
        return Answer(self._(f"Cancelled: {listed}{more}.", f"Gelöscht: {listed}{more}."), True)

    def observe(self, reading: Reading, now_ns: int) -> None:
        """Judge a reading by the watches over its quantity."""
        for watch in tuple(self._waiting.values()):
            if watch.machine == reading.machine and watch.quantity == reading.quantity:
                self._judge(watch, reading, now_ns)

    def due(self, now_ns: int) -> tuple[Due, ...]:
        """Everything that is due and not `said` yet, the oldest first. Same until it is said."""
        self._since_ns = min(now_ns, now_ns if self._since_ns is None else self._since_ns)
        for watch in tuple(self._waiting.values()):
            self._let_time_pass(watch, now_ns)
        return tuple(self._due.values())

    def said(self, due_id: str) -> None:
        """What came due is out."""
        if self._due.pop(due_id, None) is not None:
            self._store.said(due_id)

    def _add_timed(self, asked: Delegation, text: str, kind: WatchKind, now_ns: int) -> Answer:
        time = when(text, now_ns, self._zone)
        if time is None or (kind is WatchKind.CHECK and not time.every_ns):
            return self._no(
                'I did not understand when; say for example "in 20 minutes", "at 14:30" or '
                '"every half hour".',
                'Ich habe nicht verstanden, wann; zum Beispiel "in 20 Minuten", "um 14:30" oder '
                '"jede halbe Stunde".',
            )
        machines = machines_in(text, self._names)
        if kind is WatchKind.CHECK and not machines and len(self._names.machines) == 1:
            machines = tuple(self._names.machines)
        if kind is WatchKind.CHECK and len(machines) != 1:
            return self._which("machine", "Maschine", tuple(self._names.machines))
        watch = Watch(
            asked.id,
            kind.value,
            reminder_words(asked.question, time.phrases)[:400],
            asked.asked_by,
            asked.urgency.value,
            now_ns,
            time.due_ns,
            time.every_ns or (DAY_NS if time.clock else time.due_ns - now_ns),
            time.every_ns,
            time.clock,
            machines[0] if machines else "",
        )
        self._keep(watch)
        first = shown_clock(watch.due_ns, self._zone, near_ns=now_ns)
        if watch.every_ns:
            again = shown_span(watch.every_ns, self._language)
            said = self._(
                f"I will do that every {again}, first at {first}: {self._described(watch)}.",
                f"Mache ich alle {again}, zuerst um {first}: {self._described(watch)}.",
            )
        else:
            said = self._(
                f"I will remind you at {first}: {watch.words or 'that is all'}.",
                f"Ich erinnere um {first}: {watch.words or 'das ist alles'}.",
            )
        return Answer(said, True, watch.due_ns)

    def _add_watch(self, asked: Delegation, text: str, now_ns: int) -> Answer:
        limit = threshold(text)
        if limit is None:
            return self._no(
                'I did not understand which limit; say for example "tell me when the temperature '
                'is under 60".',
                "Ich habe die Grenze nicht verstanden; zum Beispiel "
                '"sag mir, wenn die Temperatur unter 60 ist".',
            )
        named = machines_in(text, self._names) or tuple(self._names.machines)
        found = [
            (machine, quantity)
            for machine in named
            for quantity in quantities_in(text, self._names.quantities.get(machine, {}))
        ]
        if not found:
            return self._no(
                f"I have no reading to judge this by; I have {self._everything(named)}.",
                f"Dafür habe ich keinen Messwert; ich habe {self._everything(named)}.",
            )
        if len(found) > 1:
            return self._which("reading", "Messung", tuple(f"{q} of {m}" for m, q in found))
        (machine, quantity) = found[0]
        unit = self._names.quantities[machine][quantity]
        value = limit_in(limit, unit)
        if value is None:
            return self._no(
                f"The {quantity} of {machine} is measured in {unit}, not in {limit.unit}.",
                f"{quantity} von {machine} wird in {unit} gemessen, nicht in {limit.unit}.",
            )
        watch = Watch(
            asked.id,
            WatchKind.WATCH.value,
            "",
            asked.asked_by,
            asked.urgency.value,
            now_ns,
            now_ns + LONGEST_WATCH_NS,
            LONGEST_WATCH_NS,
            machine=machine,
            quantity=quantity,
            above=limit.above,
            limit=value,
            unit=unit,
        )
        self._keep(watch)
        described = self._described(watch)
        said = self._(f"I will tell you when {described}.", f"Ich melde mich, wenn {described}.")
        newest = self._latest(machine, quantity)
        if newest is not None and now_ns - newest.stamp_ns <= FRESH_NS:
            self._judge(watch, newest, now_ns)
        return Answer(said, True, None)

    def _judge(self, watch: Watch, reading: Reading, now_ns: int) -> None:
        if watch.newest_ns - JUMP_NS <= reading.stamp_ns <= watch.newest_ns:
            return
        fulfilled = reading.value > watch.limit if watch.above else reading.value < watch.limit
        if not fulfilled:
            was_silent = watch.told_silent
            # In memory only: a reading a second on disk would wear it out for nothing.
            self._waiting[watch.id] = replace(watch, newest_ns=reading.stamp_ns, told_silent=False)
            if was_silent:
                self._keep(self._waiting[watch.id])
            return
        shown = f"{reading.value:.4g} {watch.unit}".strip()
        said = self._(
            f"The {_spoken(watch.quantity)} of {_spoken(watch.machine)} is "
            f"{'over' if watch.above else 'under'} {watch.limit:.4g} now: {shown}.",
            f"{_spoken(watch.quantity)} von {_spoken(watch.machine)} ist jetzt "
            f"{'über' if watch.above else 'unter'} {watch.limit:.4g}: {shown}.",
        )
        self._fire(
            watch,
            None,
            Due(
                finding_id(watch.id, f"due{watch.count + 1}"),
                watch,
                said,
                now_ns,
                value=reading.value,
                stamp_ns=reading.stamp_ns,
            ),
        )

    def _let_time_pass(self, watch: Watch, now_ns: int) -> None:
        if watch.due_ns - now_ns > watch.span_ns:
            # The clock jumped back.
            due_ns = now_ns + watch.span_ns
            if watch.clock is not None:
                due_ns = next_at(watch.clock, now_ns, self._zone)
            watch = replace(watch, due_ns=due_ns, asked_ns=min(watch.asked_ns, now_ns))
            if due_ns - now_ns <= watch.span_ns:
                self._keep(watch)
        if watch.kind == WatchKind.WATCH.value and not watch.told_silent:
            self._notice_silence(watch, now_ns)
            watch = self._waiting[watch.id]
        if now_ns < watch.due_ns:
            return
        late_ns = now_ns - watch.due_ns
        after = None
        if watch.every_ns:
            due_ns = watch.due_ns + (late_ns // watch.every_ns + 1) * watch.every_ns
            if watch.clock is not None and watch.every_ns == DAY_NS:
                # A day is not always 24 hours.
                due_ns = next_at(watch.clock, now_ns, self._zone)
            after = replace(watch, due_ns=due_ns, count=watch.count + 1)
        self._fire(
            watch,
            after,
            Due(
                finding_id(watch.id, f"due{watch.count + 1}"),
                watch,
                self._words_of(watch, now_ns),
                watch.due_ns,
                late=late_ns > LATE_NS,
                next_ns=None if after is None else after.due_ns,
            ),
        )

    def _notice_silence(self, watch: Watch, now_ns: int) -> None:
        since_ns = max(watch.newest_ns, watch.asked_ns, self._since_ns or 0)
        if now_ns - since_ns <= SILENT_NS:
            return
        after = replace(watch, told_silent=True, count=watch.count + 1)
        said = self._(
            f"I have had no reading of the {_spoken(watch.quantity)} of {_spoken(watch.machine)} "
            f"for {shown_span(now_ns - since_ns, 'en')}; I keep watching.",
            f"Von {_spoken(watch.machine)} kam seit {shown_span(now_ns - since_ns, 'de')} kein "
            f"Messwert {_spoken(watch.quantity)}; ich beobachte weiter.",
        )
        self._fire(
            watch,
            after,
            Due(finding_id(watch.id, f"due{after.count}"), watch, said, now_ns, silent=True),
        )

    def _words_of(self, watch: Watch, now_ns: int) -> str:
        if watch.kind == WatchKind.WATCH.value:
            described = self._described(watch)
            return self._(
                f"I give up waiting until {described}; it did not happen.",
                f"Ich warte nicht mehr darauf, dass {described}; es ist nicht eingetreten.",
            )
        late_ns = now_ns - watch.due_ns
        late = ""
        if late_ns > LATE_NS:
            clock = shown_clock(watch.due_ns, self._zone, near_ns=now_ns)
            ago = shown_span(late_ns, self._language)
            late = self._(
                f", late: it was due at {clock}, {ago} ago",
                f", verspätet: fällig um {clock}, vor {ago}",
            )
        if watch.kind == WatchKind.CHECK.value:
            return late.strip(", ")
        words = watch.words or self._("you asked me to remind you", "du wolltest erinnert werden")
        return self._(f"Reminder{late}: {words}.", f"Erinnerung{late}: {words}.")

    def _fire(self, watch: Watch, after: Watch | None, due: Due) -> None:
        if after is None:
            self._waiting.pop(watch.id, None)
        else:
            self._waiting[watch.id] = after
        self._due[due.id] = due
        self._store.fire(
            watch.id,
            None if after is None else json.dumps(asdict(after)),
            due.id,
            json.dumps(asdict(due)),
        )

    def _keep(self, watch: Watch) -> None:
        self._waiting[watch.id] = watch
        self._store.put(watch.id, json.dumps(asdict(watch)))

    def _described(self, watch: Watch) -> str:
        if watch.kind == WatchKind.WATCH.value:
            side = self._("over", "über") if watch.above else self._("under", "unter")
            return self._(
                f"the {_spoken(watch.quantity)} of {_spoken(watch.machine)} is {side} "
                f"{watch.limit:.4g} {watch.unit}".rstrip(),
                f"{_spoken(watch.quantity)} von {_spoken(watch.machine)} {side} "
                f"{watch.limit:.4g} {watch.unit}".rstrip()
                + " ist",
            )
        if watch.kind == WatchKind.CHECK.value:
            return self._(f"check {_spoken(watch.machine)}", f"{_spoken(watch.machine)} prüfen")
        return watch.words or self._("reminder", "Erinnerung")

    def _everything(self, machines: tuple[str, ...]) -> str:
        listed = [
            f"{quantity} of {machine}"
            for machine in machines
            for quantity in self._names.quantities.get(machine, {})
        ]
        return ", ".join(listed[:8]) or self._("none at all", "gar keinen")

    def _which(self, english: str, german: str, choices: tuple[str, ...]) -> Answer:
        listed = ", ".join(choices[:8]) or self._("there is none", "es gibt keine")
        return self._no(f"Which {english}: {listed}?", f"Welche {german}: {listed}?")

    def _no(self, english: str, german: str) -> Answer:
        return Answer(self._(english, german), False)

    def _(self, english: str, german: str) -> str:
        return german if self._german else english


_KINDS: Final = frozenset(kind.value for kind in WatchKind)


def urgency_of(watch: Watch) -> Urgency:
    """How what comes of it is said."""
    return Urgency(watch.urgency)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _watch(kept: dict[str, Any]) -> Watch:
    clock = kept.get("clock")
    if isinstance(clock, list):
        kept["clock"] = tuple(clock)
    return Watch(**kept)


def _due(kept: dict[str, Any]) -> Due:
    return Due(**{**kept, "watch": _watch(kept["watch"])})
