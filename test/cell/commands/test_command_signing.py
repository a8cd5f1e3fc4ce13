"""The proof of who commands: in one way only, and broken by any change."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.commands.alarm_command import COMMANDS, parse_alarm_command
from tml_ros.cell.commands.alarm_result import ResultCode
from tml_ros.cell.commands.command_signing import (
    canonical_bytes,
    command_text,
    content_digest,
    is_genuine,
    mac_of,
    sent_fields,
)

KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
# The worked example of docs/commands.md.
EXAMPLE = {
    "schema_version": 1,
    "id": "panel-7:42",
    "command": "shelve",
    "operator": "Jörg",
    "kind": "siren",
    "zone": "hall",
    "reason": 'the "siren" is a swallow',
    "duration": 900,
    "cell": "press_line",
    "stamp_ns": 1790000000000000000,
}
CANONICAL = (
    '{"cell":"press_line","command":"shelve","duration":900,"id":"panel-7:42","kind":"siren",'
    '"operator":"Jörg","reason":"the \\"siren\\" is a swallow","schema_version":1,'
    '"stamp_ns":1790000000000000000,"zone":"hall"}'
).encode()
MAC = "96be934c7ae2048baa51639773a68b21fdce142019d914b9fbec91d410d0395d"


def parsed(fields):
    return parse_alarm_command(json.dumps(fields))


def test_the_worked_example_of_the_manual_has_its_mac():
    assert canonical_bytes(EXAMPLE) == CANONICAL
    assert mac_of(EXAMPLE, KEY) == MAC == hmac.new(KEY, CANONICAL, hashlib.sha256).hexdigest()
    assert is_genuine(parsed({**EXAMPLE, "mac": MAC}), KEY)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_makes_the_same_mac():
    argv = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}"]
    done = subprocess.run(argv, input=CANONICAL, capture_output=True, check=True)
    assert done.stdout.decode().split()[-1] == MAC


@pytest.mark.parametrize(
    "change",
    [
        {"operator": "Jorg"},
        {"id": "panel-7:43"},
        {"command": "acknowledge", "duration": None},
        {"zone": "gate"},
        {"zone": None},
        {"reason": ""},
        {"reason": None},
        {"duration": 901},
        {"duration": None},
        {"cell": "press_lime"},
        {"stamp_ns": 1790000000000000001},
        {"mac": "0" * 64},
        {"mac": MAC[:-1] + ("0" if MAC[-1] != "0" else "1")},
    ],
)
def test_nothing_can_be_changed_without_the_key(change):
    changed = {**EXAMPLE, "mac": MAC, **change}
    assert not is_genuine(parsed({k: v for k, v in changed.items() if v is not None}), KEY)


def test_another_key_makes_another_mac():
    signed = parsed({**EXAMPLE, "mac": MAC})
    assert not is_genuine(signed, KEY[::-1])
    assert not is_genuine(parsed(EXAMPLE), KEY)


def test_order_spaces_and_escapes_of_the_text_make_no_difference():
    one = json.dumps({**EXAMPLE, "mac": MAC}, indent=4)
    other = json.dumps(dict(reversed({**EXAMPLE, "mac": MAC}.items())), ensure_ascii=False)
    assert one != other
    for text in (one, other, command_text(EXAMPLE, KEY)):
        assert is_genuine(parse_alarm_command(text), KEY)
        assert content_digest(parse_alarm_command(text)) == content_digest(parsed(EXAMPLE))


LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(
    LINE,
    LINE,
    st.one_of(st.none(), st.integers(1, 86_400)),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=64),
)
def test_what_one_signs_the_other_finds_genuine(operator, reason, duration, stamp_ns, key):
    changes = {"operator": operator, "reason": reason, "stamp_ns": stamp_ns, "duration": duration}
    fields = {**EXAMPLE, **changes}
    command = parse_alarm_command(command_text(fields, key))
    assert is_genuine(command, key)
    assert {k: v for k, v in sent_fields(command).items() if k != "mac"} == fields


def manual():
    text = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)
    return text, {language: block for language, block in blocks if language in ("python", "sh")}


def test_the_manual_shows_the_worked_example():
    text, _ = manual()
    assert all(part in text for part in (KEY.hex(), CANONICAL.decode(), MAC))


def test_the_manual_has_every_command_and_code():
    text, _ = manual()
    for word in (*COMMANDS, *(code.value for code in ResultCode)):
        assert f"\n| `{word}` |" in text


@pytest.mark.parametrize(("language", "program"), [("python", sys.executable), ("sh", "sh")])
def test_what_the_manual_says_in_a_few_lines_signs_a_command(language, program):
    if language == "sh" and shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    _, blocks = manual()
    argv = [program, "-c", blocks[language]]
    done = subprocess.run(argv, capture_output=True, check=True, text=True, encoding="utf-8")
    assert is_genuine(parse_alarm_command(done.stdout), KEY)
