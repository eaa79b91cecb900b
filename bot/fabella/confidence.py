"""The probability that an answer is right, from what the gate and the rules say.

A logistic calibration, confidence = 1 / (1 + exp(-(a + b * logit(p)))), with a and b fitted on held-out questions
that no example was written from, a pair for answers and a pair for refusals.
"""

from __future__ import annotations

import math

_CURVES = {"answered": (1.33, 0.54), "corrected": (1.33, 0.54), "refused": (1.08, 0.89)}
_FIXED = {"smalltalk": 0.97, "clarify": 0.6}
_EDGE = 0.02  # the raw chance is read between this and one minus it


def confidence(status: str, chance: float) -> float:
    """The calibrated probability (0 to 1) of an outcome with this raw chance."""
    if status in _FIXED:
        return _FIXED[status]
    a, b = _CURVES[status]
    held = min(1.0 - _EDGE, max(_EDGE, chance))
    return 1.0 / (1.0 + math.exp(-(a + b * math.log(held / (1.0 - held)))))
