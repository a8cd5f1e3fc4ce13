"""The background of a cell: what it keeps, judges, waits for and answers, as one object.

Knows nothing of ROS, clocks, cell files or of how a question is answered. One thread owns it and
calls all of it; every call is short: `advance` does one piece of work, `busy` says whether more
waits. All that it knows is in one folder. The same calls give the same findings; only what a
reasoner in a thread of its own answers comes when it comes.

Findings are handed out at least once: those of one call count as delivered when the next call
comes, and what a killed process did not deliver is handed out again under the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Final

from tml_ros.background.alarm_note import AlarmNote
from tml_ros.background.condition import Condition, State
from tml_ros.background.condition_monitor import Analysis, Change, ConditionMonitor, Trends
from tml_ros.background.contracts import (
    MAX_SAID,
    MAX_SHOWN,
    Delegation,
    Evidence,
    Finding,
    Outcome,
    Urgency,
)
from tml_ros.background.delegation_json import DelegationError, read_delegation
from tml_ros.background.evidence_folder import EvidenceFolder
from tml_ros.background.history import History
from tml_ros.background.learned_store import LearnedStore
from tml_ros.background.machine import Machine
from tml_ros.background.machine_sounds import MachineSounds
from tml_ros.background.manuals import Manuals
from tml_ros.background.noticed import said, shown
from tml_ros.background.playbook import MaintenanceUrgency, Playbook
from tml_ros.background.reading import Reading, Waveform
from tml_ros.background.reading_watches import ReadingWatches, is_sensor_fault
from tml_ros.background.reasoner import Conclusion, Progress, Reasoner, shortened
from tml_ros.background.reasoner_lane import InlineLane, Lane, ThreadLane
from tml_ros.background.record import Record
from tml_ros.background.state_event import StateEvent
from tml_ros.background.store_names import (
    EVIDENCE_FOLDER,
    HISTORY_FILE,
    LEARNED_FILE,
    MANUALS_FILE,
    RECORD_FILE,
    TASKS_FILE,
    TOLD_FILE,
    WATCHES_FILE,
    WAVEFORMS_FILE,
)
from tml_ros.background.task import DeskLimits, Task
from tml_ros.background.task_desk import TaskDesk
from tml_ros.background.task_endings import finding_id
from tml_ros.background.task_store import TaskStore
from tml_ros.background.tools import Tools
from tml_ros.background.watch_store import WatchStore
from tml_ros.background.watch_text import Names, WatchKind, plain, wanted_kind, wants_cancelling
from tml_ros.background.watches import Answer, Due, Watches, urgency_of
from tml_ros.background.waveform_store import WaveformStore

COMPACT_NS: Final = 1_000_000_000
JUDGED_SECONDS: Final = 4.0
TIDY_NS: Final = 60_000_000_000
CANCEL: Final = "cancel"
_WATCHED: Final = frozenset(kind.value for kind in WatchKind)


def _no_analysis(_: Waveform) -> tuple[Condition, ...]:
    return ()


def _no_trends(_machine: str, _quantity: str, _now_ns: int) -> tuple[Condition, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Setup:
    """What a background is for.

    folder: of its memory, None for none beyond the process. machines: by name. units: machine ->
    quantity -> unit, as far as they are known beforehand. manuals: folder to look things up in.
    listened: machines whose sound is learned and judged. speed_of: machine -> the quantity that
    tells how fast it turns. make_analysis, make_trends: given the history, what judges a waveform,
    and a quantity.
    """

    folder: Path | None = None
    machines: Mapping[str, Machine] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    manuals: Path | None = None
    language: str = "en"
    zone: tzinfo | None = None
    listened: frozenset[str] = frozenset()
    speed_of: Mapping[str, str] = field(default_factory=dict)
    make_analysis: Callable[[History], Analysis] = lambda history: _no_analysis
    make_trends: Callable[[History], Trends] = lambda history: _no_trends
    limits: DeskLimits = field(default_factory=DeskLimits)


class Background:
    """Ties desk, history, conditions, watches and reasoner together.

    reasoner: answers questions, within `advance`. threaded: it may be slow and gets a thread of its
    own; wake: called in that thread when it has something.
    """

    def __init__(
        self,
        setup: Setup,
        reasoner: Reasoner,
        *,
        threaded: bool = False,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take up what the folder holds. Raises OSError where it can be no folder."""
        self._setup = setup
        self._language = setup.language[:2]
        if setup.folder is not None:
            setup.folder.mkdir(parents=True, exist_ok=True)
        self.history = History(self._path(HISTORY_FILE))
        self.waveforms = WaveformStore(self._path(WAVEFORMS_FILE))
        self.record = Record(self._path(RECORD_FILE))
        self.record.set_machines(setup.machines.values())
        self._manuals = Manuals(self._path(MANUALS_FILE)) if setup.manuals is not None else None
        if self._manuals is not None and setup.manuals is not None:
            self._manuals.add_folder(setup.manuals)
        self._evidence = EvidenceFolder(self._path(EVIDENCE_FOLDER))
        self._units = {machine: dict(units) for machine, units in setup.units.items()}
        aliases = {name: machine.aliases for name, machine in setup.machines.items()}
        self._watch_store = WatchStore(self._path(WATCHES_FILE))
        self._watches = Watches(
            self._watch_store,
            names=Names(aliases, self._units),
            zone=setup.zone,
            latest=self.history.latest,
            language=setup.language,
        )
        self._told_store = WatchStore(self._path(TOLD_FILE))
        self._learned = LearnedStore(self._path(LEARNED_FILE))
        self._sounds = MachineSounds(
            (one for name, one in setup.machines.items() if name in setup.listened),
            self._learned,
            self.history,
            speed_of=lambda machine: setup.speed_of.get(machine, "speed"),
        )
        self._levels = ReadingWatches(self._learned)
        self._trends = setup.make_trends(self.history)
        analysis = setup.make_analysis(self.history)
        self._monitor = ConditionMonitor(
            self._told_store,
            analysis=lambda block: (*analysis(self._judged_block(block)), *self._sounds(block)),
            trends=self._judged_quantity,
            keep=lambda condition, part: self.record.add(condition, part=part),
        )
        self._desk = TaskDesk(TaskStore(self._path(TASKS_FILE)), limits=setup.limits)
        tools = Tools(
            self.history,
            self.waveforms,
            # Those that one thread at a time may use get a connection of their own to read by.
            Record(self._path(RECORD_FILE), read_only=True)
            if threaded and setup.folder is not None
            else self.record,
            setup.machines,
            setup.playbooks,
            Manuals(self._path(MANUALS_FILE), read_only=True)
            if threaded and self._manuals is not None and setup.folder is not None
            else self._manuals,
            analysis,
            self._language,
            setup.zone,
        )
        self._lane: Lane = (
            ThreadLane(reasoner, tools, wake=wake) if threaded else InlineLane(reasoner, tools)
        )
        self._task: Task | None = None
        self._resumed = False
        self._early: list[str | bytes] = []
        self._kept_ns: int | None = None
        self._tidied_ns: int | None = None
        self._handed: list[Callable[[], None]] = []
        self._notices = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What stands in the way of keeping everything, in sentences; empty where all is well."""
        count, last = self._monitor.faults
        failed = (f"judging failed {count} times, last: {last}",) if count else ()
        return (
            *self._desk.problems,
            *self.history.problems,
            *self.record.problems,
            *self.waveforms.problems,
            *self._watch_store.problems,
            *self._learned.problems,
            *self._evidence.problems,
            *failed,
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """How much waits and was done."""
        return {
            **self._desk.counts,
            "watches": len(self._watches),
            "noticed": self._notices,
            **{f"readings_{name}": count for name, count in self.history.counts.items()},
        }

    def busy(self, now_ns: int) -> bool:
        """Whether another `advance` would do something at once."""
        if self._early or not self._resumed:
            return True
        if self._task is not None:
            return not self._lane.waits
        return self._desk.counts["queued"] > 0 or self._monitor.pending(now_ns)

    def observe(self, thing: Reading | Waveform | StateEvent, now_ns: int) -> None:
        """Take in a value, a block of vibration or sound, or what a machine says of itself."""
        if isinstance(thing, Waveform):
            self.waveforms.add(thing)
            self._monitor.observe_waveform(thing)
        elif isinstance(thing, Reading):
            self.history.add(thing, now_ns=now_ns)
            self._units.setdefault(thing.machine, {}).setdefault(thing.quantity, thing.unit)
            self._watches.observe(thing, now_ns)
            self._levels.observe(thing)
            self._monitor.observe_reading(thing)
        else:
            self.history.add_event(thing, now_ns=now_ns)

    def observe_alarm(self, note: AlarmNote) -> None:
        """An alarm changed."""
        self.record.add_alarm(note)

    def observe_alarms(self, notes: Iterable[AlarmNote]) -> None:
        """These are all the alarms that are not normal."""
        self.record.set_alarms(notes)

    def submit(self, text: str | bytes, now_ns: int) -> list[Finding]:
        """Take in delegations as JSON; what of it has ended by that: refusals, cancellations."""
        return self.submit_all((text,), now_ns)

    def submit_all(self, texts: Iterable[str | bytes], now_ns: int) -> list[Finding]:
        """Take in several with one write to the disk.

        Before the first `advance`, which comes first of all, they wait for it.
        """
        if not self._resumed:
            self._early += texts
            return []
        out = self._begin_call()
        accepted = []
        for text in texts:
            try:
                delegation = read_delegation(text)
            except DelegationError as error:
                out.append(error.finding(now_ns))
                continue
            if delegation.cancels is not None and delegation.cancels in self._watches:
                self._watches.cancel(delegation.cancels)
                out.append(self._cancelled_watch(delegation, now_ns))
            else:
                accepted.append(delegation)
        out += self._desk.submit_all(accepted, now_ns)
        self._give_up_what_ended()
        return out

    def asker_gone(self, name: str) -> None:
        """Nobody of this name waits for answers any more."""
        self._desk.asker_gone(name)

    def advance(self, now_ns: int) -> list[Finding]:
        """Let time pass and do one piece of work; what came of it."""
        if not self._resumed:
            return self._resume(now_ns)
        if self._early:
            early, self._early = self._early, []
            return self.submit_all(early, now_ns)
        out = self._begin_call()
        if self._kept_ns is None or not 0 <= now_ns - self._kept_ns < COMPACT_NS:
            self._kept_ns = now_ns
            self.history.compact(now_ns)
        for due in self._watches.due(now_ns):
            out += self._on_due(due, now_ns)
        for change in self._monitor.step(now_ns):
            out.append(self._noticed(change, now_ns))
        if out:
            # What the desk gave counts as delivered at its next call, which must not be this one.
            return out
        if self._tidied_ns is None or not 0 <= now_ns - self._tidied_ns < TIDY_NS:
            self._tidied_ns = now_ns
            return list(self._desk.tidy(now_ns)) or self._work(now_ns)
        return self._work(now_ns)

    def close(self) -> None:
        """Stop working and write everything down; what is in work is taken up after the restart."""
        self._lane.close()
        self._desk.close()
        self._sounds.save()
        self._levels.save()
        self._learned.close()
        self.waveforms.close()
        self.history.close()
        self.record.close()
        self._watch_store.close()
        self._told_store.close()
        if self._manuals is not None:
            self._manuals.close()

    def _judged_block(self, block: Waveform) -> Waveform:
        """The newest seconds that came without a gap: more of a signal says more."""
        there = self.waveforms.seconds(block.machine, block.sensor)
        seconds = min(JUDGED_SECONDS, there)
        longer = self.waveforms.latest(block.machine, block.sensor, seconds=seconds)
        return block if longer is None else longer

    def _judged_quantity(self, machine: str, quantity: str, now_ns: int) -> Sequence[Condition]:
        """Its sensor, its level and its way to its limit; what cannot be believed has no way."""
        judged = self._levels.judge(machine, quantity, now_ns)
        if is_sensor_fault(judged) or not self._levels.has_news(machine, quantity):
            return judged
        return (*judged, *self._trends(machine, quantity, now_ns))

    def _path(self, name: str) -> Path | None:
        return None if self._setup.folder is None else self._setup.folder / name

    def _begin_call(self) -> list[Finding]:
        """What was handed out before is delivered by now."""
        for delivered in self._handed:
            delivered()
        self._handed.clear()
        return []

    def _resume(self, now_ns: int) -> list[Finding]:
        """What a process before this one may not have delivered."""
        self._resumed = True
        out = list(self._desk.resume(now_ns))
        for name, body in self._monitor.untold().items():
            out.append(Finding.model_validate_json(body))
            self._delivered(self._monitor.told, name)
        return out

    def _delivered(self, tell: Callable[[str], None], name: str) -> None:
        self._handed.append(lambda: tell(name))

    def _work(self, now_ns: int) -> list[Finding]:
        if self._task is None:
            self._task = self._desk.next_task(now_ns)
            if self._task is None:
                return []
            asked = self._task.delegation
            text = plain(asked.question)
            if asked.kind == CANCEL or (asked.kind == "question" and wants_cancelling(text)):
                return self._settle(self._watches.cancel_by(asked.question), now_ns)
            if asked.kind in _WATCHED or (asked.kind == "question" and wanted_kind(text)):
                return self._settle(self._watches.add(asked, now_ns), now_ns)
            self._lane.begin(asked, now_ns)
        came = self._lane.step()
        if isinstance(came, Progress):
            told = self._desk.progress(self._task, now_ns, say=came.say) if came.say else None
            return [told] if told is not None else []
        if isinstance(came, Conclusion):
            return self._conclude(came, now_ns)
        return []

    def _settle(self, answer: Answer, now_ns: int) -> list[Finding]:
        outcome = Outcome.ANSWERED if answer.accepted else Outcome.REFUSED
        ended = Conclusion(outcome, answer.say, confidence=1.0, next_check_ns=answer.next_ns)
        return self._conclude(ended, now_ns)

    def _conclude(self, ended: Conclusion, now_ns: int) -> list[Finding]:
        task, self._task = self._task, None
        if task is None:
            return []
        self._evidence.keep_all(ended.pictures)
        finding = ended.finding(
            task.delegation, finding_id=finding_id(task.id, "end"), stamp_ns=now_ns
        )
        return list(self._desk.conclude(task, finding, now_ns))

    def _give_up_what_ended(self) -> None:
        if self._task is not None and not self._desk.is_open(self._task):
            self._lane.give_up()
            self._task = None

    def _cancelled_watch(self, delegation: Delegation, now_ns: int) -> Finding:
        told = "Gelöscht." if self._language == "de" else "Cancelled."
        return Finding(
            id=finding_id(delegation.id, "end"),
            delegation=delegation.id,
            outcome=Outcome.ANSWERED,
            say=told,
            show=f"{told} {delegation.cancels}",
            urgency=delegation.urgency,
            confidence=1.0,
            stamp_ns=now_ns,
            asked_by=delegation.asked_by,
        )

    def _on_due(self, due: Due, now_ns: int) -> list[Finding]:
        """A check becomes a question to ourselves; everything else is said."""
        self._delivered(self._watches.said, due.id)
        watch = due.watch
        if watch.kind == WatchKind.CHECK.value:
            german = self._language == "de"
            check = Delegation(
                id=due.id,
                question=f"Wie geht es {watch.machine}?" if german else f"How is {watch.machine}?",
                asked_by=watch.asked_by,
                asked_ns=due.due_ns,
                urgency=urgency_of(watch),
            )
            return list(self._desk.submit(check, now_ns))
        evidence: tuple[Evidence, ...] = ()
        if due.value is not None:
            value = f"{watch.quantity} of {watch.machine} is {due.value:.6g} {watch.unit}".rstrip()
            evidence = (
                Evidence(
                    source=f"{watch.machine}/{watch.quantity}",
                    text=value,
                    value=due.value,
                    unit=watch.unit,
                    stamp_ns=due.stamp_ns,
                ),
            )
        return [
            Finding(
                id=due.id,
                delegation=watch.id,
                outcome=Outcome.NO_DATA if due.silent else Outcome.NOTICED,
                say=shortened(due.say, MAX_SAID),
                show=shortened(due.say, MAX_SHOWN),
                urgency=urgency_of(watch),
                evidence=evidence,
                stamp_ns=now_ns,
                asked_by=watch.asked_by,
                late=due.late,
                next_check_ns=due.next_ns,
            )
        ]

    def _noticed(self, change: Change, now_ns: int) -> Finding:
        condition = change.condition
        machine = self._setup.machines.get(condition.machine)
        playbook = self._setup.playbooks.get(self._language) or self._setup.playbooks.get("en")
        advice = None
        if change.worse and playbook is not None:
            advice = playbook.advise(condition.defect, machine.kind if machine else "")
            if advice is not None and not advice.exact:
                advice = None
        picture = ""
        if condition.picture:
            picture = self._evidence.keep(
                f"{now_ns:020d}_{_safe(change.id)}.png", condition.picture
            )
        now = advice is not None and advice.entry.urgency is MaintenanceUrgency.NOW
        finding = Finding(
            id=change.id,
            outcome=Outcome.NOTICED,
            say=shortened(said(change, advice, self._language), MAX_SAID),
            show=shortened(shown(change, advice), MAX_SHOWN),
            urgency=Urgency.NOW if now and condition.state is State.FAULT else Urgency.WHEN_FREE,
            confidence=min(1.0, max(0.0, condition.confidence)),
            evidence=(
                Evidence(
                    source=f"{condition.machine}/{change.part} ({condition.method})",
                    text=shortened(condition.sentence, 2_000) or condition.state.value,
                    stamp_ns=condition.stamp_ns,
                    picture=picture,
                ),
            ),
            stamp_ns=now_ns,
        )
        self._notices += 1
        self._monitor.note(change, finding.model_dump_json())
        self._delivered(self._monitor.told, change.id)
        return finding


def _safe(name: str) -> str:
    """A short file name for an id."""
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)[:80]
    return f"{kept}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
