"""A question that is being answered, and the answer as it grows: words, lines and evidence.

Knows how things are said in the asker's language, and nothing of what is to be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tml_ros.background.condition import Condition, State
from tml_ros.background.contracts import MAX_SAID, AlarmContext, Evidence, Outcome, Urgency
from tml_ros.background.evidence_of import of_condition, picture_name
from tml_ros.background.facts import Facts
from tml_ros.background.question import Question
from tml_ros.background.reasoner import MAX_EVIDENCE, Conclusion, Progress, shortened
from tml_ros.background.spoken import (
    plain_speech,
    quoted,
    shown_time,
    spoken_ago,
    spoken_name,
    spoken_since,
    spoken_span,
    spoken_time,
    spoken_value,
)

MAX_LINES = 60
MAX_SENTENCE = 200
Steps = Iterator[Progress | Conclusion]


@dataclass(frozen=True, slots=True)
class Asked:
    """question: as understood. machines: it is about, one or several. alarms: the asker knew."""

    question: Question
    facts: Facts
    machines: tuple[str, ...]
    alarms: tuple[AlarmContext, ...] = ()

    @property
    def language(self) -> str:
        """ "en" or "de"."""
        return self.question.language

    @property
    def now_ns(self) -> int:
        """The present."""
        return self.facts.now_ns

    def __call__(self, english: str, german: str) -> str:
        """The words in the asker's language."""
        return german if self.language == "de" else english

    def name(self, name: str) -> str:
        """A machine or quantity as it is said."""
        return spoken_name(name, self.language)

    def names(self, names: Sequence[str], *, most: int = 6) -> str:
        """Several of them in a row."""
        said = [self.name(name) for name in names[:most]]
        if len(names) > most:
            said.append(self(f"{len(names) - most} more", f"{len(names) - most} weitere"))
        return ", ".join(said)

    def value(self, value: float, unit: str) -> str:
        """A value as it is said."""
        return spoken_value(value, unit, self.language)

    def ago(self, stamp_ns: int) -> str:
        """How long ago."""
        return spoken_ago(stamp_ns, self.now_ns, self.language)

    def at(self, stamp_ns: int) -> str:
        """When, on the clock."""
        return spoken_time(stamp_ns, self.now_ns, self.language, self.facts.tools.zone)

    def span(self, span_ns: int, *, after_in: bool = False) -> str:
        """How long; after_in: as it follows "in"."""
        return spoken_span(span_ns, self.language, after_in=after_in)

    def since(self, since_ns: int) -> str:
        """The span from then until now: "in the last 2 hours", "since yesterday at 00:00"."""
        return spoken_since(since_ns, self.now_ns, self.language, self.facts.tools.zone)

    def shown_at(self, stamp_ns: int) -> str:
        """When, for the eye."""
        return shown_time(stamp_ns, self.facts.tools.zone)

    def percent(self, share: float) -> str:
        """A share as it is said."""
        return self(
            f"{share:.0%}".replace("%", " percent"), f"{share:.0%}".replace("%", " Prozent")
        )

    def looking(self, machine: str) -> Progress:
        """That a machine is being looked at."""
        name = self.name(machine)
        return Progress(self(f"I am looking at {name}.", f"Ich sehe mir {name} an."))

    def defect(self, condition: Condition) -> str:
        """What is the matter, in a few words."""
        if condition.defect:
            advice = self.facts.advice(condition.defect, condition.machine, self.language)
            if advice is not None and advice.exact:
                return advice.entry.title
            return condition.defect.replace("_", " ")
        if condition.sentence and self.language == "en":
            return shortened(plain_speech(condition.sentence), MAX_SENTENCE).rstrip(".")
        methods = {
            "trend": ("a trend", "ein Trend"),
            "change_point": ("a lasting change", "eine bleibende Änderung"),
            "acoustic": ("an unusual sound", "ein ungewohntes Geräusch"),
            "velocity_rms": ("high vibration", "starke Schwingung"),
        }
        return self(*methods.get(condition.method, ("something unusual", "etwas Auffälliges")))

    def trouble(self, condition: Condition) -> str:
        """A judgement that is not normal, as part of a sentence."""
        how = self(
            "likely" if condition.state is State.FAULT else "signs of",
            "wahrscheinlich" if condition.state is State.FAULT else "Anzeichen für",
        )
        told = f"{self.percent(condition.confidence)} {self('sure', 'sicher')}"
        old = "" if self.facts.fresh(condition.stamp_ns) else f", {self.ago(condition.stamp_ns)}"
        return f"{how} {self.defect(condition)} ({told}{old})"


