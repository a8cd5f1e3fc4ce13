"""What changed in a quantity of a machine, in words and as a picture.

Knows nothing of how changes are found. Pure; any thread.
"""

from __future__ import annotations

import numpy as np

from tml_ros.background.condition import Condition, State
from tml_ros.background.trend import chart, duration_words
from tml_ros.background.trend.change_points import LEAST, Change, Kind, levels_changed
from tml_ros.background.trend.even_series import SECOND_NS, Points
from tml_ros.background.trend.prepared_series import Prepared, prepare

METHOD = "change_point"


def change_condition(
    series: Points,
    *,
    machine: str = "",
    quantity: str = "",
    unit: str = "",
    now_ns: int | None = None,
    since_ns: int | None = None,
    picture: bool = True,
) -> Condition:
    """Judge one quantity by its changes of level.

    series: as for `changes`; it should reach back before what is asked about. since_ns: only what
    changed then or later counts ("since yesterday"); None: everything. now_ns: of the cell's time,
    else the last stamp.

    WATCH: it changed; a change of level is no fault by itself. NORMAL: it did not. UNKNOWN: too
    little data. confidence: that what is called a change is one. Its grade is left open.
    """
    unit = unit or str(getattr(series, "unit", ""))
    name = duration_words.name(quantity)
    prepared = prepare(series)
    even = prepared.even
    now = even.start_ns + len(even.values) * even.step_ns if now_ns is None else now_ns
    kept = np.flatnonzero(np.isfinite(prepared.clean))
    if len(kept) < LEAST:
        sentence = f"There are {len(kept)} points of {name}: too little data to look for changes."
        return Condition(machine, METHOD, State.UNKNOWN, now, sentence=sentence)
    found = [
        change
        for change in levels_changed(even.middle_ns[kept], prepared.clean[kept])
        if since_ns is None or change.latest_ns >= since_ns
    ]
    newest = found[-1] if found else None
    span_s = (now - (even.start_ns if since_ns is None else since_ns)) / SECOND_NS
    return Condition(
        machine=machine,
        method=METHOD,
        state=State.NORMAL if newest is None else State.WATCH,
        stamp_ns=now,
        defect="" if newest is None else newest.kind.value,
        confidence=0.9 if newest is None else 0.95,
        sentence=_sentence(found, name, unit, now, span_s),
        figures={} if newest is None else _figures(newest, unit, now),
        picture=_picture(prepared, found, f"{machine} {name}".strip(), unit, now)
        if picture
        else b"",
    )


def _sentence(found: list[Change], name: str, unit: str, now_ns: int, span_s: float) -> str:
    name = name[:1].upper() + name[1:]
    if not found:
        return f"{name} has not changed its level in the last {duration_words.duration(span_s)}."
    change = found[-1]
    ago = duration_words.duration(max(now_ns - change.stamp_ns, 0) / SECOND_NS)
    levels = (
        f"from {duration_words.value(change.before, unit)} "
        f"to {duration_words.value(change.after, unit)}"
    )
    if change.kind is Kind.DRIFT:
        text = f"{name} began to drift {ago} ago, {levels}"
    else:
        text = f"{name} changed {levels} {ago} ago"
    within = (change.latest_ns - change.earliest_ns) / SECOND_NS
    if within > 0:
        text += f" (the moment is known to within {duration_words.duration(within)})"
    if len(found) > 1:
        text += f"; it had changed {len(found) - 1} time{'s' * (len(found) > 2)} before that"
    return text + "."


def _figures(change: Change, unit: str, now_ns: int) -> dict[str, tuple[float, str]]:
    return {
        "before": (change.before, unit),
        "after": (change.after, unit),
        "change": (change.after - change.before, unit),
        "ago_s": ((now_ns - change.stamp_ns) / SECOND_NS, "s"),
        "standard_errors": (change.sure, ""),
    }


def _picture(prepared: Prepared, found: list[Change], title: str, unit: str, now_ns: int) -> bytes:
    marks = [
        chart.Mark(
            change.stamp_ns,
            f"{change.kind.value} {duration_words.value(change.after - change.before, unit)}",
        )
        for change in found[-6:]
    ]
    return chart.draw(
        chart.Plot(
            title=title,
            unit=unit,
            stamps_ns=prepared.even.middle_ns,
            values=prepared.clean,
            raw=prepared.even.values,
            marks=marks,
            now_ns=now_ns,
        )
    )
