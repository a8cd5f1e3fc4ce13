from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.sim.scenario.scenario import MachineFault, MachineKind, MachinePart
from tml_ros.sim.scene.machines.motion import stroke_times
from tml_ros.sim.sound.machines import MachineSound, machine_sound
from tml_ros.sim.split import Split

SECONDS = 12


def sound(kind: MachineKind, seed: int = 1, **more: object) -> MachineSound:
    part = MachinePart(kind=kind, at=(2, 1), **more)  # type: ignore[arg-type]
    return machine_sound(part, SECONDS * 16_000, np.random.default_rng(seed), Split.TRAIN)


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("kind", MachineKind)
def test_a_machine_is_heard_while_it_runs_and_silent_while_it_stands(kind: MachineKind) -> None:
    own = sound(kind, stops=((4.0, 8.0),)).own
    assert (own.dtype, len(own)) == (np.float32, SECONDS * 16_000)
    assert rms(own[: 4 * 16_000]) == pytest.approx(1, rel=0.3)
    assert rms(own[6 * 16_000 : 8 * 16_000]) < 0.01
    assert rms(own[9 * 16_000 :]) == pytest.approx(1, rel=0.3)


def test_a_press_thuds_when_it_is_seen_to_strike() -> None:
    part = MachinePart(kind=MachineKind.PRESS, at=(2, 1))
    own = sound(MachineKind.PRESS).own
    band = signal.butter(3, (40, 90), "bandpass", fs=16_000, output="sos")
    low = np.abs(signal.sosfiltfilt(band, own)).reshape(-1, 1600).max(axis=1)
    usual = np.median(low)
    for time_s in stroke_times(part, SECONDS - 1):
        step = int((time_s + 0.1) * 10)
        assert low[step - 1 : step + 2].max() > 1.5 * usual


@pytest.mark.parametrize("fault", MachineFault)
@pytest.mark.parametrize("kind", MachineKind)
def test_a_fault_is_heard_from_when_it_is_there_and_only_while_the_machine_runs(
    kind: MachineKind, fault: MachineFault
) -> None:
    made = sound(kind, fault=fault, faulty=3.0, stops=((6.0, 9.0),))
    assert made.fault is not None
    assert not made.fault[: 3 * 16_000].any()
    assert rms(made.fault[4 * 16_000 : 6 * 16_000]) > 0.4
    assert rms(made.fault[8 * 16_000 : 9 * 16_000]) < 0.01
    assert sound(kind).fault is None


def test_a_bearing_rings_at_a_rate_that_follows_the_shaft() -> None:
    made = sound(MachineKind.CONVEYOR, fault=MachineFault.BEARING)
    assert made.fault is not None
    ringing = made.fault[16_000:]
    spectrum = np.abs(np.fft.rfft(ringing)) ** 2
    hertz = np.fft.rfftfreq(len(ringing), 1 / 16_000)
    assert spectrum[(hertz > 1500) & (hertz < 6800)].sum() > 0.8 * spectrum.sum()
    envelope = np.abs(signal.hilbert(ringing.astype(np.float64)))
    rates = np.abs(np.fft.rfft(envelope - envelope.mean())) ** 2
    # No shaft is that fast: its own rate is in the envelope too.
    fast = (hertz > 40) & (hertz < 250)
    strikes = hertz[fast][rates[fast].argmax()]
    assert 16 * 2.9 < strikes < 37 * 5.6


def test_seeds_make_other_machines() -> None:
    first, second = sound(MachineKind.PRESS, 1).own, sound(MachineKind.PRESS, 2).own
    assert np.array_equal(first, sound(MachineKind.PRESS, 1).own)
    assert np.corrcoef(first, second)[0, 1] < 0.5
