"""A question that was not understood: what the manuals say on its words, else what can be asked."""

from __future__ import annotations

from tml_ros.background.answers.asked import Asked, Draft, Steps
from tml_ros.background.contracts import Outcome
from tml_ros.background.evidence_of import of_passage
from tml_ros.background.spoken import plain_speech, quoted

MAX_SAID_PASSAGE = 260


def answer(asked: Asked) -> Steps:
    """Passages of the manuals, word by word, or what else can be told."""
    draft = Draft(asked)
    passages = asked.facts.passages(asked.question.text)
    for passage in passages:
        line = f"> {quoted(passage.text, 900)} ({quoted(passage.citation)})"
        draft.show(line, line, of_passage(passage))
    if passages:
        best = passages[0]
        said = plain_speech(best.text)
        if len(said) > MAX_SAID_PASSAGE:
            said = f"{said[:MAX_SAID_PASSAGE].rsplit(' ', 1)[0]} ..."
        draft.say(
            f"I am not sure what you mean; the manual {best.citation} says: {said}",
            f"Ich bin nicht sicher, was gemeint ist; im Handbuch {best.citation} steht: {said}",
        )
        # The question itself was hardly understood; its words were found, which is more.
        found = draft.conclude(Outcome.ANSWERED, best.matched)
        yield found
        return
    names = asked.names([machine.name for machine in asked.facts.machines()])
    draft.say(
        "I did not understand that, and found nothing in the manuals.",
        "Das habe ich nicht verstanden und auch in den Handbüchern nicht gefunden.",
    )
    draft.say(
        "You can ask for the status of a machine, why it stopped, what changed, when it will "
        "fail, what to do, or for a value.",
        "Man kann nach dem Zustand einer Maschine fragen, warum sie steht, was sich geändert hat, "
        "wann sie ausfällt, was zu tun ist, oder nach einem Wert.",
    )
    if names:
        draft.say(f"I know {names}.", f"Ich kenne {names}.")
    yield draft.conclude(Outcome.NO_DATA, 1.0)
