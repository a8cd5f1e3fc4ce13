"""A playbook: what a defect or symptom of a machine means, what to check, and what to do about it.

What a playbook file says, validated once, and how an entry is found in it. Knows nothing of files
(`playbook_file` reads them) nor of how a defect was found. Frozen; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tml_ros.background.words import close_enough, words
from tml_ros.settings.problem import RULE

MAX_ENTRIES = 500
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")


def _name(text: str) -> str:
    if not _NAME.match(text):
        allowed = "a name of lower-case letters, digits and underscores, a letter first"
        raise PydanticCustomError(RULE, "no name", {"allowed": allowed})
    return text


Name = Annotated[str, AfterValidator(_name)]
Text = Annotated[str, Field(min_length=1, max_length=400)]
Line = Annotated[str, Field(min_length=1, max_length=120)]
Lines = Annotated[tuple[Text, ...], Field(max_length=20)]


class MaintenanceUrgency(str, Enum):
    """How soon a person should act. Advice, not an alarm's priority."""

    NOW = "now"
    """Stop it in a controlled way as soon as the process allows."""
    TODAY = "today"
    THIS_WEEK = "this_week"
    NEXT_STOP = "next_stop"
    """At the next planned stop."""
    WATCH = "watch"
    """Nothing yet; look more often."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PlaybookEntry(_Strict):
    """What to do about one defect or symptom.

    defects: its names, as conditions and alarms give them: "inner_race", "temperature_rising".
    machines: kinds of machine it is for; none: any. symptoms: how people put it, for questions.
    title: the defect in a few words, to be said. action: one or two sentences, to be said.
    """

    defects: Annotated[tuple[Name, ...], Field(max_length=20)]
    machines: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    title: Line
    symptoms: Annotated[tuple[Line, ...], Field(max_length=30)] = ()
    causes: Lines = ()
    checks: Lines = ()
    action: Text
    spare_parts: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    urgency: MaintenanceUrgency

    @model_validator(mode="after")
    def _is_about_something(self) -> PlaybookEntry:
        # As a bound on the length it would be missed once more for each name that is wrong.
        if not self.defects:
            raise PydanticCustomError(RULE, "no defect", {"allowed": "at least one of `defects`"})
        return self


class Advice(_Strict):
    """An entry as it applies to one question.

    matched: the defect's name, or the symptom that was recognised. exact: asked for by its name.
    caution: to be observed before anything is touched.
    """

    matched: str
    exact: bool
    playbook: str
    caution: str
    entry: PlaybookEntry


class Playbook(_Strict):
    """All entries, in order of the file; of two that fit alike the first one counts.

    caution: what is to be observed before touching a machine. Raises (as pydantic does) where two
    entries are for the same defect of the same kind of machine.
    """

    playbook: Name
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    about: Annotated[str, Field(max_length=1000)] = ""
    caution: Text
    entries: Annotated[tuple[PlaybookEntry, ...], Field(max_length=MAX_ENTRIES)]

    @model_validator(mode="after")
    def _no_defect_twice(self) -> Playbook:
        if not self.entries:
            raise PydanticCustomError(RULE, "no entry", {"allowed": "at least one of `entries`"})
        seen: dict[tuple[str, str], int] = {}
        for place, entry in enumerate(self.entries):
            for pair in _answered(entry):
                if pair in seen:
                    raise PydanticCustomError(
                        RULE,
                        "a defect twice",
                        {"allowed": f"one entry for {pair[0]} of {pair[1] or 'any machine'}; "
                         f"entries[{seen[pair]}] and entries[{place}] both are"},
                    )  # fmt: skip
                seen[pair] = place
        return self

    def advise(self, defect_or_symptom: str, machine_kind: str = "") -> Advice | None:
        """The advice on a defect by its name, or on a symptom in people's words; else None.

        machine_kind: "press", "pump" ...; an entry for just that kind goes before one for any,
        and one for another kind never applies.
        """
        asked = defect_or_symptom.strip()
        fitting = [e for e in self.entries if not e.machines or machine_kind in e.machines]
        fitting.sort(key=lambda entry: not entry.machines)
        for entry in fitting:
            if asked in entry.defects:
                return self._advice(entry, asked, exact=True)
        best, found = 0.0, None
        for entry in fitting:
            for symptom in (entry.title, *entry.symptoms):
                share = _told(symptom, asked)
                if share > best:
                    best, found = share, (entry, symptom)
        return None if found is None else self._advice(*found, exact=False)

    def _advice(self, entry: PlaybookEntry, matched: str, *, exact: bool) -> Advice:
        return Advice(
            matched=matched, exact=exact, playbook=self.playbook, caution=self.caution, entry=entry
        )


def _answered(entry: PlaybookEntry) -> Iterator[tuple[str, str]]:
    for defect in entry.defects:
        for kind in entry.machines or ("",):
            yield defect, kind


def _told(symptom: str, asked: str) -> float:
    """How much of a symptom is in what was asked: 0, or its number of words if all of them are.

    More words in common are a better match than fewer.
    """
    needed = words(symptom)
    there = words(asked)
    if not needed or not all(any(close_enough(n, w) for w in there) for n in needed):
        return 0.0
    return float(len(needed))
