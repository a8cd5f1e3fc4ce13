"""Weights on disk come back as they were, and whatever else a file may be is refused with words."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tiny_model import EXPERTS, tiny_preset

from tml_ros.model import checkpoint
from tml_ros.model.checkpoint import (
    FORMAT,
    CheckpointError,
    load_checkpoint,
    read_checkpoint_header,
    save_checkpoint,
)
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.tensor_file import tensor_digest

FACTS = {"trained": True, "steps": 12, "trusted_kinds": ["siren"], "note": "Größe \u2028 €"}
TOKENIZER = "ab" * 32
SMALL = tiny_preset(
    text={"vocabulary": 260, "in_per_turn": 4}, hearing={"microphones": 1, "bins": 2}
)


@pytest.fixture(scope="module")
def net() -> InteractionNet:
    return fresh_net(SMALL, seed=3)


@pytest.fixture(scope="module")
def written(net: InteractionNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "small.safetensors"
    save_checkpoint(net, path, tokenizer=TOKENIZER, facts=FACTS)
    return path


def assert_same(one: InteractionNet, other: InteractionNet) -> None:
    mine, others = one.state_dict(), other.state_dict()
    assert list(mine) == list(others)
    for name, tensor in mine.items():
        assert torch.equal(tensor, others[name]), name


@pytest.mark.parametrize("experts", [None, EXPERTS])
def test_what_was_saved_is_loaded(experts: Mapping[str, int] | None, tmp_path: Path) -> None:
    saved = fresh_net(tiny_preset(transformer={"experts": experts}), seed=5)
    save_checkpoint(saved, tmp_path / "a.safetensors", tokenizer=TOKENIZER, facts=FACTS)
    loaded, header = load_checkpoint(str(tmp_path / "a.safetensors"))
    assert_same(saved, loaded)
    assert (header.preset, header.version) == (saved.preset, 1)
    assert (header.tokenizer, header.facts) == (TOKENIZER, FACTS)
    assert not loaded.training
    assert {tensor.device.type for tensor in loaded.state_dict().values()} == {"cpu"}
    assert all(weight.requires_grad for weight in loaded.parameters())


def test_the_header_is_read_without_the_weights(written: Path) -> None:
    header = read_checkpoint_header(written)
    assert (header.preset, header.tokenizer, header.facts) == (SMALL, TOKENIZER, FACTS)


def test_a_checkpoint_is_what_others_know_as_safetensors(
    net: InteractionNet, written: Path
) -> None:
    tensors = load_file(written)
    assert set(tensors) == set(net.state_dict())
    assert torch.equal(tensors["floor.bias"], net.floor.bias)


def test_equal_weights_make_equal_files(net: InteractionNet, written: Path, tmp_path: Path) -> None:
    save_checkpoint(net, tmp_path / "again", tokenizer=TOKENIZER, facts=FACTS)
    assert (tmp_path / "again").read_bytes() == written.read_bytes()


@pytest.mark.parametrize("loaded_as", [torch.float32, torch.bfloat16])
def test_weights_stored_in_bfloat16_load_as_wanted(
    net: InteractionNet, loaded_as: torch.dtype, tmp_path: Path
) -> None:
    path = tmp_path / "half.safetensors"
    save_checkpoint(net, path, tokenizer=TOKENIZER, dtype=torch.bfloat16)
    loaded, _ = load_checkpoint(path, dtype=loaded_as)
    expected = net.floor.weight.to(torch.bfloat16).to(loaded_as)
    assert torch.equal(loaded.floor.weight, expected)
    assert {tensor.dtype for tensor in loaded.state_dict().values()} == {loaded_as}


def test_loaded_weights_are_not_windows_into_the_file(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "file.safetensors"
    path.write_bytes(written.read_bytes())
    loaded, _ = load_checkpoint(path)
    before = loaded.embedding.text.weight.clone()
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
    assert torch.equal(loaded.embedding.text.weight, before)


def test_a_file_is_as_readable_as_any_other_that_is_written(written: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    mode = stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert stat.S_IMODE(written.stat().st_mode) == mode


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_not_written_over_those_that_are(
    value: float, written: Path, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(written.read_bytes())
    broken, _ = load_checkpoint(path)
    with torch.no_grad():
        broken.floor.weight[1, 2] = value
    with pytest.raises(ValueError, match=r"'floor.weight' is not finite"):
        save_checkpoint(broken, path, tokenizer=TOKENIZER)
    assert path.read_bytes() == written.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize("facts", [{"a": float("nan")}, {"a": object()}, {"a": {1, 2}}])
def test_facts_that_json_cannot_say_are_refused(
    facts: dict[str, Any], net: InteractionNet, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_checkpoint(net, tmp_path / "a", tokenizer=TOKENIZER, facts=facts)
    assert not list(tmp_path.iterdir())


def rewritten(
    written: Path,
    path: Path,
    *,
    change: Callable[[dict[str, torch.Tensor]], object] = lambda _: None,
    sealed: bool = True,
    **said: str,
) -> Path:
    """The checkpoint again with other tensors or metadata; sealed as if we had written it."""
    with safe_open(written, framework="pt") as file:
        metadata = {**file.metadata(), **said}
        kept = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    change(kept)
    digests = {name: tensor_digest(one) for name, one in kept.items() if one.is_floating_point()}
    if sealed:
        metadata["tensors"] = said.get("tensors", json.dumps(digests))
        metadata["seal"] = checkpoint._seal(metadata)
    save_file(kept, path, metadata)
    return path


def drop(*names: str) -> Callable[[dict[str, torch.Tensor]], None]:
    def change(tensors: dict[str, torch.Tensor]) -> None:
        for name in names:
            del tensors[name]

    return change


def put(**tensors: torch.Tensor) -> Callable[[dict[str, torch.Tensor]], None]:
    return lambda kept: kept.update({name.replace("__", "."): one for name, one in tensors.items()})


DIFFERENT = {
    "missing": (drop("floor.bias"), ["missing: floor.bias;"]),
    "foreign": (put(extra=torch.zeros(1)), ["not expected: extra;"]),
    "shape": (
        put(floor__bias=torch.zeros(4)),
        ["of another shape: floor.bias [4], expected [3];"],
    ),
    "type": (
        put(floor__bias=torch.zeros(3, dtype=torch.int64)),
        ["of another type: floor.bias I64, expected F32 or BF16 or F16;"],
    ),
    "all at once": (
        lambda kept: (drop("floor.bias")(kept), put(a=torch.zeros(1), b=torch.zeros(1))(kept)),
        ["missing: floor.bias; not expected: a, b;"],
    ),
    "not a number": (
        put(floor__bias=torch.tensor([0.0, float("nan"), 0.0])),
        ["'floor.bias' has values that are not finite"],
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_does_not_fit_is_named(name: str, written: Path, tmp_path: Path) -> None:
    change, words = DIFFERENT[name]
    path = rewritten(written, tmp_path / "other.safetensors", change=change)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_of_many_that_do_not_fit_ten_are_named(written: Path, tmp_path: Path) -> None:
    more = {f"extra{number:02}": torch.zeros(1) for number in range(13)}
    path = rewritten(written, tmp_path / "other.safetensors", change=put(**more))
    with pytest.raises(CheckpointError, match="extra09 and 3 more") as caught:
        load_checkpoint(path)
    assert "extra10" not in str(caught.value)


OTHER_PRESET = SMALL.changed(transformer={"width": 128}).model_dump_json()
DEEP = "[" * 100_000
SAID = {
    "of a newer version": (
        {"version": "2"},
        "written by a newer tml_ros; this one reads 1; update",
    ),
    "of no version": ({"version": "one"}, "damaged"),
    "of something else": ({"format": "pt"}, "a safetensors file of something else"),
    "for another preset": ({"preset": OTHER_PRESET}, "of another shape"),
    "with a preset that is none": ({"preset": "{}"}, "its description is wrong"),
    "with a preset too deep": ({"preset": DEEP}, "its description is wrong"),
    "with facts too deep": ({"facts": DEEP}, "its description is wrong"),
    "with facts that are none": ({"facts": "3"}, "its description is wrong"),
    "with digests that are none": ({"tensors": "3"}, "its description is wrong"),
    "with other digests": ({"tensors": "{}"}, "is not what was written; get the file again"),
    "with endless layers": (
        {"preset": SMALL.changed(transformer={"layers": 10**9}).model_dump_json()},
        "its preset has 1000000002 layers, itself",
    ),
    "with endless width": (
        {"preset": SMALL.changed(transformer={"width": 10**19}).model_dump_json()},
        "preset tiny cannot be built",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_file_that_says_something_else_is_refused(
    name: str, written: Path, tmp_path: Path
) -> None:
    said, words = SAID[name]
    path = rewritten(written, tmp_path / "other.safetensors", **said)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["preset", "facts", "tokenizer", "tensors"])
def test_nothing_that_a_file_says_can_be_changed_unnoticed(
    name: str, written: Path, tmp_path: Path
) -> None:
    said = {name: '{"trained": true, "trusted_kinds": ["person_in_zone"]}'}
    path = rewritten(written, tmp_path / "other.safetensors", sealed=False, **said)
    with pytest.raises(CheckpointError, match="what it says of itself was changed; get the file"):
        read_checkpoint_header(path)


def test_what_lacks_a_part_of_its_description_is_refused(written: Path, tmp_path: Path) -> None:
    metadata = {"format": FORMAT, "version": "1"}
    metadata["seal"] = checkpoint._seal(metadata)
    path = tmp_path / "bare.safetensors"
    save_file(load_file(written), path, metadata)
    with pytest.raises(CheckpointError, match="its description is wrong"):
        read_checkpoint_header(path)


FOREIGN = {
    "empty": (b"", "no safetensors file"),
    "short": (b"\1\2\3", "no safetensors file"),
    "noise": (bytes(range(256)) * 40, "no safetensors file"),
    "picture": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(500), "no safetensors file"),
    "pickle": (b"\x80\x04\x95" + bytes(500), "no safetensors file"),
    "8 EB of header": ((2**63).to_bytes(8, "little") + b"{}" * 50, "no safetensors file"),
    "header beyond the end": ((90_000_000).to_bytes(8, "little") + b"{}", "no safetensors file"),
    "header of nothing": ((2).to_bytes(8, "little") + b"{}", "of something else"),
    "deep header": ((50_000).to_bytes(8, "little") + b"[" * 50_000, "no safetensors file"),
}


@pytest.mark.parametrize("read", [load_checkpoint, read_checkpoint_header])
@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_refused(
    name: str, read: Callable[[Path], object], tmp_path: Path
) -> None:
    data, words = FOREIGN[name]
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(data)
    with pytest.raises(CheckpointError) as caught:
        read(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_tensors_of_somebody_else_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(3)}, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match="a safetensors file of something else; give a"):
        load_checkpoint(tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: None, "no such file; give the path of a checkpoint"),
        (lambda path: path.mkdir(), "no file"),
        (os.mkfifo, "no file"),
        (lambda path: path.symlink_to(path), "no such file"),
    ],
)
def test_what_is_no_file_is_refused(
    make: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    make(tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match=words):
        load_checkpoint(tmp_path / "a.safetensors")


def test_without_verification_a_changed_value_is_loaded_and_with_it_refused(
    net: InteractionNet, written: Path, tmp_path: Path
) -> None:
    data = bytearray(written.read_bytes())
    data[-2] ^= 1
    path = tmp_path / "turned.safetensors"
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="is not what was written"):
        load_checkpoint(path)
    loaded, _ = load_checkpoint(path, verify=False)
    mine = net.state_dict()
    different = [name for name, one in loaded.state_dict().items() if not one.equal(mine[name])]
    assert len(different) == 1


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@example(data=None)
def test_a_damaged_file_is_refused_or_gives_the_very_same_weights(
    data: st.DataObject | None, net: InteractionNet, written: Path, tmp_path: Path
) -> None:
    whole = written.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    damaged = whole[: header - 1] if data is None else spoilt(data, whole, header)
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(damaged)
    try:
        loaded, said = load_checkpoint(path)
    except CheckpointError:
        return
    assert_same(net, loaded)
    assert (said.preset, said.facts, said.tokenizer) == (SMALL, FACTS, TOKENIZER)


def spoilt(data: st.DataObject, whole: bytes, header: int) -> bytes:
    """The file with a bit turned, bytes replaced, cut or added; half of the time in its header."""
    reach = data.draw(st.sampled_from([8, header, len(whole)]))
    at = data.draw(st.integers(0, reach - 1))
    how = data.draw(st.sampled_from(["turn", "replace", "cut", "add", "remove"]))
    if how == "turn":
        turned = whole[at] ^ (1 << data.draw(st.integers(0, 7)))
        return whole[:at] + bytes([turned]) + whole[at + 1 :]
    if how == "cut":
        return whole[:at]
    some = data.draw(st.binary(min_size=1, max_size=9))
    if how == "add":
        return whole[:at] + some + whole[at:]
    if how == "replace":
        return whole[:at] + some + whole[at + len(some) :]
    return whole[:at] + whole[at + len(some) :]
