"""How words are pronounced: espeak-ng's phonemes as those of ARPAbet.

For words that a recogniser's dictionary lacks, and for British speech, which a dictionary of
American English lacks altogether. Knows nothing of recognisers. Any thread; each call runs a
program.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from tml_ros.devices.speech_renderer import PROGRAM, SpeechUnavailableError

Accent = Literal["en-us", "en-gb"]

_TIMEOUT_S: Final = 20.0
_MARKS: Final = re.compile(r"r-|[\s',%=_:|;!^-]+")
_ALIKE: Final = MappingProxyType(
    {
        **{"aI": "AY", "aU": "AW", "eI": "EY", "OI": "OY", "oU": "OW", "i": "IY", "u": "UW"},
        **{"U": "UH", "I": "IH", "I2": "IH", "I#": "IH", "E": "EH", "E2": "EH", "a": "AE"},
        **{"A": "AA", "0": "AA", "O": "AO", "O2": "AO", "V": "AH", "@": "AH", "@2": "AH"},
        **{"@5": "UH", "a#": "AH", "@L": "AH L", "IR": "ER", "VR": "ER", "aI@": "AY AH"},
        **{"p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "g": "G", "f": "F", "v": "V"},
        **{"s": "S", "z": "Z", "h": "HH", "T": "TH", "D": "DH", "S": "SH", "Z": "ZH"},
        **{"tS": "CH", "dZ": "JH", "m": "M", "n": "N", "N": "NG", "l": "L", "r": "R"},
        **{"R": "R", "w": "W", "j": "Y", "t2": "T", "?": "", "x": "K", "C": "K", "l#": "L"},
        **{"n#": "AH N", "e@r": "EH R", "i@r": "IH R", "A@r": "AA R", "O@r": "AO R"},
    }
)
_ARPABET: Final[Mapping[Accent, Mapping[str, str]]] = MappingProxyType(
    {
        "en-us": {
            **_ALIKE,
            **{"aa": "AE", "3": "ER", "A@": "AA R", "e@": "EH R", "i@": "IH R", "i@3": "IH R"},
            **{"o@": "AO R", "O@": "AO R", "U@": "UH R", "aI3": "AY ER", "t#": "D", "*": "D"},
        },
        "en-gb": {
            **_ALIKE,
            **{"aa": "AA", "3": "AH", "A@": "AA", "e@": "EH", "i@": "IH AH", "i@3": "IH AH"},
            **{"o@": "AO", "O@": "AO", "U@": "UH AH", "aI3": "AY AH", "aU3": "AW AH"},
            **{"t#": "T", "*": "T"},
        },
    }
)


def pronounced(word: str) -> str:
    """The word's phonemes in American English, "P R EH S"; raises as `all_pronounced` does."""
    return all_pronounced([word], "en-us")[0]


def all_pronounced(words: Sequence[str], accent: Accent) -> list[str]:
    """Each word's phonemes, in order.

    Raises SpeechUnavailableError where espeak-ng is missing, ValueError for a word of which it says
    nothing.
    """
    if not words:
        return []
    text = "".join(f"{word}.\n" for word in words)
    command = [PROGRAM, "-q", "-x", "-v", accent, "--stdin"]
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise SpeechUnavailableError(
            f"words that the recogniser's dictionary lacks need the program {PROGRAM}: "
            f"apt install espeak-ng ({problem})"
        ) from problem
    lines = done.stdout.decode(errors="replace").split("\n")
    said = [arpabet(line, accent) for line in lines if line.strip()]
    if len(said) != len(words) or not all(said):
        raise ValueError(f"cannot all be pronounced: {', '.join(words)}")
    return said


def arpabet(phonemes: str, accent: Accent = "en-us") -> str:
    """Mnemonics of espeak-ng, "k@nv'eI3", as ARPAbet, "K AH N V EY ER".

    What the table does not know is left out: a word pronounced nearly is better than none.
    """
    table = _ARPABET[accent]
    longest = max(map(len, table))
    # In "nurse" and "near" British English has long vowels of its own; ER is the nearest.
    text = _MARKS.sub("", phonemes.replace("3:", "VR"))
    found: list[str] = []
    place = 0
    while place < len(text):
        for length in range(longest, 0, -1):
            symbol = text[place : place + length]
            if symbol in table:
                found.append(table[symbol])
                break
        else:
            length = 1
        place += length
    return " ".join(part for part in found if part)
