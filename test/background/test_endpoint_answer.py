"""What counts as clearing a machine, which numbers are backed, and how torn replies are read."""

from __future__ import annotations

import json
import sys
from datetime import timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.background.endpoint_answer import checked, clears, harmless, plain_answer
from tml_ros.background.endpoint_reply import MAX_CALLS, Reply, TooLongError
from tml_ros.background.endpoint_tools import EndpointTools
from tml_ros.background.facts import Facts
from tml_ros.background.tool_arguments import FinalAnswer
from tml_ros.background.tool_json import MAX_RESULT, bounded

sys.path.insert(0, str(Path(__file__).parent))

from plant import NOW, alarm, damage, quiet_plant


@pytest.mark.parametrize(
    "text",
    [
        "It is safe.", "You can restart press 2 now.", "Press 2 is safe to restart.",
        "There is no danger.", "Operators may enter the cell.", "It can be started.",
        "You can safely open the guard.", "The press is cleared for start.", "Good to go.",
        "There is no doubt that it is safe.", "Die Presse ist sicher.",
        "Die Presse kann wieder eingeschaltet werden.", "Sie darf gefahrlos anlaufen.",
        "Die Zelle ist freigegeben.", "Man kann die Zelle betreten.", "Es besteht keine Gefahr.",
        "Die Presse darf wieder angefahren werden.", "You may use it again.",
        "Es besteht kein Zweifel, dass die Presse sicher gestartet werden kann.",
    ],
)  # fmt: skip
def test_a_clearance_is_recognised(text: str) -> None:
    assert clears(text)


@pytest.mark.parametrize(
    "text",
    [
        "The oil is at 83 degrees, beyond its limit.", "It is not safe to restart.",
        "I cannot say; a person decides.", "The bearing may be damaged.",
        "It must not be started.", "Plan to replace the bearing this week.",
        "Das Lager kann beschädigt sein.", "Das kann eine Folge der Hitze sein.",
        "Ich bin nicht sicher.", "The drive reported a fault at 10:46.",
        "Speed went from 1480 to 0.", "Die Temperatur steigt und kann bald die Grenze erreichen.",
    ],
)  # fmt: skip
def test_an_ordinary_sentence_is_no_clearance(text: str) -> None:
    assert not clears(text)


@pytest.fixture(scope="module")
def tools() -> EndpointTools:
    """Tools that gave out a temperature (e1) and a judgement (e2)."""
    plant = quiet_plant()
    plant.record.add(damage())
    given_out = EndpointTools(Facts(plant, NOW))
    given_out.call("latest", json.dumps({"machine": "press_2", "quantity": "oil_temperature"}))
    given_out.call("conditions", json.dumps({"machine": "press_2"}))
    assert set(given_out.ledger.evidence) == {"e1", "e2"}
    return given_out


@pytest.mark.parametrize(
    ("say", "loose"),
    [
        ("Press 2 is likely damaged, 86 percent sure.", ()),
        ("Found at 11:01, 5 minutes ago.", ()),
        ("Peaks at 162 hertz.", ()),
        ("Peaks at 170 hertz.", ("170",)),
        ("It was found at 9:15.", ("9:15",)),
        ("It will last 12 days.", ("12",)),
        ("No numbers at all.", ()),
        ("Is 44 the one that was asked about?", ()),
    ],
)
def test_numbers_must_be_in_the_evidence(
    tools: EndpointTools, say: str, loose: tuple[str, ...]
) -> None:
    end = checked(
        FinalAnswer(say=say, evidence=("e2",), confidence=0.8),
        tools.ledger,
        question="what about 44?",
        names=("press_2",),
        now_ns=NOW,
        zone=timezone.utc,
        german=False,
    )
    assert end.confidence == (0.4 if loose else 0.8)
    for number in loose:
        assert f"Not backed by evidence: {number}" in end.show


def test_ids_in_plain_text_are_its_evidence() -> None:
    found = plain_answer("Hot [e1, e2] and loud (e7).")
    assert (found.say, found.evidence) == ("Hot  and loud .", ("e1", "e2", "e7"))


def test_what_a_page_would_fetch_or_run_is_taken_out() -> None:
    shown = harmless("a ![p](http://x/y.png) <b> [t][r]\n[r]: http://x\n**kept** https://x/z")
    assert "http" not in shown
    assert "<" not in shown
    assert "**kept**" in shown


