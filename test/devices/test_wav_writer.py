import wave

import numpy as np

from tml_ros.devices import wav_writer
from tml_ros.devices.wav_file import read_wav
from tml_ros.devices.wav_writer import WavWriter


def test_the_file_is_valid_after_every_write_without_being_closed(tmp_path):
    path = tmp_path / "new" / "speech.wav"
    writer = WavWriter(path, rate=16_000)
    sent = np.linspace(-1, 1, 900, dtype=np.float32)
    for count, piece in enumerate(np.split(sent, 9), start=1):
        writer.write(piece)
        with wave.open(str(path)) as wav:
            assert wav.getnframes() == 100 * count
    _, samples = read_wav(path)
    assert np.abs(samples[:, 0] - sent).max() <= 1 / 32768
    writer.close()


def test_an_empty_file_is_valid(tmp_path):
    WavWriter(tmp_path / "empty.wav", rate=22_050).close()
    rate, samples = read_wav(tmp_path / "empty.wav")
    assert (rate, len(samples)) == (22_050, 0)


def test_at_the_limit_of_the_format_the_file_stays_valid_and_says_it_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr(wav_writer, "MAX_DATA_BYTES", 20)
    writer = WavWriter(tmp_path / "full.wav", rate=16_000)
    writer.write(np.zeros(8, np.float32))
    assert not writer.full
    writer.write(np.zeros(8, np.float32))
    writer.write(np.zeros(8, np.float32))
    assert writer.full
    assert writer.samples == 10
    assert (tmp_path / "full.wav").stat().st_size == 64
    writer.close()
