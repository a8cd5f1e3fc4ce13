"""How far a model is believed, in words for people. Knows nothing of how that is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def model_belief(
    *, trained: bool, trusted: Iterable[str], speaks: bool, experimental: Iterable[str]
) -> str:
    """trusted: kinds of hazard. speaks: of its own accord. experimental: names of what of both is
    so because the cell wants it, which is not told as trust.
    """
    if not trained:
        return "untrained and believed in nothing"
    tried = set(experimental)
    parts = ["trained", f"trusted with {_words(set(trusted) - tried) or 'no kind of hazard'}"]
    if not speaks:
        parts.append("says only what it is handed")
    if tried:
        parts.append(f"experimental: {_words(tried)}")
    return ", ".join(parts)


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(name.replace("_", " ") for name in names))
