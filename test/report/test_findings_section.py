"""The page shows what the background found: words, picture, evidence, and none of it as markup."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from tml_ros.background.contracts import Delegation, Evidence, Finding, Outcome
from tml_ros.report.report_page import render_report
from tml_ros.report.session_log import SessionLog

PNG = cv2.imencode(".png", np.full((6, 8, 3), 90, np.uint8))[1].tobytes()
HOSTILE = "</p><script>alert(1)</script>\"'<img src=x onerror=alert(2)>&"


def noticed(say: str, *, name: str = "n", picture: str = "spectrum.png") -> Finding:
    evidence = Evidence(source=f"press_1/{say}", text=f"measured {say}", picture=picture)
    return Finding(
        id=name, outcome=Outcome.NOTICED, say=say, show=say, confidence=0.87, evidence=(evidence,)
    )


def at(log: SessionLog, seconds: float) -> int:
    return (log.started_ns or 0) + round(seconds * 1e9)


def test_a_finding_is_shown_with_its_picture_words_and_evidence(log: SessionLog) -> None:
    log.record_finding(at(log, 5), noticed("Press 1: bearing."), {"spectrum.png": PNG})
    html = render_report(log)
    assert "What the background found" in html
    assert "Press 1: bearing." in html
    assert "measured Press 1: bearing." in html
    assert "confidence 87 %" in html
    assert base64.b64encode(PNG).decode() in html
    assert 'alt="evidence: spectrum.png"' in html


def test_an_answer_stands_below_its_question(log: SessionLog) -> None:
    log.record_question(Delegation(id="q", question="what is wrong with press 1?"))
    log.record_finding(
        at(log, 9), Finding(id="a", delegation="q", outcome=Outcome.NO_DATA, say="No data.")
    )
    html = render_report(log)
    assert html.index("what is wrong with press 1?") < html.index("No data.")
    assert "no data" in html


def test_nothing_that_was_found_asked_or_measured_is_markup(log: SessionLog) -> None:
    log.record_question(Delegation(id="q", question=HOSTILE))
    asked = Finding(id="a", delegation="q", outcome=Outcome.ANSWERED, say=HOSTILE, show=HOSTILE)
    log.record_finding(at(log, 1), asked)
    log.record_finding(at(log, 2), noticed(HOSTILE), {HOSTILE: PNG})
    html = render_report(log)
    assert "alert(1)" in html
    assert "<script" not in html
    assert "<img src=x" not in html
    assert HOSTILE not in html


def test_progress_and_repeats_are_left_out_and_without_findings_there_is_no_section(
    log: SessionLog,
) -> None:
    assert "What the background found" not in render_report(log)
    log.record_finding(at(log, 1), Finding(id="p", outcome=Outcome.PROGRESS, say="Still looking."))
    for _ in range(2):
        log.record_finding(at(log, 2), noticed("Once only."))
    html = render_report(log)
    assert "Still looking." not in html
    assert html.count('<p class="words">Once only.</p>') == 1
