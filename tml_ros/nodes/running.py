"""Running one node as a program: start, spin in an owned thread, stop cleanly on a signal.

Knows nothing of what the node does. A node stops its own threads and timers in `destroy_node`.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Protocol, runtime_checkable

import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.exceptions import ParameterException
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from tml_ros.nodes.exit_codes import FAILED, MISCONFIGURED, PARENT_VARIABLE, STOPPED
from tml_ros.nodes.service_notify import ServiceNotify

_JOIN_SECONDS = 1.0
_LIMIT_SECONDS = 5
_PR_SET_PDEATHSIG = 1


@runtime_checkable
class Working(Protocol):
    """A node that can tell whether its own threads go on."""

    def working(self) -> bool:
        """Whether they do; called in the spinning thread."""


class SpinThread:
    """Executes a node's callbacks in a thread of its own until stopped.

    The thread is joined before anything it uses is destroyed, or the process would abort at exit.
    `on_failure` is called, in that thread, when a callback raises.
    """

    def __init__(self, node: Node, *, on_failure: Callable[[], None] = lambda: None) -> None:
        """Start spinning."""
        self._node = node
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(node)
        self._stopping = threading.Event()
        self._on_failure = on_failure
        self.failure: Exception | None = None
        """What a callback raised, if that is why the thread ended."""
        self._thread = threading.Thread(
            target=self._spin, name=f"spin {node.get_name()}", daemon=True
        )
        self._thread.start()

    def stop(self) -> bool:
        """Stop spinning; False if a callback did not return within a second."""
        self._stopping.set()
        # Only a task ends a wait in progress; `wake` alone makes the executor wait again.
        self._executor.create_task(lambda: None)
        self._thread.join(_JOIN_SECONDS)
        if self._thread.is_alive():
            return False
        self._executor.shutdown()
        return True

    def _spin(self) -> None:
        try:
            while not self._stopping.is_set() and self._node.context.ok():
                self._executor.spin_once()
        except Exception as error:
            if not self._stopping.is_set():
                self.failure = error
                self._on_failure()


def run_node(factory: Callable[[], Node], argv: Sequence[str] | None = None) -> int:
    """Run the node that `factory` builds until SIGINT or SIGTERM; returns the exit code.

    0 after a signal, 1 after an unexpected failure (worth a restart), 2 when the node cannot start
    as configured: a bad parameter, cell file or ROS argument, logged in one line.

    Where who started it asks for signs of life (`service_notify`), the spinning thread gives them,
    as long as the node's own threads go on; whatever state a lifecycle node is in.

    factory: called once rclpy is initialised, in the main thread.
    argv: the whole command line, `sys.argv` unless given.
    """
    finished = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Should stopping hang, the alarm's default action still ends the process.
        signal.alarm(_LIMIT_SECONDS)
        finished.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    faulthandler.enable()
    _end_with_parent(finished)
    service = ServiceNotify(os.environ)
    try:
        rclpy.init(
            args=list(sys.argv if argv is None else argv),
            signal_handler_options=SignalHandlerOptions.NO,
        )
    except Exception as error:
        get_logger("tml_ros").fatal(f"cannot start: {_one_line(error)}")
        return MISCONFIGURED
    try:
        return _run(factory, finished, service)
    finally:
        rclpy.try_shutdown()


def _run(factory: Callable[[], Node], finished: threading.Event, service: ServiceNotify) -> int:
    try:
        node = factory()
    except (ValueError, OSError, ParameterException) as error:
        get_logger("tml_ros").fatal(f"cannot start: {_one_line(error)}")
        return MISCONFIGURED
    if service.asked_for:
        _give_signs_of_life(node, service)
    spinning = SpinThread(node, on_failure=finished.set)
    finished.wait()
    stopped = spinning.stop()
    if spinning.failure is not None:
        node.get_logger().fatal(f"stopped by a failure: {_one_line(spinning.failure)}")
    elif not stopped:
        node.get_logger().error("a callback did not return; leaving without it")
        # An ordinary exit would destroy what that callback still uses, and abort.
        os._exit(FAILED)
    node.destroy_node()
    return FAILED if spinning.failure is not None else STOPPED


def _give_signs_of_life(node: Node, service: ServiceNotify) -> None:
    told = False

    def tell() -> None:
        nonlocal told
        if not told:
            told = True
            service.ready()
        if not isinstance(node, Working) or node.working():
            service.alive()

    node.create_timer(service.interval_s, tell, clock=Clock(clock_type=ClockType.STEADY_TIME))


def _end_with_parent(finished: threading.Event) -> None:
    parent = os.environ.pop(PARENT_VARIABLE, "")
    if not parent.isdecimal() or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        finished.set()


def _one_line(error: Exception) -> str:
    words = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
    return words or type(error).__name__
