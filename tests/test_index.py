"""The index: what is found, in which order, and why, on documents that can be read at a glance."""

from __future__ import annotations

import math
import string

import numpy as np
import pytest
from fabella_knowledge.index import DEFAULT, Document, Index, Level, Settings, fit
from fabella_knowledge.postings import Saturation
from hypothesis import given
from hypothesis import strategies as st

BONES = (
    Document("Fibula", "Parts", "the head of the fibula"),
    Document("Fibula", "Parts", "the neck and the shaft of the fibula"),
    Document("Femur", "Parts", "the popliteal surface of the femur"),
    Document("Tibia", "Lines", "the soleal line of the tibia"),
    Document("Tibia", "Lines", "a tuberosity"),
)
PLAIN = Saturation(1.2, 0.75)
NOTHING = Level(0.0, 0.0, 0.0, PLAIN, PLAIN)


@pytest.fixture(scope="module")
def bones() -> Index:
    return fit(BONES)


def found(index: Index, query: str, limit: int = 10) -> list[int]:
    return [hit.place for hit in index.search(query, limit)]


def alone(**weights: float) -> Settings:
    """Settings under which a passage is found by one kind of term, and its section by nothing."""
    held = {"words": 0.0, "phrases": 0.0, "near": 0.0, **weights}
    return Settings(Level(**held, of_words=PLAIN, of_pairs=PLAIN), NOTHING)


def test_the_best_passage_comes_first(bones: Index) -> None:
    assert found(bones, "head of the fibula")[0] == 0
    assert found(bones, "soleal lines")[0] == 3
    assert found(bones, "Where is the popliteal surface?")[0] == 2


def test_forms_of_a_word_are_one(bones: Index) -> None:
    assert found(bones, "heads")[:1] == found(bones, "HEAD")[:1] == [0]
    assert found(bones, "tuberosities")[0] == 4


def test_what_no_passage_holds_is_not_found(bones: Index) -> None:
    assert found(bones, "spleen") == found(bones, "") == found(bones, "?!") == []
    assert found(bones, "what is which") == []  # only asks
    assert found(fit(()), "fibula") == []
    assert found(fit((Document("", "", ""),)), "fibula") == []


def test_at_most_as_many_as_wanted(bones: Index) -> None:
    everything = found(bones, "the fibula", 10)
    assert found(bones, "the fibula", 1) == everything[:1]
    assert found(bones, "the fibula", 0) == found(bones, "the fibula", -1) == []
    assert found(bones, "the fibula", 10_000) == everything


def test_equal_scores_keep_the_order_of_the_documents() -> None:
    twins = fit([Document("A", "", "soleus"), Document("B", "", "soleus"), Document("C", "", "soleus")])
    assert found(twins, "soleus") == [0, 1, 2]
    assert found(twins, "soleus", 2) == [0, 1]


def test_a_section_speaks_for_its_passages(bones: Index) -> None:
    # "a tuberosity" doesn't name the soleal line, but its section does.
    assert found(bones, "soleal") == [3, 4]
    assert found(fit(BONES, settings=alone(words=1.0)), "soleal") == [3]


def test_a_section_ends_where_the_title_changes() -> None:
    back = fit([Document("A", "", "soleus"), Document("B", "", "plantaris"), Document("A", "", "popliteus")])
    assert found(back, "soleus") == [0]


def test_passages_without_a_title_are_sections_of_their_own() -> None:
    assert found(fit([Document("", "", "soleus"), Document("", "", "popliteus")]), "soleus") == [0]


def test_weights_are_those_of_the_formula() -> None:
    """BM25 by hand: documents of three, one and three words; "fibula" stands twice in the first, once in the last."""
    index = fit(
        [Document("", "", "fibula and fibula"), Document("", "", "tibia"), Document("", "", "fibula or tibia")],
        settings=alone(words=2.0),
    )
    idf = math.log1p((3 - 2 + 0.5) / (2 + 0.5))
    mean = 7 / 3
    expected = {place: 2.0 * idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * 3 / mean)) for place, tf in ((0, 2), (2, 1))}
    assert {hit.place: hit.score for hit in index.search("fibula")} == pytest.approx(expected, rel=2e-3)


def test_phrases_are_neighbours_in_their_order() -> None:
    index = fit([Document("", "", "long head"), Document("", "", "head long"), Document("", "", "long bony head")],
                settings=alone(phrases=1.0))  # fmt: skip
    assert found(index, "the long head") == [0]


