"""A node program starts, says what is wrong in one line, and stops when told to."""

from __future__ import annotations

import signal

import pytest

PROGRAM = """
import sys
from rclpy.node import Node
from tml_ros.nodes.parameters import number_parameter, source_parameter, text_parameter
from tml_ros.nodes.running import run_node

class Probe(Node):
    def __init__(self):
        super().__init__("probe")
        text_parameter(self, "cell", "path of the cell file")
        text_parameter(self, "mode", "how", default="fast", choices=("fast", "slow"))
        number_parameter(self, "rate", "frames per second", default=5.0, lowest=1.0, highest=60.0)
        source = source_parameter(self, "source", "device or file", default="none")
        self.get_logger().info(f"ready with {source!r}")
        if source == "broken":
            self.create_timer(0.01, self.fail)

    def fail(self):
        raise RuntimeError("the bearing is dry")

sys.exit(run_node(Probe))
"""
GOOD = ("cell:=a.yaml",)


def _program(parameters):
    arguments = [word for value in parameters for word in ("-p", value)]
    return ["python", "-c", PROGRAM, "--ros-args", *arguments]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_node_with_code_0(ros_domain, run_process, number):
    process = run_process(_program(GOOD))
    process.wait_for("ready")
    process.signal(number)
    assert process.wait() == 0, process.output()
    assert "Traceback" not in process.output()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ((), ["'cell'", "must be set", "path of the cell file"]),
        (("cell:=7",), ["'cell'", "expected a string", "7"]),
        ((*GOOD, "mode:=sideways"), ["'mode'", "sideways", "fast, slow"]),
        ((*GOOD, "rate:=99.0"), ["'rate'", "from 1.0 to 60.0", "99.0"]),
        ((*GOOD, "rate:=99"), ["'rate'", "from 1.0 to 60.0", "99"]),
        ((*GOOD, "rate:=often"), ["'rate'", "from 1.0 to 60.0", "often"]),
        ((*GOOD, "source:=2.5"), ["'source'", "2.5", "a whole number or a string"]),
        (("no value",), ["no value"]),
    ],
)
def test_a_bad_parameter_is_one_readable_line_and_code_2(
    ros_domain, run_process, parameters, words
):
    process = run_process(_program(parameters))
    assert process.wait() == 2
    lines = [line for line in process.output().splitlines() if "cannot start" in line]
    assert len(lines) == 1, process.output()
    assert "Traceback" not in process.output()
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(("given", "taken"), [("0", "0"), ("'0'", "0"), ("a.mp4", "'a.mp4'")])
def test_a_source_is_an_index_or_a_name(ros_domain, run_process, given, taken):
    process = run_process(_program((*GOOD, f"source:={given}")))
    process.wait_for(f"ready with {taken}")


def test_a_whole_number_is_a_number(ros_domain, run_process):
    process = run_process(_program((*GOOD, "rate:=30")))
    process.wait_for("ready")


def test_a_failing_callback_ends_the_node_with_code_1_and_says_why(ros_domain, run_process):
    process = run_process(_program((*GOOD, "source:=broken")))
    assert process.wait() == 1
    assert "the bearing is dry" in process.output()
