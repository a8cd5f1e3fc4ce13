"""Whatever happens in whatever order: what was accepted ends once, on record, and is told."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tml_ros.background.contracts import Delegation, Finding, Outcome, Urgency
from tml_ros.background.task import DeskLimits
from tml_ros.background.task_desk import CONCLUSIONS, TaskDesk
from tml_ros.background.task_queue import LEAST_FIRST
from tml_ros.background.task_store import TaskStore

S = 1_000_000_000
LIMITS = DeskLimits(open=4, attempts=2)
IDS = st.sampled_from([f"t{number}" for number in range(12)])
MAYBE_ID = st.one_of(st.none(), st.none(), IDS)
MEMORY = Path("/dev/shm")  # noqa: S108 - only for speed


class DeskMachine(RuleBasedStateMachine):
    """Knows of the desk only what it gave out."""

    @initialize()
    def start(self):
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.opened = 0
        self.now_ns = S
        self.accepted: dict[str, Delegation] = {}
        self.finals: dict[str, Finding] = {}
        self.finding_ids: dict[str, Finding] = {}
        self.tasks = []
        self.reported: dict[str, int] = {}
        self.open_desk()

    def open_desk(self):
        self.store = TaskStore(self.path)
        assert self.store.problems == ()
        self.desk = TaskDesk(self.store, limits=LIMITS)
        self.told(self.desk.resume(self.now_ns))

    @property
    def path(self):
        return self.folder / str(self.opened) / "tasks.db"

    def told(self, findings):
        for finding in findings:
            assert finding.final
            if finding.id != f"{finding.delegation}.end":
                assert finding.outcome is Outcome.REFUSED
                continue
            assert finding.delegation in self.accepted
            known = self.finals.setdefault(finding.delegation, finding)
            # Who asks again after having gone is told what was silent before.
            comparable = {"orphaned": False, "urgency": Urgency.SILENT}
            assert known.model_copy(update=comparable) == finding.model_copy(update=comparable)

    @rule(
        delegation=st.builds(
            Delegation,
            id=IDS,
            question=st.sampled_from(["one thing", "another"]),
            urgency=st.sampled_from(Urgency),
            asked_by=st.sampled_from(["worker", "operator"]),
            supersedes=MAYBE_ID,
            cancels=MAYBE_ID,
        ),
        patience=st.one_of(st.none(), st.integers(0, 30)),
        heard=st.booleans(),
    )
    def submit(self, delegation, patience, heard):
        if patience is not None:
            deadline_ns = self.now_ns + patience * S
            delegation = delegation.model_copy(update={"deadline_ns": deadline_ns})
        name = delegation.id
        before = self.accepted.get(name)
        urgencies = {self.accepted[one].urgency for one in self.waiting()}
        findings = self.desk.submit(delegation, self.now_ns)
        refused = any(one.id.startswith(f"{name}.refused-") for one in findings)
        if before is None:
            if not refused:
                self.accepted[name] = delegation
        else:
            assert refused == (before != delegation)
        for finding in findings:
            other = self.accepted.get(finding.delegation)
            if finding.outcome is Outcome.REFUSED and finding.id == f"{finding.delegation}.end":
                least = min(map(LEAST_FIRST.index, urgencies | {delegation.urgency}))
                assert other is before or LEAST_FIRST.index(other.urgency) == least
        if heard:
            self.told(findings)
        else:
            self.crash()

    def waiting(self):
        return {one.id for one in self.store.open_records()} - {
            task.id for task in self.tasks if self.desk.is_open(task)
        }

    @rule()
    def take(self):
        waiting = self.waiting()
        task = self.desk.next_task(self.now_ns)
        assert (task is None) == (not waiting)
        if task is not None:
            assert task.id in waiting
            assert task.delegation == self.accepted[task.id]
            assert task.id not in self.finals
            self.tasks.append(task)

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), outcome=st.sampled_from(CONCLUSIONS), heard=st.booleans())
    def conclude(self, data, outcome, heard):
        task = data.draw(st.sampled_from(self.tasks))
        was_open = self.desk.is_open(task)
        finding = Finding(id="x", outcome=outcome, say=f"answer {len(self.finding_ids)}")
        findings = self.desk.conclude(task, finding, self.now_ns)
        assert len(findings) == was_open
        assert not self.desk.is_open(task)
        if heard:
            self.told(findings)
        else:
            self.crash()

    @precondition(lambda self: self.tasks)
    @rule(data=st.data())
    def report(self, data):
        task = data.draw(st.sampled_from(self.tasks))
        was_open = self.desk.is_open(task)
        finding = self.desk.progress(task, self.now_ns, say="still at it")
        if finding is not None:
            assert was_open
            assert not finding.final
            assert finding.id not in self.finding_ids
            self.finding_ids[finding.id] = finding
            key = f"{task.id}/{task.attempt}"
            assert self.now_ns - self.reported.get(key, 0) >= 10 * S or key not in self.reported
            self.reported[key] = self.now_ns

    @rule(name=IDS, heard=st.booleans())
    def cancel(self, name, heard):
        findings = self.desk.cancel(name, self.now_ns)
        if heard:
            self.told(findings)
        else:
            self.crash()

    @rule(name=st.sampled_from(["worker", "operator"]))
    def asker_gone(self, name):
        self.desk.asker_gone(name)

    @rule(seconds=st.sampled_from([1, 3, 11, 700]))
    def time_passes(self, seconds):
        self.now_ns += seconds * S
        self.told(self.desk.tidy(self.now_ns))

    @rule()
    def crash(self):
        """Go on from the files as they lie there, as after SIGKILL."""
        source = self.path.parent
        self.opened += 1
        shutil.copytree(source, self.path.parent)
        self.store.close()
        shutil.rmtree(source)
        self.open_desk()

    @rule()
    def restart(self):
        self.desk.close()
        self.open_desk()

    @invariant()
    def nothing_is_lost_and_the_queue_is_bounded(self):
        if not hasattr(self, "desk"):
            return
        assert self.desk.problems == ()
        is_open = {record.id for record in self.store.open_records()}
        assert len(is_open) <= LIMITS.open
        assert is_open == self.accepted.keys() - self.finals.keys()

    def teardown(self):
        if not hasattr(self, "desk"):
            return
        while (task := self.desk.next_task(self.now_ns)) is not None:
            self.tasks.append(task)
        for task in self.tasks:
            finding = Finding(id="x", outcome=Outcome.NO_DATA)
            self.told(self.desk.conclude(task, finding, self.now_ns))
        assert self.accepted.keys() == self.finals.keys()
        for name, finding in self.finals.items():
            assert Finding.model_validate_json(self.store.get(name).finding).id == finding.id
        self.desk.close()
        shutil.rmtree(self.folder)


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
