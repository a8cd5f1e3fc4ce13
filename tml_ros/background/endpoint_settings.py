"""Where the language model is that answers instead of the planner, and how much it may take.

What a cell file says below `endpoint:`. Knows nothing of how it is asked. Frozen; any thread.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

MAX_KEY: Final = 4_096
Seconds = Annotated[float, Field(gt=0, le=3_600)]
Price = Annotated[float, Field(ge=0, le=10_000)]


class EndpointError(ValueError):
    """The endpoint cannot be used as it is described; the message says what to do."""


class EndpointSettings(BaseModel):
    """An endpoint that speaks the OpenAI chat protocol: vLLM, SGLang, llama.cpp, Ollama, a cloud.

    url: its base, "http://127.0.0.1:8000/v1". model: its name there, "" for the first it offers.
    key_env: environment variable that holds the key, key_file: file that does; the file goes
        before. Without either value a placeholder is sent, which local servers take.
    connect, between_tokens, total: seconds to wait for a connection, for the next piece of an
        answer, and for all of it.
    retries: of one request after a failure that may pass. rounds: of tool calls.
    answer_tokens: most in one reply; question_tokens, day_tokens: in and out together, for one
        question and for a day of the cell's time (day_tokens 0: no limit).
    price_in, price_out: for a million tokens, in any currency; day_cost: most in a day (0: none).
    max_tokens_name: how the endpoint calls the limit of a reply.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+", max_length=1_000)]
    model: Annotated[str, Field(max_length=200)] = ""
    key_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "TML_ROS_ENDPOINT_KEY"
    key_file: Path | None = None
    connect: Seconds = 5.0
    between_tokens: Seconds = 30.0
    total: Seconds = 120.0
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    rounds: Annotated[int, Field(ge=1, le=20)] = 6
    answer_tokens: Annotated[int, Field(ge=64, le=100_000)] = 2_000
    question_tokens: Annotated[int, Field(ge=1_000, le=10_000_000)] = 60_000
    day_tokens: Annotated[int, Field(ge=0)] = 0
    price_in: Price = 0.0
    price_out: Price = 0.0
    day_cost: Annotated[float, Field(ge=0)] = 0.0
    max_tokens_name: Annotated[str, Field(pattern=r"^max_(completion_)?tokens$")] = "max_tokens"

    def key(self) -> str:
        """The key, "" where there is none. Raises EndpointError, which never holds it."""
        if self.key_file is None:
            return os.environ.get(self.key_env, "").strip()
        try:
            with self.key_file.open("rb") as file:
                data = file.read(MAX_KEY + 1)
            key = data.decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not plain text"
            raise EndpointError(f"the key file {self.key_file} cannot be read: {reason}") from None
        if not key or len(data) > MAX_KEY or not key.isprintable():
            raise EndpointError(
                f"the key file {self.key_file} should hold one key and nothing else"
            )
        return key
