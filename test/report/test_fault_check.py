"""What is told of a process that was killed on purpose."""

from __future__ import annotations

import pytest

from tml_ros.report.episodes import Episode
from tml_ros.report.fault_check import check_fault
from tml_ros.report.injected_fault import InjectedFault
from tml_ros.safety.alarm import Priority
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000
FAULT = InjectedFault("interaction", 24 * SECOND)


def episode(
    number: int, kind: HazardKind, zone: str, raised_s: float, gone_s: float | None
) -> Episode:
    gone_ns = None if gone_s is None else round(gone_s * SECOND)
    raised_ns = round(raised_s * SECOND)
    return Episode(number, kind, zone, Priority.MEDIUM, raised_ns, "guard", gone_ns=gone_ns)


BEFORE = episode(1, HazardKind.NODE_LOST, "interaction", 3.0, 4.0)
LOST = episode(2, HazardKind.NODE_LOST, "interaction", 24.6, 31.0)
OTHER_NODE = episode(2, HazardKind.NODE_LOST, "speaker", 24.6, 31.0)
MODEL = episode(3, HazardKind.MODEL_LOST, "", 24.8, 31.0)
SIREN = episode(4, HazardKind.SIREN, "hall", 29.0, 33.0)
AFTER = episode(5, HazardKind.IMPACT_SOUND, "hall", 40.0, 41.0)


@pytest.mark.parametrize(
    ("episodes", "alarmed_s", "gone_s", "others", "words"),
    [
        ([BEFORE], None, None, [], "nothing was alarmed"),
        ([BEFORE, OTHER_NODE], None, None, [], "nothing was alarmed"),
        ([LOST], 0.6, 7.0, [], "node lost after 0.6 s; it was back after 7.0 s."),
        ([LOST, MODEL, SIREN, AFTER], 0.6, 7.0, [MODEL, SIREN], "the guardian raised siren."),
        ([episode(2, *(LOST.kind, LOST.zone, 24.6, None)), AFTER], 0.6, None, [AFTER], "not back"),
    ],
)
def test_a_fault_is_told_with_its_alarm_and_with_what_was_found_meanwhile(
    episodes: list[Episode],
    alarmed_s: float | None,
    gone_s: float | None,
    others: list[Episode],
    words: str,
) -> None:
    check = check_fault(FAULT, episodes)
    assert check.alarmed_s == (None if alarmed_s is None else pytest.approx(alarmed_s))
    assert check.gone_s == (None if gone_s is None else pytest.approx(gone_s))
    assert list(check.others) == others
    assert words in check.sentence
