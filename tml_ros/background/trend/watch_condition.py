"""What a watch over one quantity says right now, in words and as a picture.

A sensor that cannot be believed comes before anything else. Knows nothing of how the watch decides.
Owned by the thread that owns the watch.
"""

from __future__ import annotations

import numpy as np

from tml_ros.background.condition import Condition, State
from tml_ros.background.trend import chart, duration_words
from tml_ros.background.trend.even_series import HOUR_NS, SECOND_NS, Floats
from tml_ros.background.trend.sensor_condition import METHOD as SENSOR
from tml_ros.background.trend.sensor_condition import SURE, sensor_state
from tml_ros.background.trend.series_watch import LEARN_H, SeriesWatch

METHOD = "change_point"
CONFIDENCE = 0.9


def watch_condition(
    watch: SeriesWatch,
    *,
    machine: str,
    quantity: str,
    now_ns: int,
    unit: str = "",
    picture: bool = True,
) -> Condition:
    """NORMAL, WATCH where the quantity has left its normal, UNKNOWN while that is being learned.

    With a sensor fault the method is "sensor", else "change_point".
    """
    name = duration_words.name(quantity)
    faults = list(watch.screen.active.values())
    stamps, values = watch.hourly
    marks = [chart.Mark(fault.since_ns, fault.fault.value.replace("_", " ")) for fault in faults]
    method, state, defect, sure = METHOD, State.NORMAL, "", CONFIDENCE
    figures: dict[str, tuple[float, str]] = {}
    if faults:
        method, state, defect = SENSOR, sensor_state(faults), faults[0].fault.value
        sure = SURE[faults[0].fault]
        sentence = f"The sensor of {name} " + " and ".join(fault.text for fault in faults) + "."
        figures = {fault.fault.value: (float(fault.figure), "") for fault in faults}
    elif not watch.judges:
        state, sure = State.UNKNOWN, 0.0
        known = np.count_nonzero(np.isfinite(values))
        sentence = (
            f"What is normal for {name} is still being learned: "
            f"{known} of {LEARN_H} hours, four weeks, are there."
        )
    elif watch.shift is not None:
        shift = watch.shift
        state, defect = State.WATCH, "level_shift"
        ago = duration_words.duration(max(now_ns - shift.since_ns, 0) / SECOND_NS)
        by = duration_words.value(abs(shift.by), unit)
        sentence = (
            f"{name[:1].upper()}{name[1:]} has been {'above' if shift.upward else 'below'} its "
            f"normal for {ago}, by {by} {'over a day' if shift.slow else 'within hours'}."
        )
        figures = {"by": (shift.by, unit), "since_s": ((now_ns - shift.since_ns) / SECOND_NS, "s")}
        marks.append(
            chart.Mark(shift.since_ns, f"{shift.by:+.3g} {unit}".rstrip(), until_ns=now_ns)
        )
    else:
        sentence = f"{name[:1].upper()}{name[1:]} is as it has been in the last seven weeks."
    plot = chart.Plot(
        title=f"{machine} {name}".strip(),
        unit=unit,
        stamps_ns=stamps[_known(values) :],
        values=values[_known(values) :],
        marks=marks,
        now_ns=max(now_ns // HOUR_NS * HOUR_NS, int(stamps[-1])),
    )
    return Condition(
        machine=machine,
        method=method,
        state=state,
        stamp_ns=now_ns,
        defect=defect,
        confidence=sure,
        sentence=sentence,
        figures=figures,
        picture=chart.draw(plot) if picture else b"",
    )


def _known(values: Floats) -> int:
    """From where on there are values."""
    found = np.flatnonzero(np.isfinite(values))
    return int(found[0]) if len(found) else len(values) - 1
