"""Right words at the right time: TimeSpeak, CueSpeak, RepCount and temporal localisation.

In their manner, see `samples.timing`.
- On time: each wanted speech begins within its window, whatever it says, and until the last window
  closes nothing that takes over begins outside of them and of the time to confirm. Needs no words.
- Right: on time, and each of them says what is wanted; of counts and times see below. No credit for
  one without the other.
- Error of the time: beginning of the nearest stretch of the window's - the due moment.
- Counts, after RepCount: |said - counted|; right where 0, off by one (OBO) where <= 1, and the mean
  of |said - counted| / counted (MAE); what says no number is all wrong, with an error of 1.
- How long ago: |said - true| seconds; right within the sample's tolerance.
The number is the first one in the text.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.duplex.model_speech import ModelSpeech, Stretch
from tml_ros.bench.duplex.sample import Sample, Wanted
from tml_ros.sim.talk.numbers import first_number


@dataclass(frozen=True, slots=True)
class Timing:
    """right: None where the words are not known. late_s: of each wanted speech that began within
    its window. said: the number, None for none. error: how far it is off.
    """

    on_time: bool
    right: bool | None
    late_s: tuple[float, ...] = ()
    said: float | None = None
    error: float | None = None


def timing(sample: Sample, speech: ModelSpeech) -> Timing:
    """Of one sample."""
    met = [(wanted, _within(wanted, speech)) for wanted in sample.wanted]
    late = tuple(stretches[0].span.start_s - wanted.due_s for wanted, stretches in met if stretches)
    on_time = len(late) == len(met) and not _needless(sample, speech)
    if not speech.has_words:
        return Timing(on_time, None, late)
    if sample.number is None:
        said_it = all(any(_says(wanted, one) for one in stretches) for wanted, stretches in met)
        return Timing(on_time, on_time and said_it, late)
    numbers = [first_number(one.text) for _, stretches in met for one in stretches]
    said = next((float(number) for number in numbers if number is not None), None)
    error = None if said is None else abs(said - sample.number)
    near = error is not None and error <= sample.tolerance
    return Timing(on_time, on_time and near, late, said, error)


def _within(wanted: Wanted, speech: ModelSpeech) -> list[Stretch]:
    low, high = wanted.window
    return [one for one in speech.stretches if low <= one.span.start_s <= high]


def _says(wanted: Wanted, stretch: Stretch) -> bool:
    return wanted.says is None or wanted.says.holds(stretch.text)


def _needless(sample: Sample, speech: ModelSpeech) -> bool:
    windows = [wanted.window for wanted in sample.wanted]
    if sample.promise is not None:
        windows.append(sample.promise)
    return any(
        one.takes_over and not any(low <= one.span.start_s <= high for low, high in windows)
        for one in speech.stretches
        if one.span.start_s < max(high for _, high in windows)
    )
