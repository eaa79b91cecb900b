"""Where sentences end: on texts as books and notes have them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fabella_knowledge.sentences import spans
from hypothesis import given
from hypothesis import strategies as st


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["One is here.", "Two is there."],
        ["Is it?", "It is!", "So it is."],
        ["It is shown in Fig. 5 and by J. Smith, e.g. Iron is held.", "The rest isn't."],
        ["He said: “It moves.”", "(It does.)", "So it is."],
        ["About 2.5 mm of it remain (see p. 12).", "The rest goes."],
        ["It stops here. but goes on small."],
        ["No stop at the end"],
    ],
)
def test_sentences_of_prose(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_items_are_sentences_of_their_own() -> None:
    assert sentences("Parts:\n- cortex\n- medulla\n  goes on\n\nThe end") == [
        "Parts:", "- cortex", "- medulla\n  goes on", "The end",
    ]  # fmt: skip


def test_a_wrapped_line_goes_on() -> None:
    assert sentences("the cortex lies\naround the medulla. It\nfilters.") == [
        "the cortex lies\naround the medulla.", "It\nfilters.",
    ]  # fmt: skip


@given(st.text(alphabet='aA1.!? \n"”()[]-é', max_size=60))
def test_nothing_but_blanks_is_lost(text: str) -> None:
    found = spans(text)
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    for start, end in found:
        assert text[start:end] == text[start:end].strip() != ""
    assert all(before[1] <= after[0] for before, after in pairwise(found))
