"""Commands over real DDS: text in, answer out, and what the node is told of them."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from commanded_cell import CELL, CommandedCell, commanded_cell
from std_msgs.msg import String

from tml_ros.cell.commands.alarm_result import AlarmResult
from tml_ros.cell.commands.command_signing import command_text
from tml_ros.nodes import qos
from tml_ros.nodes.alarm_caller import AlarmCaller
from tml_ros.nodes.cell_node import StartError
from tml_ros.nodes.guardian_commands import RefusedCommandError
from tml_ros.safety.alarm import AlarmEvent

KEY = bytes(range(32))


def command(identity, key=None, **changes):
    fields = {
        "schema_version": 1,
        "id": identity,
        "command": "acknowledge",
        "kind": "siren",
        "zone": "hall",
        "operator": "Ann",
    }
    return command_text({**fields, **changes}, key)


@pytest.fixture
def cell(ros_domain, tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    with commanded_cell(path) as node:
        yield node


@pytest.fixture
def answered(ros_node, wait_until):
    """`answered(text, identity, code)`: the answer with these, to a text sent until it came."""
    came = {}

    def on_result(message):
        answer = AlarmResult.model_validate_json(message.data)
        came.setdefault((answer.id, answer.code.value), answer)

    topic = "/press/alarms/command/results"
    ros_node.create_subscription(String, topic, on_result, qos.ALARM_COMMAND_RESULTS)
    sender = ros_node.create_publisher(String, "/press/alarms/command", qos.ALARM_COMMANDS)

    def answered(text, identity, code):
        wait_until(
            lambda: sender.publish(String(data=text)) or (identity, code) in came,
            what=f"the answer {code} to {identity!r} among {list(came)}",
        )
        return came[identity, code]

    return answered


def test_every_text_is_answered_and_what_was_refused_is_counted(cell, answered, wait_until):
    wait_until(lambda: cell.transitions)
    done = answered(command("one"), "one", "accepted")
    assert (done.accepted, done.cell, done.operator) == (True, "press", "Ann")
    wait_until(lambda: cell.transitions[-1].event is AlarmEvent.ACKNOWLEDGED)
    assert not answered("acknowledge everything", "", "malformed").accepted
    answered(command("one", zone="yard"), "one", "id_reused")
    wait_until(lambda: len(cell.errors) >= 2)
    assert all(isinstance(error, RefusedCommandError) for error in cell.errors)
    assert str(cell.errors[0]).startswith("malformed: found no JSON")
    # However often a command came, it was carried out and recorded once.
    assert [t.event for t in cell.transitions].count(AlarmEvent.ACKNOWLEDGED) == 1
    records = [(kind, body["answer"]["code"]) for kind, body in cell.records]
    assert records.count(("command", "accepted")) == 1
    assert ("refusal", "malformed") in records


def test_a_caller_hears_the_alarms_and_the_answer_to_its_command(cell, wait_until):
    caller = AlarmCaller("press")
    try:
        assert caller.wait_for_guardian(10.0)
        assert [alarm.zone for alarm in caller.alarms(10.0)] == ["hall"]
        result = caller.call(command("mine"), "mine", 10.0)
        assert result.accepted
        assert caller.call(command("mine"), "another", 0.2) is None
    finally:
        caller.close()


def test_a_list_of_keys_that_others_may_read_keeps_the_node_from_starting(ros_domain, tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text(CELL + "  operators: {keys: keys.yaml}\n")
    keys = tmp_path / "keys.yaml"
    keys.write_text(f'Ann: "{KEY.hex()}"\n')
    keys.chmod(0o644)
    rclpy.init(args=["--ros-args", "-r", "__ns:=/press", "-p", f"cell:={path}"])
    try:
        with pytest.raises(StartError, match="chmod 600") as caught:
            CommandedCell()
        assert KEY.hex() not in str(caught.value)
    finally:
        rclpy.try_shutdown()


def test_a_signed_command_is_obeyed_and_any_other_refused(
    ros_domain, ros_node, answered, tmp_path, wait_until
):
    path = tmp_path / "press.yaml"
    path.write_text(CELL + "  operators: {keys: keys.yaml}\n")
    keys = tmp_path / "keys.yaml"
    keys.write_text(f'Ann: "{KEY.hex()}"\n')
    keys.chmod(0o600)
    with commanded_cell(path) as cell:
        wait_until(lambda: cell.transitions)
        stamp_ns = ros_node.get_clock().now().nanoseconds
        proof = {"cell": "press", "stamp_ns": stamp_ns}
        answered(command("one"), "one", "unsigned")
        answered(command("two", bytes(32), **proof), "two", "forged")
        done = answered(command("three", KEY, **proof), "three", "accepted")
        assert (done.accepted, done.verified) == (True, True)
        assert KEY.hex() not in json.dumps(cell.records)
