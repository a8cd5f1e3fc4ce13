from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.report_page import render_report, write_report
from tml_ros.report.session_log import ALARM_LATENCY, Provenance, SessionLog
from tml_ros.report.truth_record import TruthLine, TruthRecord, TruthSpan
from tml_ros.safety.alarm import Priority
from tml_ros.turn.hazard import HazardKind

VOID = {"meta", "img", "br", "link", "input", "hr"}
HOSTILE = "</title><script>alert(1)</script>\"'<img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """Elements with their attributes; complains about what is opened and never closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def full_log(log: SessionLog, visit: Callable[..., None]) -> SessionLog:
    visit(12.4, 20.1)
    visit(30, kind=HazardKind.SIREN, zone="mic", priority=Priority.CRITICAL)
    log.record_speech(
        (log.started_ns or 0) + 13 * 10**9, "Leave the area.", samples=np.zeros(800, np.float32)
    )
    log.record_frame("gate", log.started_ns or 0)
    for value in (20.0, 30.0, 60.0):
        log.record_latency(ALARM_LATENCY, value)
    return log


def test_the_page_tells_the_whole_run(full_log: SessionLog) -> None:
    html = render_report(full_log)
    page = Page(html)
    assert not page.open
    assert "2 alarms in 48 s" in html
    assert "person in press_area from 12.4 s to 20.1 s" in html
    assert "Leave the area." in html
    assert "p95 60.0 ms" in html
    assert "not a safety component" in html
    assert {"alarm-1", "alarm-2"} <= {a.get("id") for a in page.named("article")}
    assert len(page.named("audio")) == 1
    assert "tml-ros replay clip.mp4" in html


def test_true_hazards_stand_beside_what_was_alarmed(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    start = log.started_ns or 0

    def at(seconds: float) -> int:
        return start + round(seconds * 10**9)

    in_zone, helmet = HazardKind.PERSON_IN_ZONE, HazardKind.MISSING_HELMET
    log.truth = TruthRecord(
        spans=(
            TruthSpan(in_zone, "press_area", at(12), at(20), at(12.2)),
            TruthSpan(helmet, "press_area", at(12), at(20), at(12.5)),
            TruthSpan(in_zone, "press_area", at(30), at(33), None),
            TruthSpan(HazardKind.SIREN, "mic", at(36), at(39), at(36.2)),
        ),
        lines=(
            TruthLine("worker", "is it safe?", at(5), at(6), True),
            TruthLine("visitor", "lunch?", at(7), at(8), False),
        ),
    )
    visit(12.4, 20.1)
    visit(24, 25)
    log.record_speech(at(12.5), "Leave the area.")
    html = render_report(log)
    page = Page(html)
    assert not page.open
    assert "1 of 4 true hazards alarmed, 1 missed" in html
    fates = re.findall(r'class="fate (\w+)">.*?</span> ([\w ]+)</span>', html)
    assert fates == [
        ("open", "judged by nobody"),
        ("good", "alarmed"),
        ("open", "not evident"),
        ("bad", "missed"),
    ]
    assert "0.20 s" in html
    assert re.search(r'href="#alarm-2">Alarm 2</a>: person in press_area at 24.0 s', html)
    said = re.search(r'id="speech".*', html, re.DOTALL)
    assert said is not None
    words = re.findall(r"“(.*?)”", said[0])
    assert words == ["is it safe?", "lunch?", "Leave the area."]
    assert ("to the cell" in said[0], "to others" in said[0]) == (True, True)


def test_without_truth_nothing_is_said_of_it(full_log: SessionLog) -> None:
    html = render_report(full_log)
    assert 'id="truth"' not in html
    assert '<th scope="col">Who</th>' not in html


def test_the_page_fetches_nothing_and_runs_no_script(full_log: SessionLog) -> None:
    html = render_report(full_log)
    page = Page(html)
    for name, attributes in page.elements:
        assert name not in {"script", "link", "iframe", "object", "base"}
        for attribute in ("src", "href", "poster", "srcset", "data", "action"):
            value = attributes.get(attribute)
            assert value is None or value.startswith(("data:image/jpeg;", "data:audio/wav;", "#"))
        assert not any(attribute.startswith("on") for attribute in attributes)
    assert not re.search(r"https?://|@import|url\((?!#)", html)


def test_every_picture_and_drawing_has_words(full_log: SessionLog) -> None:
    page = Page(render_report(full_log))
    assert all(attributes.get("alt") for attributes in page.named("img"))
    drawings = [a for a in page.named("svg") if a.get("role") == "img"]
    assert drawings
    assert all(attributes.get("aria-label") for attributes in drawings)
    told = " ".join(str(attributes["aria-label"]) for attributes in drawings)
    assert "alarm 1, high: active unacknowledged, 12.4 s to 20.1 s" in told


def test_hostile_words_stay_words(full_log: SessionLog, visit: Callable[..., None]) -> None:
    visit(40, zone=HOSTILE)
    full_log.record_speech(full_log.started_ns or 0, HOSTILE)
    full_log.record_frame(HOSTILE, full_log.started_ns or 0)
    full_log.counters[HOSTILE] = 1
    full_log.gaps["audio_missing", HOSTILE] = 1
    full_log.record_latency(HOSTILE, 1.0)
    full_log.provenance = Provenance(HOSTILE, (HOSTILE,), ((HOSTILE, HOSTILE),), HOSTILE)
    # The schema refuses such a name; the page must not depend on that.
    full_log.cell = full_log.cell.model_copy(update={"cell": HOSTILE, "model": HOSTILE})
    html = render_report(full_log)
    page = Page(html)
    assert not page.open
    assert not page.named("script")
    assert all("onerror" not in attributes for _, attributes in page.elements)
    assert html.count("&lt;script&gt;") > 8


def test_an_empty_run_gives_a_whole_page(cell: CellDescription) -> None:
    html = render_report(SessionLog(cell))
    assert not Page(html).open
    assert "No alarm in 0.0 s" in html


def test_a_cell_without_cameras_gives_a_whole_page(cell: CellDescription) -> None:
    log = SessionLog(cell.model_copy(update={"cameras": {}, "microphones": {}}))
    assert not Page(render_report(log)).open


def test_the_same_log_gives_the_same_page(full_log: SessionLog, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_report(tmp_path / name, full_log)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_hours_of_alarms_stay_a_page_one_can_mail(
    log: SessionLog, visit: Callable[..., None]
) -> None:
    for index in range(300):
        visit(index / 10, index / 10 + 0.05)
    html = render_report(log)
    assert len(html) < 12_000_000
    assert "100 later alarms" in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_browser_draws_the_page(full_log: SessionLog, tmp_path: Path, scheme: str) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here")
    write_report(tmp_path / "report.html", full_log)
    picture = tmp_path / "page.png"
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            "--window-size=1200,1400",
            f"--screenshot={picture}",
            (tmp_path / "report.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )
    drawn = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB).astype(int)
    sheet = drawn[5, 600]
    assert (sheet.mean() > 200) == (scheme == "light")
    lanes = drawn[230:520].reshape(-1, 3)
    critical = (216, 113, 216) if scheme == "dark" else (143, 29, 143)
    assert (np.abs(lanes - critical).max(axis=1) < 8).sum() > 500, "the alarm bar is drawn"
