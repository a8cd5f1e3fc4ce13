"""How a cell manages its alarms, whom it obeys and what it keeps, as the YAML file says.

Knows nothing of files: paths are as written. Validated once, frozen ever after.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tml_ros.cell import cell_rules
from tml_ros.cell.machine_description import Name
from tml_ros.safety.alarm_rules import AlarmRules, Suppression
from tml_ros.turn.hazard import HazardKind

MAX_CONDITIONS = 32
_DAY = 86_400.0
Path = Annotated[str, Field(min_length=1, max_length=1000)]
Flag = Annotated[bool, Field(strict=True)]
Duration = Annotated[float, Field(gt=0, le=_DAY, strict=True)]
Alarms = Annotated[int, Field(ge=1, le=1000, strict=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ShelvingDescription(_Strict):
    """How long an operator may shelve an alarm, seconds. default: unless they say."""

    default: Duration = 900.0
    longest: Duration = 28_800.0

    @model_validator(mode="after")
    def _in_order(self) -> ShelvingDescription:
        if self.default > self.longest:
            allowed = f"at most {self.longest:g}, the longest"
            cell_rules.refuse([cell_rules.mistake(("default",), self.default, allowed)])
        return self


class SuppressionDescription(_Strict):
    """What a condition, while it holds, makes meaningless.

    kinds: all but critical ones unless given. zones: all unless given, cameras and microphones
    included. longest: seconds after which the condition ends by itself.
    """

    kinds: tuple[HazardKind, ...] = ()
    zones: tuple[Name, ...] = ()
    longest: Duration = 28_800.0


class FloodDescription(_Strict):
    """Alarms within 10 minutes from which it is a flood, and below which it no longer is."""

    enter: Alarms = 10
    leave: Alarms = 5

    @model_validator(mode="after")
    def _in_order(self) -> FloodDescription:
        if self.leave > self.enter:
            allowed = f"at most {self.enter}, from which it is a flood"
            cell_rules.refuse([cell_rules.mistake(("leave",), self.leave, allowed)])
        return self


class OperatorsDescription(_Strict):
    """Who may command. keys: YAML file of `operator: key in hexadecimal`; none: anybody may.

    freshness: seconds that a signed command may take to arrive.
    """

    keys: Path | None = None
    freshness: Annotated[float, Field(gt=0, le=300, strict=True)] = 10.0


class RecordDescription(_Strict):
    """What is written down. folder: of the record, `~/.ros/tml_ros/<cell>/record` unless given.

    key: file of the key that seals it, outside the folder, `~/.ros/tml_ros/keys/<cell>.key` unless
    given; made where there is none. anchor: file that repeats the newest seal, beside the key
    unless given.
    """

    folder: Path | None = None
    key: Path | None = None
    anchor: Path | None = None


class EvidenceDescription(_Strict):
    """Pictures and sound around an alarm.

    folder: of the clips, `~/.ros/tml_ros/<cell>/clips` unless given. before, after: seconds.
    memory: MiB that the seconds before may take. privacy: what is made unrecognisable before
    anything is written: people, their faces, the whole picture (all), or off.
    keep_days, keep_gib: how long and how much is kept; what is older or more goes, oldest first.
    """

    enabled: Flag = True
    folder: Path | None = None
    before: Annotated[float, Field(ge=0, le=60, strict=True)] = 5.0
    after: Annotated[float, Field(ge=0, le=60, strict=True)] = 5.0
    memory: Annotated[float, Field(ge=1, le=4096, strict=True)] = 64.0
    privacy: Annotated[
        Literal["people", "faces", "all", "off"],
        # YAML reads a bare `off` as false.
        BeforeValidator(lambda value: "off" if value is False else value),
    ] = "people"
    keep_days: Annotated[float, Field(gt=0, le=3650, strict=True)] = 30.0
    keep_gib: Annotated[float, Field(gt=0, le=100_000, strict=True)] = 2.0


class GuardianDescription(_Strict):
    """The alarm management of a cell. suppression: by the name of the condition."""

    shelving: ShelvingDescription = Field(default_factory=ShelvingDescription)
    suppression: Annotated[dict[Name, SuppressionDescription], Field(max_length=MAX_CONDITIONS)] = (
        Field(default_factory=dict)
    )
    flood: FloodDescription = Field(default_factory=FloodDescription)
    operators: OperatorsDescription = Field(default_factory=OperatorsDescription)
    record: RecordDescription = Field(default_factory=RecordDescription)
    evidence: EvidenceDescription = Field(default_factory=EvidenceDescription)


def alarm_rules(described: GuardianDescription) -> AlarmRules:
    """The limits by which the cell's alarms are managed."""
    return AlarmRules(
        shelve_ns=_ns(described.shelving.default),
        longest_shelve_ns=_ns(described.shelving.longest),
        suppressions=MappingProxyType(
            {
                name: Suppression(frozenset(one.kinds), frozenset(one.zones), _ns(one.longest))
                for name, one in described.suppression.items()
            }
        ),
        flood_enter=described.flood.enter,
        flood_leave=described.flood.leave,
    )


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
