"""How a word that the dictionary lacks is pronounced: espeak-ng's phonemes as those of ARPAbet.

General American. Knows nothing of recognisers. Any thread; each call runs a program.
"""

from __future__ import annotations

import re
import subprocess
from types import MappingProxyType
from typing import Final

from tml_ros.devices.speech_renderer import PROGRAM, SpeechUnavailableError

_TIMEOUT_S: Final = 20.0
_MARKS: Final = re.compile(r"[\s',%=_:|;!^-]+")
_ARPABET: Final = MappingProxyType(
    {
        **{"aI": "AY", "aU": "AW", "eI": "EY", "OI": "OY", "oU": "OW", "i": "IY", "u": "UW"},
        **{"U": "UH", "I": "IH", "I2": "IH", "I#": "IH", "E": "EH", "E2": "EH", "a": "AE"},
        **{"aa": "AE", "A": "AA", "0": "AA", "O": "AO", "O2": "AO", "V": "AH", "@": "AH"},
        **{"@2": "AH", "@5": "UH", "a#": "AH", "3": "ER", "A@": "AA R", "e@": "EH R"},
        **{"i@": "IH R", "i@3": "IH R", "o@": "AO R", "O@": "AO R", "U@": "UH R", "@L": "AH L"},
        **{"IR": "ER", "VR": "ER", "aI@": "AY AH", "aI3": "AY ER", "aU@": "AW ER"},
        **{"p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "g": "G", "f": "F", "v": "V"},
        **{"s": "S", "z": "Z", "h": "HH", "T": "TH", "D": "DH", "S": "SH", "Z": "ZH"},
        **{"tS": "CH", "dZ": "JH", "m": "M", "n": "N", "N": "NG", "l": "L", "r": "R"},
        **{"R": "R", "w": "W", "j": "Y", "t#": "D", "t2": "T", "*": "D", "?": "", "x": "K"},
        **{"C": "K", "l#": "L", "n#": "AH N"},
    }
)
_LONGEST: Final = max(map(len, _ARPABET))


def pronounced(word: str) -> str:
    """The word's phonemes, "P R EH S".

    Raises SpeechUnavailableError where espeak-ng is missing, ValueError where it says nothing.
    """
    command = [PROGRAM, "-q", "-x", "-v", "en-us", "--stdin"]
    try:
        done = subprocess.run(
            command, input=word.encode(), capture_output=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise SpeechUnavailableError(
            f"words that the recogniser's dictionary lacks need the program {PROGRAM}: "
            f"apt install espeak-ng ({problem})"
        ) from problem
    said = arpabet(done.stdout.decode(errors="replace"))
    if not said:
        raise ValueError(f"{word!r} cannot be pronounced")
    return said


def arpabet(phonemes: str) -> str:
    """Mnemonics of espeak-ng, "k@nv'eI3", as ARPAbet, "K AH N V EY ER".

    What the table does not know is left out: a word pronounced nearly is better than none.
    """
    text = _MARKS.sub(" ", phonemes)
    found: list[str] = []
    place = 0
    while place < len(text):
        for length in range(_LONGEST, 0, -1):
            symbol = text[place : place + length]
            if symbol in _ARPABET:
                found.append(_ARPABET[symbol])
                break
        else:
            length = 1
        place += length
    return " ".join(part for part in found if part)
