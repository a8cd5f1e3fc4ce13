"""A trained network is calibrated on lessons it was not taught, and what it can is written down.

Only biases change: those of the hazards, so that a score of a half is where an alarm is worth its
false ones, and those of the floor. Knows nothing of files. Deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import torch
from torch import Tensor

from tml_ros.model.hazard_places import HEARD, SEEN, hazard_index
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.training.exams.answer_sheet import AnswerSheet
from tml_ros.training.graduation.floor_calibration import FloorCalibration, floor_calibrated
from tml_ros.training.graduation.hazard_calibration import KindCalibration, calibrated
from tml_ros.training.graduation.speech_trust import SpeechTrust, speech_trust

FALSE_PER_HOUR = 0.5
"""False alarms of a kind in an hour of a cell that its logit is chosen for."""
STORED = torch.bfloat16
"""What weights are stored in."""


@dataclass(frozen=True, slots=True)
class Graduation:
    """kinds: of hazards of which something was known. floor: of speech. eagerness: beyond that.

    speech: what words of its own are worth.
    """

    kinds: tuple[KindCalibration, ...]
    floor: FloorCalibration
    speech: SpeechTrust
    eagerness: float = 0.0

    @property
    def trusted_kinds(self) -> list[str]:
        """Those that meet their bars, in order of the alphabet."""
        return sorted(one.kind.value for one in self.kinds if one.trusted)

    def facts(self) -> dict[str, Any]:
        """What a checkpoint says of it, as of JSON."""
        return {
            "trained": True,
            "trusted_kinds": self.trusted_kinds,
            "trusted_speech": self.speech.trusted,
            "calibration": {
                "speech": self.speech.facts(),
                "hazards": {one.kind.value: _kind_facts(one) for one in self.kinds},
                "floor": {
                    "offset": [round(float(by), 3) for by in self.floor.offset],
                    "eagerness": self.eagerness,
                    "starts": self.floor.after.starts,
                    "starts_in_time": self.floor.after.starts_in_time,
                    "false_starts_per_hour": round(self.floor.after.false_starts_per_hour, 2),
                },
            },
        }


@torch.no_grad()
def rounded(net: InteractionNet) -> None:
    """Give every weight the value that it will have when it is stored and read again."""
    for weight in (*net.parameters(), *net.buffers()):
        if weight.is_floating_point():
            weight.copy_(weight.to(STORED))


@torch.no_grad()
def graduate(
    net: InteractionNet,
    sheets: Sequence[AnswerSheet],
    *,
    per_hour: float = FALSE_PER_HOUR,
    eagerness: float = 0.0,
) -> Graduation:
    """Calibrate a network in place.

    sheets: answered by this very network, after `rounded`; each a scenario of its own. per_hour:
    see `FALSE_PER_HOUR`. eagerness: added to the logit of speaking over what is found best, for a
    session that is too shy or too eager in truth. Raises ValueError without sheets.
    """
    if not sheets:
        raise ValueError("nothing was answered, so nothing can be calibrated")
    preset = net.preset
    found = (calibrated(sheets, preset, kind, per_hour=per_hour) for kind in (*SEEN, *HEARD))
    kinds = tuple(one for one in found if one is not None)
    for one in kinds:
        places = preset.sight.zones if one.kind in SEEN else preset.hearing.microphones
        first = hazard_index(preset, one.kind, 0)
        _shift(net.hazards.bias[first : first + places], -one.logit)
    floor = floor_calibrated(sheets)
    _shift(net.floor.bias, torch.from_numpy(floor.offset))
    _shift(net.floor.bias[1:2], eagerness)
    return Graduation(kinds, floor, speech_trust(sheets, floor.after), eagerness)


def graduation_facts(
    graduation: Graduation, earlier: Mapping[str, Any], more: Mapping[str, Any]
) -> dict[str, Any]:
    """What the weights' file is to say: earlier facts, such as the recipe, and what is new.

    Of the folders that a recipe names their last names are kept: the rest is of one machine.
    """
    return {**_without_places(earlier), **graduation.facts(), **more}


def _without_places(facts: Mapping[str, Any]) -> dict[str, Any]:
    def named(folders: str) -> str:
        return ",".join(PurePath(folder.partition("?")[0]).name for folder in folders.split(","))

    recipe = facts.get("recipe", {})
    if "sections" not in recipe:
        return dict(facts)
    sections = []
    for section in recipe["sections"]:
        settings = dict(section.get("settings", {}))
        if "validation" in settings:
            settings["validation"] = {k: named(v) for k, v in settings["validation"].items()}
        origins = {k: named(v) for k, v in section.get("origins", {}).items()}
        sections.append({**section, "settings": settings, "origins": origins})
    begun_from = PurePath(recipe.get("begun_from", "")).name
    return {**facts, "recipe": {**recipe, "begun_from": begun_from, "sections": sections}}


def _shift(bias: Tensor, by: Tensor | float) -> None:
    """Add to a bias, and round it as it will be stored."""
    moved = bias.double() + by
    bias.copy_(moved.to(STORED))


def _kind_facts(one: KindCalibration) -> dict[str, Any]:
    return {
        "logit": round(one.logit, 3),
        "auc": None if one.auc is None else round(one.auc, 4),
        "spans": one.spans,
        "recall": None if one.recall is None else round(one.recall, 4),
        "false_per_hour": round(one.false_per_hour, 3),
        "trusted": one.trusted,
    }
