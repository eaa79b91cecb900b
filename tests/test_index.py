"""The index of passages: the order of its hits, and scores equal to scikit-learn's within 1e-6."""

from __future__ import annotations

import numpy as np
import pytest
from fabella_knowledge import Citation, Passage, load
from fabella_knowledge.index import Index, document, fit, terms
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

CLOSE = 1e-6


def passage(number: int, text: str) -> Passage:
    heading = ("Origin",)
    return Passage(f"p{number}", "soleus", heading, None, text, (Citation("gray"),), (), "a.md", number)


TINY = tuple(
    passage(number, text)
    for number, text in enumerate(
        [
            "head of the fibula",
            "fibula and fibula and tibia",
            "popliteal surface of the femur",
            "soleal line",
        ],
        1,
    )
)


@pytest.fixture(scope="module")
def tiny() -> Index:
    return fit(TINY)


def found(index: Index, query: str, limit: int = 10) -> list[str]:
    return [hit.passage.id for hit in index.search(terms(query), limit)]


def test_the_best_passage_comes_first(tiny: Index) -> None:
    assert found(tiny, "fibulas") == ["p2", "p1"]
    assert found(tiny, "heads of the fibula") == ["p1", "p3", "p2"]  # "of the" stands in p3 as well
    assert found(tiny, "Femur") == ["p3"]
    assert found(tiny, "soleal line of the femur")[0] == "p4"


def test_what_no_passage_holds_is_not_found(tiny: Index) -> None:
    assert found(tiny, "elbow") == found(tiny, "") == []
    assert found(tiny, "fibula", 1) == ["p2"]
    assert found(tiny, "fibula", 0) == found(tiny, "fibula", -1) == []


def test_equal_scores_keep_the_order_of_the_passages(tiny: Index) -> None:
    assert found(tiny, "soleus")[0] == "p4"  # the shortest
    twins = fit((passage(1, "the same"), passage(2, "the same")))
    assert found(twins, "same") == ["p1", "p2"]


def test_scores_are_cosines(tiny: Index) -> None:
    for one in TINY:
        (best, *_) = tiny.search(document(one), 1)
        assert best.passage is one
        assert abs(best.score - 1) < CLOSE


@pytest.fixture(scope="module")
def real() -> tuple[Index, TfidfVectorizer, np.ndarray]:
    """The index of the built-in texts beside scikit-learn's own."""
    passages = load().passages
    vectorizer = TfidfVectorizer(analyzer=document, sublinear_tf=True)
    matrix = vectorizer.fit_transform(passages)
    vectorizer.set_params(analyzer=terms)
    return fit(passages), vectorizer, matrix


WORDS = sorted({word for one in load().passages for word in document(one)})


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=12))
def test_scores_are_those_of_scikit_learn(real: tuple[Index, TfidfVectorizer, np.ndarray], query: list[str]) -> None:
    index, vectorizer, matrix = real
    text = " ".join(query)
    theirs = (matrix @ vectorizer.transform([text]).T).toarray()[:, 0]
    assert np.abs(index.scores(terms(text)) - theirs).max() < CLOSE


def test_an_index_taken_apart_finds_the_same(tiny: Index) -> None:
    again = Index(TINY, tiny.vocabulary, tiny.arrays)
    assert again.search(terms("head of the fibula")) == tiny.search(terms("head of the fibula"))
