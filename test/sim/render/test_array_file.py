from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tml_ros.sim.render.array_file import (
    DTYPES,
    ArrayFile,
    ShardError,
    digest_of,
    write_arrays,
)

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: name != "__metadata__"),
    st.sampled_from(list(DTYPES.values())).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0))
    ),
    max_size=5,
)
SOME = {
    "0/sound": np.arange(50, dtype=np.int16),
    "0/frames": np.arange(33, dtype=np.uint8),
    "1/ends": np.arange(3, dtype=np.int64),
    "1/nothing": np.zeros((0, 4), np.int8),
}


def written(folder: Path, about: str = "some") -> Path:
    path = folder / "some.safetensors"
    write_arrays(path, SOME, about=about)
    return path


@QUICK
@given(arrays=ARRAYS, about=st.text(max_size=20))
def test_what_is_read_is_what_was_written(
    arrays: dict[str, np.ndarray], about: str, tmp_path: Path
) -> None:
    path = tmp_path / "one.safetensors"
    size = write_arrays(path, arrays, about=about)
    file = ArrayFile(path)
    assert size == path.stat().st_size
    assert file.about == about
    assert set(file.names) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(file.array(name), array)
        assert file.array(name).dtype == array.dtype
        assert not file.array(name).flags.writeable or not array.size
    assert file.digest("") == digest_of(arrays)


def test_equal_arrays_make_equal_files_in_whatever_order_they_are_given(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", SOME, about="x")
    write_arrays(tmp_path / "b", dict(reversed(SOME.items())), about="x")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_every_array_lies_aligned(tmp_path: Path) -> None:
    file = ArrayFile(written(tmp_path))
    for name in file.names:
        assert file.array(name).flags.aligned


def test_other_tools_read_it_too(tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.numpy")
    loaded = library.load_file(written(tmp_path))
    assert set(loaded) == set(SOME)
    for name, array in SOME.items():
        np.testing.assert_array_equal(loaded[name], array)


def test_any_byte_that_is_altered_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    digest = ArrayFile(path).digest("")
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            assert ArrayFile(path).digest("") != digest, place
        except ShardError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 100, -1])
def test_a_file_that_was_cut_is_refused(length: int, tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ShardError, match=r"some\.safetensors"):
        ArrayFile(path)


def test_a_file_with_something_left_over_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ShardError, match="were written"):
        ArrayFile(path)


@QUICK
@given(data=st.binary(max_size=200), length=st.integers(0, 2**64 - 1) | st.integers(0, 200))
def test_whatever_else_lies_there_is_refused(data: bytes, length: int, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(length.to_bytes(8, "little") + data)
    with pytest.raises(ShardError):
        ArrayFile(path)


def test_floats_of_another_width_are_refused_and_leave_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="float64"):
        write_arrays(path, {"a": np.zeros(3)}, about="")
    assert path.read_bytes() == before


def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_arrays(path, SOME, about="other")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
