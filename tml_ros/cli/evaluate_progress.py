"""How far an evaluation has come: a bar on a terminal, a line a minute where stderr is none."""

from __future__ import annotations

import time
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, TextColumn

from tml_ros.bench.evaluation.judged_kinds import guards_judge
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.bench.judge.hazards import AlarmVerdict
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.cli.progress_bar import ProgressBar, time_left, told_column

LINE_S = 60.0


class EvaluationProgress(ProgressBar):
    """Over the scenarios of a plan, gone when they are played.

    scenarios: of the whole plan. seconds: of each. pictures: whether cells have cameras.
    talks: whether there is anybody whose talk can be right or wrong.
    """

    def __init__(
        self, console: Console, *, scenarios: int, seconds: float, pictures: bool, talks: bool
    ) -> None:
        """Nothing is shown before the `with` block is entered."""
        super().__init__(
            console,
            BarColumn(bar_width=16),
            TextColumn("{task.completed}/{task.total}"),
            told_column(),
            total=scenarios,
            refresh_per_second=2,
            told="the first comes soon",
        )
        self._console = console
        self._scenarios = scenarios
        self._seconds = seconds
        self._talks = talks
        self._guards = guards_judge(pictures=pictures)
        self._counts: Counter[str] = Counter()
        self._done = 0
        self._played = 0
        self._began = time.monotonic()
        self._told = self._began

    def take(self, record: ScenarioRecord, *, played: bool = True) -> None:
        """One more is there. played: just now, not by an earlier run."""
        self._done += 1
        self._played += played
        self._count(record)
        self.show(completed=self._done, told=self._line() if played else None)
        if played and not self.visible and time.monotonic() - self._told > LINE_S:
            self._told = time.monotonic()
            self._console.print(
                f"{self._done} of {self._scenarios} scenarios; {self._line()}", soft_wrap=True
            )

    def _count(self, record: ScenarioRecord) -> None:
        kinds = self._guards | {row.kind for row in record.scores}
        judged = record.by_opinion[Opinion.BOTH]
        for span in judged.spans:
            if span.kind in kinds and span.verdict is not Verdict.VOID:
                self._counts["spans"] += 1
                self._counts["found"] += span.verdict is Verdict.RIGHT
        self._counts["false"] += sum(alarm.verdict is AlarmVerdict.FALSE for alarm in judged.alarms)
        for outcome in record.judged.outcomes:
            if outcome.verdict is not Verdict.VOID:
                self._counts["count"] += 1
                self._counts["right"] += outcome.verdict is Verdict.RIGHT
        self._counts["unasked"] += sum(not said.backchannel for said in record.judged.unprovoked)

    def _line(self) -> str:
        """Speed, time left, and how it goes."""
        told = []
        spent = time.monotonic() - self._began
        if self._played and spent > 0:
            left = (self._scenarios - self._done) * spent / self._played
            told.append(f"{self._played * self._seconds / spent:.1f} x real time")
            told.append(time_left(left))
        count = self._counts
        if count["spans"]:
            told.append(f"found {count['found']} of {count['spans']}")
        told.append(f"{count['false']} false")
        if self._talks and count["count"]:
            told.append(f"right {count['right']} of {count['count']}")
            told.append(f"{count['unasked']} unasked")
        return ", ".join(told)