@dataclass(slots=True)
class Draft:
    """An answer as it grows. said: sentences. lines: of Markdown."""

    asked: Asked
    said: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def say(self, english: str, german: str) -> None:
        """Add a sentence that is spoken."""
        sentence = self.asked(english, german)
        self.said.append(sentence[:1].upper() + sentence[1:])

    def show(self, english: str, german: str, *proofs: Evidence) -> None:
        """Add a line that is shown, with what it rests on."""
        marks = "".join(f" [{self.cite(proof)}]" for proof in proofs)
        if len(self.lines) < MAX_LINES:
            self.lines.append(self.asked(english, german) + marks)

    def gap(self) -> str:
        """What goes before a heading: Markdown takes one right after a list for a part of it."""
        return "\n" if self.lines else ""

    def cite(self, proof: Evidence) -> str:
        """The number under which evidence is listed; what does not fit any more is "..."."""
        if proof not in self.evidence:
            if len(self.evidence) >= MAX_EVIDENCE:
                return "..."
            self.evidence.append(proof)
        return str(self.evidence.index(proof) + 1)

    def show_condition(self, condition: Condition) -> None:
        """Add a judgement, with its picture."""
        proof = of_condition(condition)
        if condition.picture and proof not in self.evidence:
            self.pictures[picture_name(condition)] = condition.picture
        words = quoted(condition.sentence or self.asked.defect(condition))
        at = self.asked.shown_at(condition.stamp_ns)
        line = f"- {condition.method} ({condition.state.value}, {at}): {words}"
        self.show(line, line, proof)

    def conclude(
        self,
        outcome: Outcome,
        confidence: float,
        *,
        urgency: Urgency | None = None,
        worst: Condition | None = None,
        advice: str = "",
    ) -> Conclusion:
        """The end. confidence: of the evidence; that of the understanding is taken in here."""
        kept = [proof for proof in self.evidence if proof.picture in ("", *self.pictures)]
        return Conclusion(
            outcome,
            spoken(self.said),
            "\n".join([*self.lines, *self._sources()]),
            round(confidence * self.asked.question.confidence, 3),
            tuple(kept),
            urgency,
            None,
            {proof.picture: self.pictures[proof.picture] for proof in kept if proof.picture},
            None if worst is None else worst.state,
            "" if worst is None else worst.defect,
            advice,
        )

    def _sources(self) -> list[str]:
        if not self.evidence:
            return []
        lines = ["", self.asked("Evidence:", "Belege:")]
        for number, proof in enumerate(self.evidence, start=1):
            at = "" if proof.stamp_ns is None else f", {self.asked.shown_at(proof.stamp_ns)}"
            lines.append(f"{number}. {quoted(proof.source, 120)}{at}: {quoted(proof.text, 240)}")
        return lines


def spoken(sentences: Sequence[str]) -> str:
    """As many of the sentences as can be said; the first one always."""
    said = ""
    for sentence in map(plain_speech, sentences):
        longer = f"{said} {sentence}".strip()
        if len(longer) > MAX_SAID:
            break
        said = longer
    return said or shortened(plain_speech(" ".join(sentences[:1])), MAX_SAID)


Answer = Callable[[Asked], Steps]
