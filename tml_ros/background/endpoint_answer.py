"""What the language model says at the end, held against what the tools really gave.

Evidence counts only where its id was given out; numbers in the spoken text must be in the cited
evidence; what is not backed is marked and lowers the confidence. A text that clears a machine is
no answer at all. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from tml_ros.background.condition import Condition, State
from tml_ros.background.contracts import MAX_SAID, MAX_SHOWN, Evidence, Outcome
from tml_ros.background.evidence_ledger import EvidenceLedger
from tml_ros.background.evidence_of import picture_name
from tml_ros.background.reasoner import MAX_EVIDENCE, Conclusion, shortened
from tml_ros.background.spoken import REAL_TIME_NS, plain_speech, quoted
from tml_ros.background.time_phrase import SECOND_NS
from tml_ros.background.tool_arguments import FinalAnswer

WITHOUT_EVIDENCE: Final = 0.2
"""The most that an answer without any evidence is believed."""
HALF_BACKED: Final = 0.5
"""What is left of the confidence where numbers or ids are not backed."""
NEAR: Final = 0.011
"""A number is the same as another within this share, as it is after rounding to three digits."""
_NUMBER: Final = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)?(?![\w])")
_CLOCK: Final = re.compile(r"\b(\d{1,2}):(\d{2})(?::\d{2})?\b")
_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.(?:\d{4})?")
_ID: Final = re.compile(r"[\[(]\s*(e\d{1,4}(?:\s*[,;]\s*e\d{1,4})*)\s*[\])]")
_WORKS: Final = (
    r"(?:re)?start\w*|run|resume[ds]?|enter(?:ed)?|open(?:ed)?|approach\w*|touch\w*|reach in\w*|"
    r"switch\w*|turn(?:ed)? on|operate[ds]?|use[ds]?|go|work|proceed|clean\w*|"
    r"(?:wieder)?(?:ein|an|hoch|weiter)(?:ge|zu)?(?:schalt|fahr|lass|lauf|mach)\w*|(?:ge)?start\w*|"
    r"betreten|(?:ge)?öffne\w*|laufen|hinein\w*|anfassen|angefasst|berühr\w*|in betrieb"
)
_WHO: Final = "you|we|they|he|she|operators?|workers?|people"
_CLEARS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:is|are|be|it'?s|now|again|completely|perfectly) safe\b",
        rf"\bsafe(?:ly)?\b.{{0,30}}\b(?:{_WORKS})",
        rf"\b(?:{_WHO}) (?:can|may|could)\b.{{0,20}}\b(?:{_WORKS})\b",
        rf"\b(?:can|may) be (?:safely )?(?:{_WORKS})",
        r"\b(?:cleared|released|good|fine|okay|ok) (?:for|to) (?:re)?(?:start|run|enter|operat|go)",
        rf"\b(?:sicher|gefahrlos|unbedenklich|bedenkenlos)\b.{{0,40}}\b(?:{_WORKS})",
        rf"\b(?:kann|darf|können|dürfen|kannst|darfst)\b.{{0,40}}\b(?:{_WORKS})\b",
        r"\bist (?:jetzt |wieder |völlig )?(?:sicher|gefahrlos|unbedenklich|freigegeben)\b",
        r"\bfreigegeben\b",
        r"\bno (?:danger|risk)\b|\bkeine gefahr\b",
    )
)

_DENIED: Final = re.compile(
    r"\b(?:not|never|cannot|can't|nicht|niemals)\b(?:[ ]\w+){0,3}", re.IGNORECASE
)


class ClearingError(Exception):
    """The answer says, or seems to say, that something is safe or may be started."""


@dataclass(frozen=True, slots=True)
class _Backing:
    """cited: evidence by its id. false_ids: that were never given out. loose: unbacked numbers."""

    cited: dict[str, Evidence]
    false_ids: tuple[str, ...]
    loose: tuple[str, ...]


def plain_answer(text: str) -> FinalAnswer:
    """An answer that came as plain text rather than as a call; ids in brackets are its evidence."""
    ids = tuple(one for group in _ID.findall(text) for one in re.split(r"\s*[,;]\s*", group))
    said = shortened(_ID.sub("", text), 2_000)
    return FinalAnswer(say=said or "...", show=text[:20_000], evidence=ids[:200])


def checked(
    answer: FinalAnswer,
    ledger: EvidenceLedger,
    *,
    question: str,
    names: Sequence[str],
    now_ns: int,
    zone: tzinfo | None,
    german: bool,
) -> Conclusion:
    """The conclusion that an answer is worth.

    question and names (of machines): numbers in them need no evidence. Raises ClearingError.
    """
    said = plain_speech(_ID.sub("", answer.say))
    if clears(f"{said}\n{answer.show}"):
        raise ClearingError
    backing = _backing(
        answer, ledger, said, question=question, names=names, now_ns=now_ns, zone=zone
    )
    confidence = answer.confidence
    if backing.false_ids or backing.loose:
        confidence *= HALF_BACKED
    unbacked = not backing.cited and not answer.no_data
    if unbacked:
        confidence = min(confidence, WITHOUT_EVIDENCE)
        said = f"{'Unbestätigt' if german else 'Unconfirmed'}: {said}"
    conditions = [ledger.conditions[one] for one in backing.cited if one in ledger.conditions]
    pictures = {picture_name(one): one.picture for one in conditions if one.picture}
    worst = _worst(conditions)
    return Conclusion(
        Outcome.NO_DATA if answer.no_data else Outcome.ANSWERED,
        shortened(said, MAX_SAID),
        _shown(answer, backing, unbacked=unbacked, german=german),
        round(confidence, 3),
        tuple(backing.cited.values()),
        pictures=pictures,
        state=None if worst is None else worst.state,
        defect="" if worst is None else worst.defect,
    )


def clears(text: str) -> bool:
    """Whether a text says that something is safe or may be done. Rather once too often.

    What denies it in so many words ("not safe", "cannot be started") is no clearance.
    """
    denied = _DENIED.sub(" ", text)
    return any(pattern.search(denied) for pattern in _CLEARS)


def _backing(
    answer: FinalAnswer,
    ledger: EvidenceLedger,
    said: str,
    *,
    question: str,
    names: Sequence[str],
    now_ns: int,
    zone: tzinfo | None,
) -> _Backing:
    ids = dict.fromkeys(one.strip().strip("[]") for one in answer.evidence)
    cited = {one: ledger.evidence[one] for one in ids if one in ledger.evidence}
    cited = dict(list(cited.items())[:MAX_EVIDENCE])
    false_ids = tuple(one[:20] for one in ids if one not in ledger.evidence)[:10]
    plain = said
    for name in sorted(names, key=len, reverse=True):
        plain = re.sub(re.escape(name.replace("_", " ")), " ", plain, flags=re.IGNORECASE)
        plain = re.sub(re.escape(name), " ", plain, flags=re.IGNORECASE)
    loose = _loose(plain, list(cited.values()), question, now_ns, zone)
    return _Backing(cited, false_ids, loose)


def _loose(
    said: str, cited: Sequence[Evidence], question: str, now_ns: int, zone: tzinfo | None
) -> tuple[str, ...]:
    """Numbers and times of day that are nowhere in the evidence."""
    stamps = [proof.stamp_ns for proof in cited if proof.stamp_ns is not None]
    clocks = {
        f"{local.hour}:{local.minute:02d}"
        for stamp in stamps
        if REAL_TIME_NS <= stamp < 250_000_000_000 * SECOND_NS
        for local in [datetime.fromtimestamp(stamp // SECOND_NS, zone)]
    }
    texts = " ".join([question, *(f"{proof.source} {proof.text}" for proof in cited)])
    clocks |= {f"{int(hour)}:{minute}" for hour, minute in _CLOCK.findall(texts)}
    loose = [
        found[0] for found in _CLOCK.finditer(said) if f"{int(found[1])}:{found[2]}" not in clocks
    ]
    known = set(_numbers(texts))
    known |= {proof.value for proof in cited if proof.value is not None}
    known |= {(now_ns - stamp) / SECOND_NS for stamp in stamps}
    rest = _DATE.sub(" ", _CLOCK.sub(" ", said))
    for found in _NUMBER.finditer(rest):
        if not _known(float(found[0].replace(",", ".")), found[0], known):
            loose.append(found[0])
    return tuple(loose[:10])


_SCALES: Final = (1.0, 60.0, 3_600.0, 86_400.0, 604_800.0, 100.0, 0.01, 1e5, 1e3, 1e-3)
"""Seconds told as minutes to weeks, shares as percent, pascals as bar, thousands."""


def _known(number: float, written: str, known: Iterable[float | None]) -> bool:
    digits = len(re.split(r"[.,]", written)[1]) if re.search(r"[.,]", written) else 0
    half = 0.5 * 10.0**-digits
    for other in known:
        if other is None:
            continue
        for scale in _SCALES:
            scaled = other / scale
            if abs(abs(scaled) - abs(number)) <= max(half, NEAR * abs(scaled)) and scaled != 0:
                return True
        if number == other:
            return True
    return False


def _numbers(text: str) -> Iterable[float]:
    return (float(found.replace(",", ".")) for found in re.findall(r"\d+(?:[.,]\d+)?", text))


def _shown(answer: FinalAnswer, backing: _Backing, *, unbacked: bool, german: bool) -> str:
    """The model's Markdown without what a page would fetch or run, and what is to be said of it."""
    notes = []
    if unbacked:
        notes.append("Ohne Beleg." if german else "Without evidence.")
    if backing.loose:
        listed = ", ".join(backing.loose)
        notes.append(f"Nicht belegt: {listed}" if german else f"Not backed by evidence: {listed}")
    if backing.false_ids:
        listed = ", ".join(quoted(one) for one in backing.false_ids)
        notes.append(
            f"Belege, die es nicht gibt: {listed}" if german else f"No such evidence: {listed}"
        )
    sources = [
        f"- {one}: {quoted(proof.source, 120)}: {quoted(proof.text, 240)}"
        for one, proof in list(backing.cited.items())[:20]
    ]
    tail = "\n".join(["", *(f"**{note}**" for note in notes), "", *sources]).rstrip()
    room = max(200, MAX_SHOWN - len(tail) - 10)
    shown = harmless(answer.show) or plain_speech(answer.say)
    return f"{shortened(shown, room)}\n{tail}".strip()


def harmless(markdown: str) -> str:
    """Markdown in which there are neither HTML nor links and pictures."""
    kept = "".join(c for c in markdown if c.isprintable() or c == "\n")
    kept = kept.replace("&", "&amp;").replace("<", "&lt;")
    kept = re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)?", r"\1", kept)
    kept = re.sub(r"^\s{0,3}\[[^\]\n]+\]:.*$", "", kept, flags=re.MULTILINE)
    return re.sub(r"\b(?:https?|ftp|file|data|javascript):\S+", "(link)", kept).strip()


def _worst(conditions: Sequence[Condition]) -> Condition | None:
    order = (State.FAULT, State.WATCH, State.UNKNOWN, State.NORMAL)
    return min(conditions, key=lambda one: order.index(one.state), default=None)