def test_what_is_near_may_stand_either_way_round_and_skips_joining_words() -> None:
    index = fit(
        [
            Document("", "", "head long"),
            Document("", "", "the long and the very bony head"),
            Document("", "", "long thin flat round head"),
        ],
        settings=alone(near=1.0),
    )
    assert sorted(found(index, "long head")) == [0, 1]


def test_characters_find_what_stems_miss() -> None:
    documents = [Document("Kidney", "", "filtration takes place"), Document("Heart", "", "blood is pumped")]
    assert found(fit(documents), "nonfiltrating") == [0]
    assert found(fit(documents, settings=Settings(DEFAULT.passage, NOTHING)), "nonfiltrating") == []


def test_common_words_tell_no_passages_apart() -> None:
    many = [Document(f"T{n}", "", f"common word{n}x") for n in range(120)]
    assert found(fit(many, settings=Settings(DEFAULT.passage, NOTHING)), "common") == []
    few = [Document(f"T{n}", "", "common") for n in range(40)]  # in a small library there is no such word
    assert len(found(fit(few, settings=Settings(DEFAULT.passage, NOTHING)), "common", 50)) == 40


def test_slips_are_mended_towards_the_words_of_the_texts(bones: Index) -> None:
    for slip in ("popliteel", "poplitea", "popliteall", "poplietal", "ppoliteal"):
        query = bones.query(slip)
        assert query.mended == ((slip, "popliteal"),)
        assert query.words == ("popliteal",)
        assert found(bones, slip)[0] == 2
    assert bones.query("fibula heads").mended == ()  # a form of a known word is no slip
    assert bones.query("xyz tib 12345 spleenectomy").mended == ()


def test_of_words_as_near_the_most_used_is_taken() -> None:
    index = fit([Document("", "", "tibial tibial tibial fibial")])
    assert index.query("xibial").mended == (("xibial", "tibial"),)


def test_reasons_add_up_to_the_score(bones: Index) -> None:
    query = bones.query("soleal line of the tibia")
    (best, *_) = bones.search(query)
    reasons = bones.reasons(query, best.place)
    assert sum(one.value for one in reasons) == pytest.approx(best.score, rel=1e-6)
    assert [one.value for one in reasons] == sorted((one.value for one in reasons), reverse=True)
    named = {one.name: one.terms for one in reasons}
    assert set(named["words of the passage"]) == {"soleal", "line", "tibia", "the", "of"}
    assert "soleal line" in named["phrases of the passage"] and "line … soleal" in named["phrases of the section"]
    assert "solea" in named["characters of the section"] or " sole" in named["characters of the section"]


def test_reasons_name_words_as_they_were_mended(bones: Index) -> None:
    query = bones.query("soleel")
    assert bones.reasons(query, 3)[-1].terms == ("soleal",)


def test_progress_is_told() -> None:
    told: list[int] = []
    fit((Document("", "", "x") for _ in range(2500)), step=told.append)
    assert told == [1000, 2000]


WORDS = ("soleus", "soleal", "line", "of", "the", "tibia", "fibula", "head", "and", "heads", "long", "médial", "二頭筋")
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
documents = st.lists(st.builds(Document, st.sampled_from(("", "A", "B")), texts, texts), max_size=8)
queries = st.one_of(texts, st.text(max_size=20), st.text(string.ascii_lowercase + " ", max_size=40))


@given(documents, queries, st.integers(-1, 10))
def test_any_documents_and_any_query(held: list[Document], query: str, limit: int) -> None:
    index = fit(held)
    read = index.query(query)
    scores = index.scores(read)
    assert len(scores) == len(held) and (scores >= 0).all()
    hits = index.search(query, limit)
    assert len(hits) == min(max(0, limit), int((scores > 0).sum()))
    assert [hit.place for hit in hits] == sorted(np.flatnonzero(scores > 0), key=lambda at: (-scores[at], at))[
        : len(hits)
    ]
    for hit in hits:
        assert hit.score == scores[hit.place]
        assert sum(one.value for one in index.reasons(read, hit.place)) == pytest.approx(hit.score, rel=1e-6)


@given(documents, queries)
def test_an_index_taken_apart_finds_the_same(held: list[Document], query: str) -> None:
    index = fit(held)
    again = Index.from_arrays(*index.to_arrays())
    assert again.search(query) == index.search(query)
    assert again.query(query) == index.query(query)
