"""What lies where in the folder of a background's memory."""

from __future__ import annotations

from typing import Final

TASKS_FILE: Final = "tasks.sqlite"
HISTORY_FILE: Final = "history.sqlite"
RECORD_FILE: Final = "record.sqlite"
MANUALS_FILE: Final = "manuals.sqlite"
WATCHES_FILE: Final = "watches.sqlite"
TOLD_FILE: Final = "told.sqlite"
LEARNED_FILE: Final = "learned.sqlite"
WAVEFORMS_FILE: Final = "waveforms.sqlite"
EVIDENCE_FOLDER: Final = "evidence"
