"""What was seen of a cell while faults were done to it, and with them the times they really had.

All times are of one steady clock, in ns, but those inside transitions, which are cell time. Types
only; knows nothing of ROS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tml_ros.bench.chaos.faults import Fault, Place
from tml_ros.safety.alarm import AlarmState, AlarmTransition


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault as it was done. ended_ns: when all was undone; of a process when it worked again.

    problem: why it could not be done, or not undone; "" where it was.
    """

    fault: Fault
    began_ns: int
    ended_ns: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A transition as it came on the topic."""

    steady_ns: int
    transition: AlarmTransition


@dataclass(frozen=True, slots=True)
class Restart:
    """A process that ended and was started again. wanted: by a fault of ours.

    up_ns: when it worked again; None where it did not.
    """

    node: str
    died_ns: int
    up_ns: int | None
    wanted: bool

    @property
    def took_ns(self) -> int | None:
        """From its end until it worked again."""
        return None if self.up_ns is None else self.up_ns - self.died_ns


@dataclass(frozen=True, slots=True)
class History:
    """One run.

    began_ns, ended_ns: of what is judged; what was alarmed when it began is the cell's own affair.
    standing: alarms that were not normal at its end, as last told on the topic.
    silences: when the readers of `alarms` noticed that nothing comes.
    spoken: when `alarms` came.
    recorded: the transitions on record, with None among them where a guardian began; None instead
        of all where there is no record to read.
    record_problem: what is wrong with the record, "" where nothing is.
    before: the state of every alarm that was not normal when the run began.
    """

    began_ns: int
    ended_ns: int
    struck: tuple[Struck, ...] = ()
    seen: tuple[SeenEvent, ...] = ()
    before: Mapping[Place, AlarmState] = field(default_factory=dict)
    standing: Mapping[Place, AlarmState] | None = None
    silences: tuple[int, ...] = ()
    spoken: tuple[int, ...] = ()
    restarts: tuple[Restart, ...] = ()
    recorded: tuple[AlarmTransition | None, ...] | None = None
    record_problem: str = ""
