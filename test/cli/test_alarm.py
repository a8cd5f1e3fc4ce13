"""`tml-ros alarm` as an operator uses it, against a real guardian over DDS; mistakes need none."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from commanded_cell import CELL, commanded_cell

from tml_ros.cell.commands.operator_keys import add_operator
from tml_ros.cli.alarm_call import called, seconds
from tml_ros.cli.alarm_table import show_alarms
from tml_ros.cli.main import main
from tml_ros.cli.mistake import MistakeError
from tml_ros.safety.alarm import Alarm, AlarmState, Priority, Withheld, Withholding
from tml_ros.turn.hazard import HazardKind

ANN, BOB = bytes(range(32)), bytes(range(1, 33))
MINUTE = 60_000_000_000


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def alarm(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def alarm(*words, cell="press"):
        with pytest.raises(SystemExit) as ended:
            main(["alarm", *map(str, words), *(["--cell", str(cell)] if cell else [])])
        told = capsys.readouterr()
        return ended.value.code or 0, " ".join((told.out + told.err).split())

    return alarm


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("acknowledge", "siren", "hall", "--cell", "Press Line"), "the name of a cell"),
        (("acknowledge", "siren", "hall", "--cell", "none.yaml"), "no such file"),
        (("acknowledge", "siren", "hall"), "--cell"),
        (("acknowledge", "--cell", "press"), "KIND ZONE, or --all"),
        (("acknowledge", "siren", "--all", "--cell", "press"), "KIND ZONE, or --all"),
        (("acknowledge", "boredom", "--cell", "press"), "boredom"),
        (("shelve", "siren", "--for", "ever", "--cell", "press"), "a duration such as 90s"),
        (("out-of-service", "siren", "--cell", "press"), "--reason"),
        (("false-alarm", "siren", "--cell", "press"), "--reason"),
        (("reset", "siren", "--key-file", "none.key", "--cell", "press"), "no such file"),
    ],
)
def test_a_mistake_is_said_before_anything_is_asked(alarm, words, told):
    code, output = alarm(*words, cell=None)
    assert code == 2
    assert told in output


def test_a_duration_is_written_as_people_write_it():
    told = [seconds(text) for text in ("90", "90s", "15m", "2h", "1d", None)]
    assert told == [90, 90, 900, 7200, 86400, None]
    for wrong in ("", "0", "-5", "1.5h", "2 weeks", "99999999s"):
        with pytest.raises(MistakeError):
            seconds(wrong)


def test_a_cell_is_named_by_its_name_or_its_file(path):
    assert called("press") == called(str(path)) == "press"


def test_without_a_guardian_there_is_no_answer(alarm, ros_domain, monkeypatch):
    monkeypatch.setattr("tml_ros.cli.alarm_call.FIND_SECONDS", 0.2)
    assert alarm("reset", "siren", "hall")[0] == 3
    code, output = alarm("list", "--timeout", "0.2")
    assert code == 3
    assert f"no answer from a guardian of cell 'press' (ROS_DOMAIN_ID {ros_domain})" in output


def test_an_operator_lists_shelves_and_acknowledges(alarm, ros_domain, path, wait_until):
    with commanded_cell(path) as cell:
        wait_until(lambda: cell.transitions)
        code, output = alarm("list", cell=path)
        assert (code, "siren" in output, "active unacknowledged" in output) == (0, True, True)
        code, output = alarm("shelve", "siren", "hall", "--for", "2m", "--reason", "swallows")
        assert (code, output) == (
            0,
            "accepted: siren 'hall' shelved; it is active unacknowledged (shelved)",
        )
        code, output = alarm("list")
        assert "shelved until" in output
        assert "swallows" in output
        code, output = alarm("unshelve", "siren", "hall", "--json", "--operator", "Ann")
        assert (code, json.loads(output)["operator"]) == (0, "Ann")
        cell.siren("yard")
        wait_until(lambda: len(cell.guardian.alarms()) == 2)
        code, output = alarm("acknowledge", "--all")
        assert (code, output.count("accepted: siren")) == (0, 2)
        assert alarm("acknowledge", "--all") == (0, "every alarm is acknowledged")
        code, output = alarm("acknowledge", "siren", "hall")
        assert (code, output) == (1, "nothing to change: siren 'hall' is active acknowledged")
        code, output = alarm("condition", "begin", "cooking")
        assert code == 1
        assert "refused (unknown condition): the cell file has no condition 'cooking'" in output
        assert alarm("condition", "begin", "maintenance", "--for", "5m")[0] == 0
        assert alarm("condition", "end", "maintenance")[0] == 0
        assert alarm("out-of-service", "siren", "yard", "--reason", "repair")[0] == 0
        assert alarm("return-to-service", "siren", "yard")[0] == 0
        assert alarm("false-alarm", "siren", "yard", "--reason", "a radio")[0] == 0


def test_an_operator_signs_with_the_key_file(alarm, ros_domain, path, wait_until, monkeypatch):
    tmp_path = path.parent
    for file, name, key in (
        ("list.yaml", "Ann", ANN),
        ("list.yaml", "Bob", BOB),
        ("ann.key", "Ann", ANN),
        ("eve.key", "Eve", bytes(range(2, 34))),
    ):
        add_operator(tmp_path / file, name, key)
    path.write_text(CELL + "  operators: {keys: list.yaml}\n")
    order = ("acknowledge", "siren", "hall")
    with commanded_cell(path) as cell:
        wait_until(lambda: cell.transitions)
        assert alarm(*order)[0] == 1
        code, output = alarm(*order, "--key-file", tmp_path / "eve.key")
        assert (code, "refused (unknown operator)" in output) == (1, True)
        code, output = alarm(*order, "--key-file", tmp_path / "list.yaml")
        assert (code, "say --operator" in output) == (2, True)
        code, output = alarm(*order, "--key-file", tmp_path / "ann.key", "--operator", "Bob")
        assert (code, "no key of 'Bob'" in output) == (2, True)
        monkeypatch.setenv("TML_ROS_OPERATOR_KEY_FILE", str(tmp_path / "ann.key"))
        code, output = alarm(*order, "--json")
        answer = json.loads(output)
        assert (code, answer["operator"], answer["verified"]) == (0, "Ann", True)


def test_a_guardian_that_hangs_gives_no_answer(alarm, ros_domain, path, wait_until, monkeypatch):
    going_on = threading.Event()
    with commanded_cell(path) as cell:
        wait_until(lambda: cell.transitions)
        monkeypatch.setattr(cell.guardian, "advance", lambda _: going_on.wait() and [])
        try:
            code, output = alarm("acknowledge", "siren", "hall", "--timeout", "0.3")
        finally:
            going_on.set()
        assert (code, "no answer" in output) == (3, True)


def test_the_table_says_what_is_withheld_and_until_when(capsys):
    now_ns = 1_790_000_000_000_000_000
    shelved = Withholding(Withheld.SHELVED, now_ns, now_ns + 5 * MINUTE, "Ann", "swallows")
    out = Withholding(Withheld.OUT_OF_SERVICE, now_ns, None, "Bob")
    state = AlarmState.ACTIVE_UNACKNOWLEDGED
    siren = Alarm(HazardKind.SIREN, "hall", state, Priority.HIGH, "guard", now_ns, now_ns)
    siren = replace(siren, withheld=(out, shelved), chattering=True)
    early_ns = 12_340_000_000
    lost = Alarm(HazardKind.MODEL_LOST, "", state, Priority.LOW, "", early_ns, early_ns)
    alarms = [siren, lost]
    show_alarms("press", alarms, now_ns)
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "siren hall",
        "chattering",
        "out of service",
        "until",
        "swallows",
        "model_lost",
        "12.3 s",
    ):
        assert words in told
    show_alarms("press", [], now_ns)
    assert "no alarm in cell press" in capsys.readouterr().out
