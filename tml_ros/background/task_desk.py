"""The life of delegations: each one accepted ends with exactly one final finding, on record.

Knows nothing of how answers are found, of messages or of clocks. One thread owns a desk and calls
all of it; `counts` and `problems` may be read by any. What a call returns is on record before it
returns (see `TaskStore` for when that is not possible) and counts as handed on once the next call
comes: what a restart finds not handed on, `resume` gives again. So a finding can come twice, with
the same id, and is never lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tml_ros.background import task_endings
from tml_ros.background.contracts import (
    Delegation,
    Evidence,
    Finding,
    Outcome,
)
from tml_ros.background.task import DeskLimits, Task
from tml_ros.background.task_endings import final_finding, finding_id, refused_at_the_door
from tml_ros.background.task_queue import TaskQueue
from tml_ros.background.task_record import (
    TaskRecord,
    TaskState,
    content_digest,
    new_record,
    without_context,
)
from tml_ros.background.task_reports import TaskReports
from tml_ros.background.task_store import TaskStore

CONCLUSIONS: Final = (Outcome.ANSWERED, Outcome.NO_DATA, Outcome.FAILED, Outcome.REFUSED)
"""How work on a task can end by itself."""


class TaskDesk:
    """Takes delegations in, gives tasks out and gives every delegation its end.

    `resume` is called once, before anything else. Times are `int` nanoseconds of the cell's time.
    """

    def __init__(self, store: TaskStore, *, limits: DeskLimits | None = None) -> None:
        """Take over what the store has; the store is the desk's from now on."""
        self._store = store
        self._limits = limits if limits is not None else DeskLimits()
        self._queue = TaskQueue()
        self._working: dict[str, TaskReports] = {}
        self._handing_on: list[str] = []
        self._now_ns = 0
        self._dropped = 0
        self._refused = 0
        for record in store.open_records():
            if record.state is TaskState.WORKING:
                store.put(replace(record, state=TaskState.QUEUED, broken=record.broken + 1))
            self._queue.add(record)

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps the tasks from being kept, in sentences; empty where all is well."""
        return self._store.problems

    @property
    def counts(self) -> Mapping[str, int]:
        """Queued, in work, ended and kept; refused unaccepted; and answers that came to nothing."""
        is_open, ended = self._store.counts
        working = len(self._working)
        return {
            "queued": is_open - working,
            "working": working,
            "ended": ended,
            "refused_unaccepted": self._refused,
            "answers_dropped": self._dropped,
        }

    def resume(self, now_ns: int) -> tuple[Finding, ...]:
        """After a start: findings that were not handed on, and the ends of what cannot go on."""
        findings = [self._recorded(record) for record in self._store.untold()]
        for record in self._store.open_records():
            if not _readable(record.asked):
                findings.append(self._end(record, task_endings.unreadable(record), now_ns))
            elif record.broken >= self._limits.attempts:
                findings.append(self._end(record, task_endings.broken_off(record), now_ns))
        findings += self._give_up(now_ns)
        return self._done(findings, now_ns)

    def submit(self, delegation: Delegation, now_ns: int) -> tuple[Finding, ...]:
        """Take a delegation in; what of it or of others has ended by that.

        Nothing, where it was accepted or is being worked on already. Where it had ended, its
        final finding again.
        """
        return self.submit_all((delegation,), now_ns)

    def submit_all(self, delegations: Iterable[Delegation], now_ns: int) -> tuple[Finding, ...]:
        """Take in several, in this order, with one write to the disk for all."""
        findings = self._give_up(now_ns)
        for delegation in delegations:
            findings += self._take_in(delegation, now_ns)
        return self._done(findings, now_ns, wait=True)

    def next_task(self, now_ns: int) -> Task | None:
        """The next to work on; None where nothing waits.

        The most urgent; of those one in time rather than a late one; of those the oldest.
        """
        task_id = self._queue.next_id(now_ns)
        record = None if task_id is None else self._store.get(task_id)
        if record is None:
            self._done([], now_ns)
            return None
        self._queue.remove(record)
        record = replace(record, state=TaskState.WORKING, begun=record.begun + 1)
        self._store.put(record)
        self._working[record.id] = TaskReports(
            now_ns, first_ns=self._limits.first_progress_ns, every_ns=self._limits.progress_ns
        )
        delegation = Delegation.model_validate_json(record.asked)
        self._done([], now_ns, wait=True)
        return Task(delegation, record.begun, now_ns, record.late(now_ns))

    def is_open(self, task: Task) -> bool:
        """Whether work on it is still wanted: it was not cancelled or superseded meanwhile."""
        return self._at_work(task) is not None

    def progress(
        self,
        task: Task,
        now_ns: int,
        *,
        say: str = "",
        show: str = "",
        evidence: Sequence[Evidence] = (),
    ) -> Finding | None:
        """The report to hand on, or None: too soon after the last, or nobody waits for it.

        Texts that are too long are cut. Reports are not on record.
        """
        record = self._at_work(task)
        if record is None or record.orphaned:
            return None
        reports = self._working[task.id]
        return reports.report(record, now_ns, say=say, show=show, evidence=evidence)

    def conclude(self, task: Task, finding: Finding, now_ns: int) -> tuple[Finding, ...]:
        """End a task with what was found; the finding to hand on, completed.

        Its id, delegation, stamp, asker, lateness and whether it is orphaned are set here.
        Nothing is returned, and the answer counted as dropped, where the task has ended already.
        Raises ValueError for an outcome that work cannot end with.
        """
        if finding.outcome not in CONCLUSIONS:
            raise ValueError(f"a task cannot be concluded as {finding.outcome.value!r}")
        record = self._at_work(task)
        if record is None:
            self._dropped += 1
            return self._done([], now_ns)
        return self._done([self._end(record, finding, now_ns)], now_ns)

    def cancel(self, task_id: str, now_ns: int) -> tuple[Finding, ...]:
        """Give up a delegation; its end, or nothing where it is unknown or has ended."""
        record = self._store.get(task_id)
        if record is None or not record.open:
            return self._done([], now_ns)
        ending = task_endings.cancelled(record, None)
        return self._done([self._end(record, ending, now_ns)], now_ns)

    def asker_gone(self, name: str) -> int:
        """Nobody called this waits any more; how many delegations that orphans.

        They are worked on all the same, for the record.
        """
        orphans = [
            record
            for record in self._store.open_records()
            if record.asked_by == name and not record.orphaned
        ]
        for record in orphans:
            self._store.put(replace(record, orphaned=True))
        self._done([], self._now_ns, wait=True)
        return len(orphans)

    def tidy(self, now_ns: int) -> tuple[Finding, ...]:
        """Give up what is long overdue and forget what is too old; once a minute is enough."""
        return self._done(self._give_up(now_ns), now_ns)

    def close(self) -> None:
        """An orderly end: what is in work goes back into the queue and is no failed attempt."""
        for record in self._store.open_records():
            if record.state is TaskState.WORKING:
                self._store.put(replace(record, state=TaskState.QUEUED))
        self._done([], self._now_ns)
        self._store.close()

    def _take_in(self, delegation: Delegation, now_ns: int) -> list[Finding]:
        known = self._store.get(delegation.id)
        if known is not None:
            return self._again(known, delegation, now_ns)
        if delegation.id in (delegation.cancels, delegation.supersedes):
            return [self._refuse(delegation, "it is aimed at itself", now_ns)]
        if delegation.cancels is not None:
            return self._take_cancellation(delegation, delegation.cancels, now_ns)
        record = new_record(delegation, self._store.next_number())
        replaced = self._open(delegation.supersedes)
        at_work = self._working.keys() - {delegation.supersedes}
        crowded_out = self._queue.crowded_out(
            record,
            places=self._limits.open - len(at_work),
            chars=self._limits.chars,
            leaves=replaced,
        )
        if crowded_out == (record.id,):
            waiting = len(self._queue)
            ending = task_endings.crowded(record, waiting)
            return [self._refuse(delegation, ending.show, now_ns, say=ending.say)]
        findings = []
        for other in map(self._open, crowded_out):
            if other is not None:
                ending = task_endings.crowded(other, len(self._queue))
                findings.append(self._end(other, ending, now_ns))
        if replaced is not None:
            ending = task_endings.superseded(replaced, record.id)
            findings.append(self._end(replaced, ending, now_ns))
        self._store.put(record)
        self._queue.add(record)
        return findings

    def _again(self, known: TaskRecord, delegation: Delegation, now_ns: int) -> list[Finding]:
        if content_digest(delegation) != known.digest:
            reason = f"the id {known.id!r} was used for something else: "
            reason += task_endings.asked_words(known)
            return [self._refuse(delegation, reason, now_ns)]
        if known.open:
            if known.orphaned:
                self._store.put(replace(known, orphaned=False))
            return []
        finding = self._recorded(known)
        if finding.orphaned:
            # Who asks again waits again.
            finding = finding.model_copy(update={"orphaned": False, "urgency": known.urgency})
        return [finding]

    def _take_cancellation(
        self, delegation: Delegation, cancels: str, now_ns: int
    ) -> list[Finding]:
        other = self._store.get(cancels)
        if other is None or not other.open:
            state = "has ended already" if other is not None else "is not known"
            return [self._refuse(delegation, f"{cancels!r} {state}", now_ns)]
        ending = task_endings.cancelled(other, delegation.asked_by)
        record = new_record(delegation, self._store.next_number())
        answer = task_endings.cancellation(other)
        return [self._end(other, ending, now_ns), self._end(record, answer, now_ns)]

    def _refuse(
        self, delegation: Delegation, reason: str, now_ns: int, *, say: str = ""
    ) -> Finding:
        self._refused += 1
        digest = content_digest(delegation)
        return refused_at_the_door(delegation, digest, reason, now_ns, say=say)

    def _give_up(self, now_ns: int) -> list[Finding]:
        overdue = map(self._open, self._queue.overdue(now_ns, self._limits.give_up_ns))
        return [
            self._end(record, task_endings.given_up(record), now_ns)
            for record in overdue
            if record is not None
        ]

    def _end(self, record: TaskRecord, ending: Finding, now_ns: int) -> Finding:
        finding = final_finding(record, ending, now_ns)
        self._queue.remove(record)
        self._working.pop(record.id, None)
        self._store.put(
            replace(
                record,
                state=TaskState.ENDED,
                asked=without_context(record.asked),
                finding=finding.model_dump_json(),
                ended_number=self._store.next_number(),
                ended_ns=now_ns,
            )
        )
        return finding

    def _open(self, task_id: str | None) -> TaskRecord | None:
        record = None if task_id is None else self._store.get(task_id)
        return record if record is not None and record.open else None

    def _at_work(self, task: Task) -> TaskRecord | None:
        record = self._open(task.id) if task.id in self._working else None
        return record if record is not None and record.begun == task.attempt else None

    def _recorded(self, record: TaskRecord) -> Finding:
        try:
            return Finding.model_validate_json(record.finding)
        except ValueError:
            return final_finding(record, task_endings.unreadable(record), record.ended_ns)

    def _done(
        self, findings: Sequence[Finding], now_ns: int, *, wait: bool = False
    ) -> tuple[Finding, ...]:
        self._now_ns = now_ns
        for task_id in self._handing_on:
            record = self._store.get(task_id)
            if record is not None and not record.open and not record.told:
                self._store.put(replace(record, told=True))
        self._handing_on = [
            finding.delegation
            for finding in findings
            if finding.delegation and finding.id == finding_id(finding.delegation, "end")
        ]
        self._store.commit(now_ns, wait=wait or bool(findings))
        return tuple(findings)


def _readable(asked: str) -> bool:
    try:
        Delegation.model_validate_json(asked)
    except ValueError:
        return False
    return True
