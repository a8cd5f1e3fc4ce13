"""How a machine's sound compares with its normal, in one sentence and one picture. PNG by OpenCV.

Knows nothing of how it is judged. Pure; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.even_series import Floats

WIDTH, HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 52, 46
_INK, _GREY, _FAINT = (50, 50, 50), (130, 130, 130), (228, 228, 228)
_BLUE, _BAND, _ORANGE = (150, 90, 30), (235, 222, 205), (20, 120, 235)
"""BGR."""
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_MARKED = 3.0
_NOMINAL = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class AcousticView:
    """centres: Hz [bands]. normal, present: dB [bands], at one loudness; spread, off: dB [bands].

    distance, limit: as judged. rate: of normal blocks beyond the limit. louder: dB, not judged.
    """

    name: str
    centres: Floats
    normal: Floats
    spread: Floats
    present: Floats
    off: Floats
    distance: float
    limit: float
    rate: float
    louder: float

    def sentence(self) -> str:
        """One sentence with numbers and units."""
        if self.distance <= self.limit:
            text = f"{self.name} sounds as it always has ({self.distance:.1f} standard deviations"
            text += f" from its normal, limit {self.limit:.1f})"
        else:
            low, high, change = self._where()
            more = "more" if change > 0 else "less"
            text = (
                f"{self.name} sounds different: {abs(change):.0f} dB {more} "
                f"{f'at {_hertz(low)}' if low == high else f'from {_hertz(low)} to {_hertz(high)}'}"
                f" ({self.distance:.1f} standard deviations from "
                f"its normal; {self.rate:.1%} of normal blocks exceed {self.limit:.1f})"
            )
        if abs(self.louder) > 6:
            way = "louder" if self.louder > 0 else "quieter"
            text += f"; it is {abs(self.louder):.0f} dB {way}, as a moved microphone would be"
        return text + "."

    def _where(self) -> tuple[float, float, float]:
        """The bands about the one that is furthest off, and the change there in dB."""
        rare = self.off / self.spread
        peak = int(np.argmax(np.abs(rare)))
        first = last = peak
        least = max(abs(rare[peak]) / 2, 1.0)
        while first > 0 and rare[first - 1] * np.sign(rare[peak]) > least:
            first -= 1
        while last < len(rare) - 1 and rare[last + 1] * np.sign(rare[peak]) > least:
            last += 1
        change = float(np.mean(self.off[first : last + 1]))
        return float(self.centres[first]), float(self.centres[last]), change

    def picture(self) -> bytes:
        """PNG, 960 x 420: bands now over the band of normal, what is far off marked."""
        image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
        both = np.concatenate([self.normal - 3 * self.spread, self.normal, self.present])
        low, high = float(both.min()) - 3, float(both.max()) + 3

        def row(level: float) -> int:
            return round(_TOP + (high - level) / (high - low) * (HEIGHT - _TOP - _BOTTOM))

        for tick in np.arange(np.ceil(low / 10), np.floor(high / 10) + 1) * 10:
            cv2.line(image, (_LEFT, row(tick)), (WIDTH - _RIGHT, row(tick)), _FAINT, 1)
            _text(image, f"{tick:.0f}", (_LEFT - 36, row(tick) + 4), _GREY)
        wide = (WIDTH - _LEFT - _RIGHT) / len(self.centres)
        for place, centre in enumerate(self.centres):
            left, right = round(_LEFT + place * wide), round(_LEFT + (place + 1) * wide)
            normal, spread = self.normal[place], self.spread[place]
            top, bottom = row(normal + 3 * spread), row(normal - 3 * spread)
            cv2.rectangle(image, (left, top), (right, bottom), _BAND, -1)
            cv2.line(image, (left, row(normal)), (right, row(normal)), _GREY, 1)
            far = abs(self.off[place]) > _MARKED * spread
            colour = _ORANGE if far else _BLUE
            level = row(float(self.present[place]))
            cv2.line(image, (left + 2, level), (right - 2, level), colour, 3)
            if far:
                middle = (left + right) // 2
                cv2.line(image, (middle, row(normal)), (middle, level), colour, 2)
            if place % 3 == 1:
                _text(image, _hertz(centre), (left - 12, HEIGHT - _BOTTOM + 20), _GREY)
        cv2.rectangle(image, (_LEFT, _TOP), (WIDTH - _RIGHT, HEIGHT - _BOTTOM), _GREY, 1)
        title = f"{self.name}: sound, {self.distance:.1f} sd from normal, limit {self.limit:.1f}"
        _text(image, title, (14, 26), _INK, size=0.58)
        _text(image, "dB, third octaves; band: normal +-3 sd", (14, 46), _GREY)
        done, encoded = cv2.imencode(".png", image)
        return encoded.tobytes() if done else b""


def _hertz(frequency: float) -> str:
    """As a third octave is called: 125 Hz, 3.15 kHz."""
    power = 10.0 ** np.floor(np.log10(frequency) + 0.02)
    nominal = min(_NOMINAL, key=lambda number: abs(np.log(frequency / power / number))) * power
    return f"{nominal:.4g} Hz" if nominal < 1_000 else f"{nominal / 1_000:.3g} kHz"


def _text(
    image: NDArray[np.uint8],
    text: str,
    place: tuple[int, int],
    colour: tuple[int, int, int],
    *,
    size: float = 0.45,
) -> None:
    cv2.putText(image, text, place, _FONT, size, colour, 1, cv2.LINE_AA)
