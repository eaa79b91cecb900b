"""What the router makes of the words in a part of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fabella_intents.fitting import features
from fabella_intents.messages import Message, Span
from fabella_intents.router import Prediction, Router


@dataclass(frozen=True)
class Predictor:
    """`router` with the words that are `known`."""

    router: Router
    known: frozenset[str]

    def predict(self, message: Message, span: Span, *, without: Sequence[str] = ()) -> Prediction:
        """The prediction for the words in `span`, those `without` left out.

        Where they name no structure, it is as if they began with the one named before.
        """
        held = [x for x in message.inside(span) if not set(message.row[x.start : x.end]) <= set(without)]
        inside = [replace(x, start=x.start - span[0], end=x.end - span[0]) for x in held]
        words = ["" if word in without else word for word in message.words(span)]
        seen = features(words, inside, self.known)
        about = message.about(span)
        before = features((), [replace(about, start=0, end=0)], self.known).row if about is not None else ()
        return self.router.predict(replace(seen, row=(*before, *seen.row)))
