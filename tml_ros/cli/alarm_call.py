"""One command to the alarms of a running cell: made, signed, sent, its answer printed.

Knows nothing of how it is judged. Main thread; a node is spun by a thread of its own.
"""

from __future__ import annotations

import getpass
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.commands.alarm_command import SCHEMA_VERSION, parse_alarm_command
from tml_ros.cell.commands.alarm_result import AlarmResult, ResultCode
from tml_ros.cell.commands.command_signing import command_text
from tml_ros.cell.commands.operator_keys import OperatorKeys, load_operator_keys
from tml_ros.cell.machine_description import NAME
from tml_ros.cli.dds_profile import discovery_environment
from tml_ros.cli.mistake import MistakeError
from tml_ros.safety.alarm import AlarmState

if TYPE_CHECKING:
    from tml_ros.nodes.alarm_caller import AlarmCaller

REFUSED = 1
NO_ANSWER = 3
FIND_SECONDS = 10.0
UNACKNOWLEDGED = (
    AlarmState.ACTIVE_UNACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED,
    AlarmState.LATCHED_UNACKNOWLEDGED,
)
_DURATION = re.compile(r"([1-9][0-9]{0,6})(s|m|h|d)?")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class AlarmCall:
    """Who talks to which cell, and how the answer is printed.

    operator: "" for the one of the key file or, without one, whoever is logged in.
    timeout: seconds to wait for an answer.
    """

    cell: str
    operator: str
    key_file: Path | None
    timeout: float
    as_json: bool

    def order(self, command: str, **fields: str | int | None) -> None:
        """Give one command. Fields that are None are left out. Leaves by the exit code."""
        with self._line() as line:
            results = [line.send(command, fields, self.timeout)]
        self._leave(results)

    def acknowledge_all(self, reason: str | None) -> None:
        """Acknowledge every alarm that is not, one by one. Leaves by the exit code."""
        with self._line() as line:
            alarms = line.caller.alarms(self.timeout)
            if alarms is None:
                raise typer.Exit(no_answer(line.cell))
            results = [
                line.send(
                    "acknowledge",
                    {"kind": alarm.kind.value, "zone": alarm.zone, "reason": reason},
                    self.timeout,
                )
                for alarm in alarms
                if alarm.state in UNACKNOWLEDGED
            ]
        if not results and not self.as_json:
            typer.echo("every alarm is acknowledged")
        self._leave(results)

    @contextmanager
    def _line(self) -> Iterator[_Line]:
        cell = called(self.cell)
        operator, key = self._operator()
        caller = alarm_caller(cell)
        try:
            if not caller.wait_for_guardian(FIND_SECONDS):
                raise typer.Exit(no_answer(cell))
            yield _Line(caller, cell, operator, key, self.as_json)
        finally:
            caller.close()

    def _leave(self, results: Sequence[AlarmResult | None]) -> None:
        """End with the exit code of the worst answer: none, then refused."""
        if None in results:
            raise typer.Exit(no_answer(called(self.cell)))
        if not all(result.accepted for result in results if result is not None):
            raise typer.Exit(REFUSED)

    def _operator(self) -> tuple[str, bytes | None]:
        if self.key_file is None:
            return self.operator or _login(), None
        keys = load_operator_keys(self.key_file)
        operator = self.operator or _only(keys, self.key_file)
        key = keys.of(operator)
        if key is None:
            raise MistakeError(f"{self.key_file} has no key of {operator!r}")
        return operator, key


@dataclass(frozen=True, slots=True)
class _Line:
    """To a guardian that was found. key: to sign with; None: unsigned."""

    caller: AlarmCaller
    cell: str
    operator: str
    key: bytes | None
    as_json: bool

    def send(
        self, command: str, fields: Mapping[str, str | int | None], timeout: float
    ) -> AlarmResult | None:
        """Give one command and print its answer. Raises CommandError for what is none."""
        identity = f"cli-{secrets.token_hex(16)}"
        sent = {
            "schema_version": SCHEMA_VERSION,
            "id": identity,
            "command": command,
            "operator": self.operator,
            "cell": self.cell,
            "stamp_ns": self.caller.now_ns(),
            **{name: value for name, value in fields.items() if value is not None},
        }
        text = command_text(sent, self.key)
        # What the guardian would not read is told here, in the same words.
        parse_alarm_command(text)
        result = self.caller.call(text, identity, timeout)
        if result is not None and self.as_json:
            typer.echo(result.model_dump_json())
        elif result is not None:
            show(result)
        return result


def called(cell: str) -> str:
    """The name of a cell that was named, or whose file was."""
    if NAME.match(cell):
        return cell
    if Path(cell).suffix in (".yaml", ".yml") or "/" in cell:
        return load_cell(Path(cell)).cell
    raise MistakeError(f"--cell: found {cell!r}, allowed: the name of a cell, or its YAML file")


def alarm_caller(cell: str) -> AlarmCaller:
    """One who commands the cell's alarms."""
    try:
        from tml_ros.nodes.alarm_caller import AlarmCaller  # noqa: PLC0415 - wants ROS 2
    except ImportError as error:
        raise MistakeError(f"this needs ROS 2 for Python ({error}); see `make setup`") from error
    os.environ.update(discovery_environment(os.environ))
    return AlarmCaller(cell)


def seconds(text: str | None) -> int | None:
    """A duration as people write it: 90, 90s, 15m, 2h or 1d."""
    if text is None:
        return None
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise MistakeError(f"found {text!r}, allowed: a duration such as 90s, 15m or 2h")
    return int(found[1]) * _UNITS[found[2] or "s"]


def show(result: AlarmResult) -> None:
    """Print an answer for people."""
    word, style = result.code.value.replace("_", " "), "yellow"
    if result.accepted:
        style = "green"
    elif result.code is not ResultCode.NOTHING_TO_CHANGE:
        word = f"refused ({word})"
    line = Text(word, style=style) + Text(f": {result.message}", style="default")
    Console(highlight=False).print(line, soft_wrap=True)


def no_answer(cell: str) -> int:
    """Say that nobody answered; the exit code for that."""
    domain = os.environ.get("ROS_DOMAIN_ID", "0")
    typer.echo(f"no answer from a guardian of cell {cell!r} (ROS_DOMAIN_ID {domain})", err=True)
    return NO_ANSWER


def _only(keys: OperatorKeys, path: Path) -> str:
    names = keys.operators()
    if len(names) > 1:
        raise MistakeError(f"{path} has keys of several operators; say --operator NAME")
    return names[0]


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise MistakeError("nobody is logged in by name; say --operator NAME") from None
