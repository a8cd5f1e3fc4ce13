"""A run in one sentence: how many alarms, and the weightiest of them with their times."""

from __future__ import annotations

from tml_ros.report.episodes import Episode, episodes_of
from tml_ros.report.session_log import SessionLog
from tml_ros.turn.hazard import HazardKind

MOST_NAMED = 3

_PHRASES = {
    HazardKind.PERSON_IN_ZONE: "person in {zone}",
    HazardKind.PERSON_DOWN: "person down in {zone}",
    HazardKind.MISSING_HELMET: "missing helmet in {zone}",
    HazardKind.VEHICLE_NEAR_PERSON: "vehicle near a person in {zone}",
    HazardKind.SMOKE_OR_FIRE: "smoke or fire in {zone}",
    HazardKind.SIREN: "siren at {zone}",
    HazardKind.IMPACT_SOUND: "impact at {zone}",
    HazardKind.MACHINE_FAULT_SOUND: "machine fault sound at {zone}",
    HazardKind.CRY_FOR_HELP: "cry for help at {zone}",
    HazardKind.CAMERA_LOST: "camera {zone} lost",
    HazardKind.CAMERA_FROZEN: "camera {zone} frozen",
    HazardKind.CAMERA_DARK: "camera {zone} dark or overexposed",
    HazardKind.CAMERA_COVERED: "camera {zone} covered or out of focus",
    HazardKind.CAMERA_MOVED: "camera {zone} moved",
    HazardKind.MICROPHONE_LOST: "microphone {zone} lost",
    HazardKind.MICROPHONE_CLIPPING: "microphone {zone} clipping",
    HazardKind.MODEL_LATE: "model late",
    HazardKind.MODEL_LOST: "model lost",
}


def phrase(kind: HazardKind, zone: str) -> str:
    """What and where, in words: "person in press_area"."""
    words = _PHRASES.get(kind, kind.value.replace("_", " ") + " at {zone}")
    return words.format(zone=zone) if zone else words.format(zone="the cell")


def span_of_time(seconds: float) -> str:
    """A duration for people: "8.4 s", "48 s", "12 min 5 s", "3 h 20 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7_200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(seconds: float) -> str:
    """A moment of the run for people: "12.4 s" in its first two minutes, then "2:05.3"."""
    tenths = round(seconds * 10)
    if tenths < 1_200:
        return f"{tenths / 10:.1f} s"
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest / 10:04.1f}" if hours else f"{minutes}:{rest / 10:04.1f}"
    return f"{hours}:{text}" if hours else text


def verdict(log: SessionLog) -> str:
    """One sentence: "2 alarms in 48 s; person in press_area from 12.4 s to 20.1 s"."""
    episodes = episodes_of(log.transitions)
    lasted = span_of_time(log.seconds)
    if not episodes:
        return f"No alarm in {lasted}"
    count = sum(log.raised.values()) or len(episodes)
    weightiest = sorted(episodes, key=lambda e: (-e.priority.rank, e.raised_ns, e.number))
    named = sorted(weightiest[:MOST_NAMED], key=lambda e: e.number)
    parts = [f"{count} alarm{'' if count == 1 else 's'} in {lasted}"]
    parts += [_told(log, episode) for episode in named]
    left = count - len(named)
    if left > 0:
        parts.append(f"{left} more")
    return "; ".join(parts)


def _told(log: SessionLog, episode: Episode) -> str:
    began = moment(log.at(episode.raised_ns))
    ended = "the end" if episode.gone_ns is None else moment(log.at(episode.gone_ns))
    return f"{phrase(episode.kind, episode.zone)} from {began} to {ended}"
