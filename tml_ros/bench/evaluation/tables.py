"""The page's tables: alarms by kind and by who raised them, and behaviour by rule.

Figures and words; the page draws. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.results import Ranking, Results
from tml_ros.bench.evaluation.scale import OnScale, rate_on_scale, share_on_scale
from tml_ros.bench.evaluation.wording import FAULTS, RULES, capital, plain
from tml_ros.bench.judge.interval import Estimate
from tml_ros.bench.judge.totals import HazardTotal, RuleTotal
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """What one opinion made of a kind that it judges.

    spans: to be found; void: that could not be judged. other: what else was wrong, in words.
    """

    who: str
    found: int = 0
    spans: int = 0
    void: int = 0
    recall: OnScale | None = None
    false_alarms: int = 0
    false_rate: OnScale | None = None
    delay_p50: str = ""
    delay_p95: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What the scores of a kind are worth. auc: in words, or "". recall: at one false alarm an
    hour; threshold: the score that gives it.
    """

    kind: str
    auc: str
    recall: OnScale | None
    threshold: str


@dataclass(frozen=True, slots=True)
class KindRows:
    """kind: in words. there: how often it was there, or "" where it never was. unjudged: those who
    have nothing to say of it; they are in no row.
    """

    kind: str
    there: str
    rows: tuple[AlarmRow, ...]
    unjudged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BehaviourRow:
    """name, asks: of the rule. over_speech: the same, of what was due while somebody spoke."""

    name: str
    asks: str
    right: int
    count: int
    void: int
    share: OnScale | None
    delay_p50: str
    delay_p95: str
    faults: tuple[tuple[str, int], ...]
    over_speech: str


def kind_rows(results: Results, names: Mapping[Opinion, str]) -> tuple[KindRows, ...]:
    """Each kind that was there or raised, and who made what of it."""
    return tuple(_kind(results, kind, names) for kind in results.every.kinds)


def never_met(results: Results, opinion: Opinion = Opinion.BOTH) -> tuple[str, ...]:
    """Kinds that are judged, and were neither there nor raised: in words."""
    left = results.judged[opinion] - set(results.every.kinds)
    return tuple(plain(kind.value) for kind in HazardKind if kind in left)


def score_rows(results: Results) -> tuple[ScoreRow, ...]:
    """Kinds for which there is anything to tell apart."""
    return tuple(
        _score_row(kind, row)
        for kind, row in results.every.ranking.items()
        if row.auc is not None or row.at_rate.recall is not None
    )


def behaviour_rows(results: Results) -> tuple[BehaviourRow, ...]:
    """Each rule that came up."""
    over = {row.rule: row for row in results.every.behaviour.by_speech if row.over_speech}
    return tuple(_behaviour_row(row, over.get(row.rule)) for row in results.every.behaviour.rules)


def _kind(results: Results, kind: HazardKind, names: Mapping[Opinion, str]) -> KindRows:
    judging = [one for one in names if kind in results.judged[one]]
    if Opinion.BOTH in judging and len(judging) == 2:
        # Together they are no other than the one of them that judges it.
        judging.remove(Opinion.BOTH)
    return KindRows(
        capital(plain(kind.value)),
        _there(results, kind),
        tuple(_alarm_row(names[one], results.every.hazard(one, kind)) for one in judging),
        tuple(name for one, name in names.items() if one not in (*judging, Opinion.BOTH)),
    )


def _there(results: Results, kind: HazardKind) -> str:
    row = results.every.hazard(Opinion.BOTH, kind)
    if row is None or not row.spans + row.void:
        return ""
    void = f", {row.void} of them not to be judged" if row.void else ""
    times = row.spans + row.void
    return f"{'once' if times == 1 else f'{times} times'}{void}"


def _alarm_row(who: str, row: HazardTotal | None) -> AlarmRow:
    if row is None:
        return AlarmRow(who)
    other = []
    if row.wrong_zone:
        other.append(f"{row.wrong_zone} in the wrong zone")
    if row.overlong:
        other.append(f"{row.overlong} overlong")
    if row.idle_share >= 0.005:
        other.append(f"up in {row.idle_share:.0%} of quiet time")
    return AlarmRow(
        who,
        found=row.found,
        spans=row.spans,
        void=row.void,
        recall=share_on_scale(row.recall),
        false_alarms=row.false_alarms,
        false_rate=rate_on_scale(row.false_per_hour),
        delay_p50=_seconds(row.delay_p50),
        delay_p95=_seconds(row.delay_p95),
        other=", ".join(other),
    )


def _score_row(kind: HazardKind, row: Ranking) -> ScoreRow:
    threshold = row.at_rate.threshold
    return ScoreRow(
        capital(plain(kind.value)),
        "" if row.auc is None else f"{row.auc:.2f}",
        share_on_scale(row.at_rate.recall),
        f"{threshold:.2f}" if threshold <= 1 else "no score gives it",
    )


def _behaviour_row(row: RuleTotal, over: RuleTotal | None) -> BehaviourRow:
    name, asks = RULES[row.rule]
    return BehaviourRow(
        capital(name),
        asks,
        row.right,
        row.count,
        row.void,
        share_on_scale(row.share),
        _seconds(row.delay_p50),
        _seconds(row.delay_p95),
        tuple((FAULTS[fault], count) for fault, count in row.faults),
        f"{over.right} of {over.count}" if over is not None and over.count else "",
    )


def _seconds(found: Estimate | None) -> str:
    return "" if found is None else f"{found.value + 0.0:.2f} s"
