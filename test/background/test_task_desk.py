"""Every way in which a delegation can go, and what is found of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tml_ros.background.contracts import Context, Delegation, Finding, Outcome, Urgency, Utterance
from tml_ros.background.task import DeskLimits
from tml_ros.background.task_desk import CONCLUSIONS, TaskDesk
from tml_ros.background.task_store import KeepLimits, TaskStore

S = 1_000_000_000


def ask(name, **fields):
    return Delegation(id=name, **{"question": f"what of {name}?", "asked_by": "worker", **fields})


def found(outcome=Outcome.ANSWERED, say="It is fine.", **fields):
    return Finding(id="x", outcome=outcome, say=say, **fields)


def fresh(path: Path | None = None, *, keep: KeepLimits | None = None, **limits) -> TaskDesk:
    desk = TaskDesk(TaskStore(path, limits=keep), limits=DeskLimits(**limits))
    assert desk.resume(0) == ()
    return desk


@pytest.fixture
def desk():
    return fresh()


def ends(findings):
    return [(finding.delegation, finding.outcome.value) for finding in findings]


def taken(desk, now_ns=0):
    task = desk.next_task(now_ns)
    assert task is not None
    return task


def test_a_question_is_taken_up_and_answered_once(desk):
    asked = ask("a", context=Context(readings={"press_2/temperature": 61.5}))
    assert desk.submit(asked, 1) == ()
    task = taken(desk, 2)
    assert (task.delegation, task.attempt, task.late) == (asked, 1, False)
    assert desk.next_task(2) is None
    (answer,) = desk.conclude(task, found(), 3)
    assert answer == found().model_copy(
        update={"id": "a.end", "delegation": "a", "stamp_ns": 3, "asked_by": "worker"}
    )
    assert desk.conclude(task, found(say="No, it is not."), 4) == ()
    assert desk.counts == {
        "queued": 0,
        "working": 0,
        "ended": 1,
        "refused_unaccepted": 0,
        "answers_dropped": 1,
    }


@pytest.mark.parametrize("outcome", Outcome)
def test_work_ends_as_work_can_end(desk, outcome):
    desk.submit(ask("a"), 0)
    task = taken(desk)
    if outcome in CONCLUSIONS:
        assert ends(desk.conclude(task, found(outcome), 1)) == [("a", outcome.value)]
        return
    with pytest.raises(ValueError, match=outcome.value):
        desk.conclude(task, found(outcome), 1)
    assert desk.is_open(task)


@pytest.mark.parametrize("working", [False, True])
def test_what_is_cancelled_ends_and_its_answer_comes_to_nothing(desk, working):
    desk.submit(ask("a"), 0)
    task = taken(desk) if working else None
    assert ends(desk.cancel("a", 1)) == [("a", "cancelled")]
    assert desk.next_task(1) is None
    if task is not None:
        assert not desk.is_open(task)
        assert desk.progress(task, 60 * S, say="still at it") is None
        assert desk.conclude(task, found(), 2) == ()
    assert desk.cancel("a", 3) == ()
    assert desk.cancel("never asked", 3) == ()


def test_a_delegation_that_cancels_is_answered_itself_and_said_once(desk):
    desk.submit(ask("a"), 0)
    other, answer = desk.submit(ask("stop", cancels="a"), 1)
    assert ends([other, answer]) == [("a", "cancelled"), ("stop", "answered")]
    assert (other.say, answer.say) == ("", "All right, that is cancelled.")
    assert desk.submit(ask("stop", cancels="a"), 2) == (answer,)
    desk.submit(ask("b"), 3)
    told = desk.submit(ask("stop-b", cancels="b").model_copy(update={"asked_by": "operator"}), 3)
    assert "what of b?" in told[0].say


@pytest.mark.parametrize(
    ("delegation", "words"),
    [
        (ask("c", cancels="never"), "'never' is not known"),
        (ask("c", cancels="ended"), "'ended' has ended already"),
        (ask("c", cancels="c"), "aimed at itself"),
        (ask("c", supersedes="c"), "aimed at itself"),
    ],
)
def test_what_is_aimed_at_nothing_is_refused_and_its_id_stays_free(desk, delegation, words):
    desk.submit(ask("ended"), 0)
    desk.conclude(taken(desk), found(), 0)
    (refusal,) = desk.submit(delegation, 1)
    assert ends([refusal]) == [("c", "refused")]
    assert words in refusal.show
    assert words in refusal.say
    assert desk.submit(ask("c"), 2) == ()
    assert desk.counts["refused_unaccepted"] == 1


@pytest.mark.parametrize("working", [False, True])
def test_what_is_superseded_ends_without_a_word_and_the_new_one_is_worked_on(desk, working):
    desk.submit(ask("a"), 0)
    if working:
        taken(desk)
    (end,) = desk.submit(ask("b", supersedes="a"), 1)
    assert ends([end]) == [("a", "superseded")]
    assert (end.say, end.urgency) == ("", Urgency.SILENT)
    assert "`b`" in end.show
    assert taken(desk, 1).id == "b"


def test_what_supersedes_something_that_has_ended_is_a_question_like_any(desk):
    assert desk.submit(ask("b", supersedes="never"), 1) == ()
    assert taken(desk, 1).id == "b"


@pytest.mark.parametrize(("now_ns", "late"), [(10 * S, False), (10 * S + 1, True)])
def test_an_answer_after_the_deadline_is_given_and_says_so(desk, now_ns, late):
    desk.submit(ask("a", deadline_ns=10 * S), 0)
    task = taken(desk, now_ns)
    assert task.late == late
    (answer,) = desk.conclude(task, found(), now_ns)
    assert (answer.late, answer.say.startswith("This comes late.")) == (late, late)


def test_what_is_late_waits_for_what_is_not(desk):
    desk.submit(ask("late", deadline_ns=S), 0)
    desk.submit(ask("open-end"), 0)
    desk.submit(ask("in-time", deadline_ns=9 * S), 0)
    order = [taken(desk, 2 * S).id for _ in range(3)]
    assert order == ["open-end", "in-time", "late"]


def test_what_nobody_came_to_until_long_after_its_deadline_is_given_up(desk):
    desk.submit(ask("a", deadline_ns=S), 0)
    desk.submit(ask("b", deadline_ns=S), 0)
    desk.submit(ask("c", deadline_ns=2 * S), 0)
    task = taken(desk)
    assert desk.tidy(601 * S) == ()
    (end,) = desk.tidy(601 * S + 1)
    assert (ends([end]), end.late) == ([("b", "failed")], True)
    assert "what of b?" in end.say
    assert ends(desk.submit(ask("d"), 700 * S)) == [("c", "failed")]
    assert ends(desk.conclude(task, found(), 700 * S)) == [("a", "answered")]


def test_the_same_again_is_not_worked_on_twice_and_gets_the_same_answer(desk):
    asked = ask("a", context=Context(readings={"x": 1.0, "y": 2.0}))
    again = ask("a", context=Context(readings={"y": 2.0, "x": 1.0}))
    desk.submit(asked, 0)
    assert desk.submit(asked, 1) == ()
    task = taken(desk, 1)
    assert desk.submit(again, 2) == ()
    assert desk.next_task(2) is None
    answer = desk.conclude(task, found(), 3)
    assert desk.submit(again, 9) == answer


@pytest.mark.parametrize("ended", [False, True])
def test_something_else_under_a_used_id_is_refused_and_leaves_the_first_alone(desk, ended):
    desk.submit(ask("a"), 0)
    task = taken(desk)
    answer = desk.conclude(task, found(), 0) if ended else ()
    (refusal,) = desk.submit(ask("a", question="something else"), 1)
    assert ends([refusal]) == [("a", "refused")]
    assert "used for something else: what of a?" in refusal.show
    assert refusal.id not in {"a.end"}
    desk.tidy(1)
    if ended:
        assert desk.submit(ask("a"), 2) == answer
    else:
        assert ends(desk.conclude(task, found(), 2)) == [("a", "answered")]


def test_what_nobody_waits_for_is_worked_on_for_the_record_and_not_said(desk):
    for name in ("a", "b"):
        desk.submit(ask(name), 0)
    desk.submit(ask("c", asked_by="operator"), 0)
    first = taken(desk)
    assert desk.asker_gone("worker") == 2
    assert desk.asker_gone("worker") == 0
    assert desk.progress(first, 60 * S, say="still at it") is None
    (answer,) = desk.conclude(first, found(urgency=Urgency.NOW), 1)
    assert (answer.orphaned, answer.urgency) == (True, Urgency.SILENT)
    tasks = [taken(desk, 1) for _ in range(2)]
    finals = [desk.conclude(task, found(), 2)[0] for task in tasks]
    assert [final.orphaned for final in finals] == [True, False]


def test_who_asks_again_waits_again(desk):
    for name in ("a", "b"):
        desk.submit(ask(name), 0)
    desk.asker_gone("worker")
    desk.submit(ask("a"), 1)
    answers = [desk.conclude(taken(desk, 1), found(), 2)[0] for _ in range(2)]
    assert [answer.orphaned for answer in answers] == [False, True]
    (again,) = desk.submit(ask("b"), 3)
    assert (again.id, again.orphaned, again.urgency) == ("b.end", False, Urgency.WHEN_FREE)


def test_progress_is_told_after_a_while_and_then_every_ten_seconds(desk):
    desk.submit(ask("a"), 0)
    desk.submit(ask("quiet", urgency=Urgency.SILENT), 0)
    task, quiet = taken(desk), taken(desk)
    told = [
        tenth
        for tenth in range(0, 350)
        if desk.progress(task, tenth * S // 10, say="still at it") is not None
    ]
    assert told == [20, 120, 220, 320]
    report = desk.progress(task, 42 * S, say="x" * 700, show="y")
    assert (report.id, report.outcome, len(report.say)) == ("a.p1-5", Outcome.PROGRESS, 600)
    assert not report.final
    assert desk.progress(quiet, 42 * S, say="still at it").urgency is Urgency.SILENT


def test_progress_goes_on_after_a_jump_of_the_clock(desk):
    desk.submit(ask("a"), 100 * S)
    task = taken(desk, 100 * S)
    assert desk.progress(task, 200 * S) is not None
    assert desk.progress(task, 5 * S) is not None
    assert desk.progress(task, 6 * S) is None


def test_a_flood_costs_the_oldest_of_the_least_urgent_and_all_are_told():
    desk = fresh(open=3)
    assert desk.submit(ask("n1", urgency=Urgency.NOW), 0) == ()
    assert desk.submit(ask("f1"), 0) == ()
    assert desk.submit(ask("f2"), 0) == ()
    (end,) = desk.submit(ask("f3"), 1)
    assert ends([end]) == [("f1", "refused")]
    assert end.id == "f1.end"
    assert "3 tasks wait" in end.show
    assert ends(desk.submit(ask("n2", urgency=Urgency.NOW), 1)) == [("f2", "refused")]
    assert ends(desk.submit(ask("n3", urgency=Urgency.NOW), 1)) == [("f3", "refused")]
    (refusal,) = desk.submit(ask("f4"), 2)
    assert ends([refusal]) == [("f4", "refused")]
    assert refusal.id != "f4.end"
    assert ends(desk.submit(ask("n4", urgency=Urgency.NOW), 2)) == [("n1", "refused")]
    assert desk.counts["queued"] == 3
    assert [taken(desk, 3).id for _ in range(3)] == ["n2", "n3", "n4"]
    (refusal,) = desk.submit(ask("n5", urgency=Urgency.NOW), 3)
    assert ends([refusal]) == [("n5", "refused")]


def test_in_a_full_queue_there_is_room_for_what_supersedes():
    desk = fresh(open=2)
    desk.submit(ask("a"), 0)
    desk.submit(ask("b"), 0)
    assert ends(desk.submit(ask("c", supersedes="b"), 0)) == [("b", "superseded")]
    assert ends(desk.submit(ask("d", supersedes="b"), 0)) == [("a", "refused")]
    taken(desk)
    assert ends(desk.submit(ask("e", supersedes="c"), 0)) == [("c", "superseded")]


def test_what_is_refused_supersedes_nothing():
    desk = fresh(chars=1_000)
    desk.submit(ask("a"), 0)
    long = ask("b", supersedes="a", question="x" * 1_500)
    assert ends(desk.submit(long, 0)) == [("b", "refused")]
    assert taken(desk).id == "a"


def test_tasks_outlive_an_orderly_end_as_they_were(tmp_path):
    path = tmp_path / "new" / "tasks.db"
    desk = fresh(path)
    asked = [ask(f"q{number}", deadline_ns=2**63 - 1) for number in range(4)]
    assert desk.submit_all(asked, 0) == ()
    answer = desk.conclude(taken(desk), found(), 1)
    taken(desk, 1)
    desk.asker_gone("worker")
    desk.close()
    for attempt in (2, 3, 4, 5):
        desk = fresh(path)
        task = taken(desk, 2)
        assert (task.delegation, task.attempt) == (asked[1], attempt)
        assert desk.submit(asked[0], 2)[0].say == answer[0].say
        desk.close()
    desk = fresh(path)
    order = [taken(desk, 2) for _ in range(3)]
    assert [task.delegation for task in order] == asked[1:]
    assert desk.conclude(order[0], found(), 3)[0].orphaned
    desk.close()


def test_a_task_handed_out_before_a_restart_is_not_the_one_handed_out_after(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit(ask("a"), 0)
    before = taken(desk)
    desk.close()
    desk = fresh(path)
    after = taken(desk)
    assert (desk.is_open(before), desk.is_open(after)) == (False, True)
    assert desk.conclude(before, found(), 1) == ()
    assert len(desk.conclude(after, found(), 1)) == 1
    desk.close()


def crash_and_reopen(desk, path, now_ns, **limits):
    """What a killed process would have left: the files as they lie there."""
    copy = path.with_name(f"{path.name}+")
    for suffix in ("", "-wal"):
        if Path(f"{path}{suffix}").exists():
            Path(f"{copy}{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    desk.close()
    reopened = TaskDesk(TaskStore(copy), limits=DeskLimits(**limits))
    return reopened, copy, reopened.resume(now_ns)


def test_what_a_crash_cuts_off_is_taken_up_again_and_fails_in_the_end(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit_all([ask("a"), ask("b")], 0)
    for attempt in (1, 2, 3):
        task = taken(desk, attempt)
        assert (task.id, task.attempt) == ("a", attempt)
        desk, path, ended = crash_and_reopen(desk, path, attempt)
        assert ended if attempt == 3 else not ended
    assert ends(ended) == [("a", "failed")]
    assert "cut off by the end of the background 3 times" in ended[0].show
    assert taken(desk, 4).id == "b"
    desk.close()


def test_what_was_not_handed_on_before_a_crash_is_given_again_once(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit_all([ask("a"), ask("b")], 0)
    first = desk.conclude(taken(desk), found(), 1)
    second = desk.conclude(taken(desk, 1), found(), 2)
    desk, path, again = crash_and_reopen(desk, path, 3)
    assert again == second
    assert again != first
    desk.submit(ask("c"), 4)
    desk, path, again = crash_and_reopen(desk, path, 5)
    assert again == ()
    desk.close()


def test_a_refusal_does_not_count_as_the_answer_that_comes_next(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit(ask("a"), 0)
    task = taken(desk)
    desk.submit(ask("a", question="something else"), 1)
    answer = desk.conclude(task, found(), 2)
    desk, path, again = crash_and_reopen(desk, path, 3)
    assert again == answer
    desk.close()


def test_what_is_long_overdue_at_a_start_fails_on_record(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit_all([ask("a", deadline_ns=S), ask("b")], 0)
    desk.close()
    desk = TaskDesk(TaskStore(path))
    assert ends(desk.resume(3_600 * S)) == [("a", "failed")]
    assert taken(desk, 3_600 * S).id == "b"
    desk.close()


def test_what_cannot_be_read_back_fails_on_record(tmp_path):
    path = tmp_path / "tasks.db"
    desk = fresh(path)
    desk.submit_all([ask("a"), ask("b")], 0)
    desk.conclude(taken(desk), found(), 1)
    desk.close()
    store = TaskStore(path)
    for name, field in (("a", "finding"), ("b", "asked")):
        record = store.get(name)
        store.put(type(record)(**{**fields_of(record), field: '{"schema_version": 9}'}))
    store.commit(2)
    store.close()
    desk = TaskDesk(TaskStore(path))
    assert ends(desk.resume(3)) == [("b", "failed")]
    assert "cannot be read back" in desk.submit(ask("a"), 4)[0].show
    desk.close()


def fields_of(record):
    return {name: getattr(record, name) for name in record.__slots__}


def test_an_ended_task_keeps_its_question_and_not_the_conversation(tmp_path):
    store = TaskStore(tmp_path / "tasks.db")
    desk = TaskDesk(store)
    said = Utterance(who="worker", text="private", stamp_ns=0)
    desk.submit(ask("a", context=Context(conversation=(said,))), 0)
    assert "private" in store.get("a").asked
    desk.conclude(taken(desk), found(), 1)
    assert json.loads(store.get("a").asked)["question"] == "what of a?"
    assert "private" not in store.get("a").asked
    desk.close()


def test_what_was_forgotten_can_be_asked_anew():
    desk = fresh(keep=KeepLimits(number=1))
    desk.submit_all([ask("a"), ask("b")], 0)
    for _ in range(2):
        desk.conclude(taken(desk), found(), 1)
    assert desk.counts["ended"] == 1
    assert desk.submit(ask("a"), 2) == ()
    assert ends(desk.submit(ask("b"), 2)) == [("b", "answered")]
