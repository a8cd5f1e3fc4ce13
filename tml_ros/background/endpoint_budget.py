"""What the endpoint has cost: tokens and money of a day, in the cell's time.

In memory: a restart begins the day anew. One thread at a time.
"""

from __future__ import annotations

from tml_ros.background.endpoint_settings import EndpointSettings
from tml_ros.background.time_phrase import DAY_NS

MILLION = 1_000_000


class EndpointBudget:
    """Counts against the limits of the settings. tokens, cost: of the present day."""

    def __init__(self, settings: EndpointSettings) -> None:
        """Nothing is spent."""
        self._settings = settings
        self._day = -1
        self.tokens = 0
        self.cost = 0.0

    def spent(self, now_ns: int) -> str:
        """Which limit of the day is reached, in plain words, or ""."""
        self._turn(now_ns)
        settings = self._settings
        if settings.day_tokens and self.tokens >= settings.day_tokens:
            return f"the {settings.day_tokens} tokens of the day are spent"
        if settings.day_cost and self.cost >= settings.day_cost:
            return f"the {settings.day_cost:g} a day are spent"
        return ""

    def count(self, now_ns: int, tokens_in: int, tokens_out: int) -> None:
        """Take note of a request."""
        self._turn(now_ns)
        settings = self._settings
        self.tokens += tokens_in + tokens_out
        self.cost += (tokens_in * settings.price_in + tokens_out * settings.price_out) / MILLION

    def _turn(self, now_ns: int) -> None:
        if now_ns // DAY_NS != self._day:
            self._day = now_ns // DAY_NS
            self.tokens, self.cost = 0, 0.0
