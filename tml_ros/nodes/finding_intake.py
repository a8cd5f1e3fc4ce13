"""What the background found out, on its way to whoever says it: the model, or the renderer.

Each finding is said once, however often it comes. The sound of those that another voice says in the
model's place is made first, by a worker of its own, because no turn may wait for it. Knows nothing
of when a finding is said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from tml_ros.background.contracts import Finding, Urgency
from tml_ros.cell.finding_voice import REMEMBERED
from tml_ros.cell.interaction import Interaction
from tml_ros.model.text_voice import TextVoice
from tml_ros.nodes.cell_node import CellNode
from tml_ros.nodes.finding_speaker import FindingSpeaker
from tml_ros.nodes.worker import Lane, Worker

FINDINGS = "findings"
WAITING = 100


class FindingIntake:
    """Between configuration and cleanup of a node.

    text_voice: the interaction's. speaker: says what the model does not; None where nobody does.
    """

    def __init__(
        self,
        node: CellNode,
        interaction: Interaction,
        *,
        text_voice: TextVoice | None,
        speaker: FindingSpeaker | None,
    ) -> None:
        """Remember nothing yet."""
        self._node = node
        self._interaction = interaction
        self._text_voice = text_voice
        self._speaker = speaker
        self._known: deque[str] = deque(maxlen=REMEMBERED)

    def activate(
        self, put: Callable[[str], None], *, on_failure: Callable[[str, Exception], None]
    ) -> Callable[[str], None]:
        """What takes findings as they come, as JSON, in any thread, until deactivation.

        put: hands one to `take` in the interaction's thread.
        """
        voice = self._text_voice
        if voice is None:
            return put

        def prepare(text: str) -> None:
            finding = Finding.model_validate_json(text)
            if finding.say and finding.urgency is not Urgency.SILENT and not finding.orphaned:
                voice.prepare(finding.say)
            put(text)

        worker: Worker = self._node.start_worker(
            {FINDINGS: Lane(prepare, WAITING)}, on_failure=on_failure
        )
        return lambda text: worker.put(FINDINGS, text)

    def take(self, text: str) -> None:
        """Hand a finding over. The interaction's thread. Raises ValueError for what is none."""
        finding = Finding.model_validate_json(text)
        if finding.orphaned or not finding.say or finding.id in self._known:
            return
        # What was not delivered for certain comes again under the same id.
        self._known.append(finding.id)
        silent = finding.urgency is Urgency.SILENT
        urgent = finding.urgency is Urgency.NOW
        if self._interaction.hand_over(finding.say, spoken=not silent, urgent=urgent):
            return
        if self._speaker is not None:
            self._speaker.add(finding)
