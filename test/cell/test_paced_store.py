import numpy as np
import pytest

from tml_ros.cell.paced_store import SpeechStore

SPEECH = (np.arange(-50, 50) / 50).astype(np.float32)


def test_what_was_put_there_is_there_for_another_process(tmp_path):
    SpeechStore(tmp_path / "new").put("Stop.", SPEECH)
    kept = SpeechStore(tmp_path / "new").get("Stop.")
    assert kept is not None
    assert np.abs(kept - SPEECH).max() < 1e-4


def test_something_else_is_not_there(tmp_path):
    store = SpeechStore(tmp_path)
    store.put("Stop.", SPEECH)
    assert store.get("Stop") is None


def test_it_never_keeps_more_than_it_may(tmp_path):
    store = SpeechStore(tmp_path, most=3)
    for number in range(50):
        store.put(str(number), SPEECH)
    assert len(list(tmp_path.iterdir())) <= 3


def test_what_has_the_place_of_another_replaces_it_and_is_not_taken_for_it(tmp_path):
    store = SpeechStore(tmp_path, most=1)
    store.put("first", SPEECH)
    store.put("second", SPEECH[:10])
    assert store.get("first") is None
    second = store.get("second")
    assert second is not None
    assert len(second) == 10


@pytest.mark.parametrize("damage", [lambda data: data[:-2], lambda data: data[:20], lambda _: b""])
def test_a_damaged_piece_counts_as_missing(tmp_path, damage):
    store = SpeechStore(tmp_path)
    store.put("Stop.", SPEECH)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert store.get("Stop.") is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    store = SpeechStore(tmp_path / "file")
    store.put("Stop.", SPEECH)
    assert store.get("Stop.") is None


def test_a_store_without_places_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        SpeechStore(tmp_path, most=0)