@pytest.mark.parametrize(
    "name",
    ["machines", "status", "latest", "series", "changes", "conditions", "forecast", "last_stop",
     "alarms", "playbook", "manuals", "vibration"],
)  # fmt: skip
def test_each_tool_is_described_and_answers_in_bounds(name: str) -> None:
    plant = quiet_plant()
    plant.record.add(damage())
    plant.record.add_alarm(alarm("siren", "hall"))
    tools = EndpointTools(Facts(plant, NOW))
    (spec,) = [one for one in tools.specifications() if one["function"]["name"] == name]
    parameters = spec["function"]["parameters"]
    values = {
        "machine": "press_2", "quantity": "oil_temperature", "hours": 24,
        "defect_or_symptom": "inner_race", "query": "bearing grease",
    }  # fmt: skip
    arguments = {key: values[key] for key in parameters["properties"]}
    result = tools.call(name, json.dumps(arguments))
    assert len(result) <= MAX_RESULT
    assert "error" not in json.loads(result)


def test_a_result_that_is_too_large_is_cut_and_says_so() -> None:
    text = bounded({"passages": [{"quoted_text": "x" * 900} for _ in range(50)], "note": "n"})
    told = json.loads(text)
    assert len(text) <= MAX_RESULT
    assert told["shortened"] is True
    assert told["passages"]
    assert "error" in json.loads(bounded({"one": "x" * 9_000}))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=200))
def test_no_call_of_a_model_breaks_anything(name: str, arguments: str) -> None:
    told = json.loads(_TOOLS.call(name, arguments))
    assert isinstance(told, dict)
    assert "error" in json.loads(_TOOLS.call("series", arguments))


_TOOLS = EndpointTools(Facts(quiet_plant(), NOW))


def piece(**delta: Any) -> Any:
    return SimpleNamespace(
        usage=None, choices=[SimpleNamespace(finish_reason=None, delta=SimpleNamespace(**delta))]
    )


def part(index: int | None, called: str | None, name: str | None, arguments: str | None) -> Any:
    function = SimpleNamespace(name=name, arguments=arguments)
    return SimpleNamespace(index=index, id=called, function=function)


def test_calls_that_come_torn_and_mixed_are_put_together() -> None:
    reply = Reply()
    for one in (
        part(0, "a", "lat", ""), part(1, "b", "status", "{"), part(0, None, "est", '{"x"'),
        part(1, None, None, "}"), part(0, None, None, ": 1}"),
    ):  # fmt: skip
        reply.add(piece(tool_calls=[one]))
    assert [(call.id, call.name, call.arguments) for call in reply.calls] == [
        ("a", "latest", '{"x": 1}'), ("b", "status", "{}"),
    ]  # fmt: skip


def test_calls_without_an_index_are_told_apart_by_their_ids() -> None:
    reply = Reply()
    for one in (part(None, "a", "x", "1"), part(None, None, None, "2"), part(None, "b", "y", "3")):
        reply.add(piece(tool_calls=[one]))
    assert [(call.name, call.arguments) for call in reply.calls] == [("x", "12"), ("y", "3")]


def test_a_reply_is_bounded() -> None:
    reply = Reply()
    for index in range(MAX_CALLS):
        reply.add(piece(tool_calls=[part(index, "i", "n", "")]))
    with pytest.raises(TooLongError):
        reply.add(piece(tool_calls=[part(MAX_CALLS, "i", "n", "")]))
    with pytest.raises(TooLongError):
        Reply().add(piece(content="x" * 20_001))
    endless = Reply()
    with pytest.raises(TooLongError):
        for _ in range(1_000):
            endless.add(piece(reasoning_content="x" * 1_000))


def test_pieces_of_any_shape_are_taken_for_what_they_are() -> None:
    reply = Reply()
    odd_ones = (
        None,
        SimpleNamespace(),
        SimpleNamespace(choices=None, usage=None),
        SimpleNamespace(choices=[None]),
        piece(),
        piece(content=3, tool_calls=None),
    )
    for odd in odd_ones:
        reply.add(odd)
    assert (reply.text, reply.calls, reply.finished) == ("", (), "")
