"""The router's n-grams, weights and scores are those of scikit-learn, fed with the same n-grams."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import fabella_intents
import numpy as np
import pytest
from fabella_intents import training
from fabella_intents.features import LENGTHS, NEAR, Features, Ngrams, trigrams_of
from fabella_intents.router import Router
from fabella_knowledge.tokens import words
from fabella_knowledge.units import stems
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

CLOSE = 1e-4  # coefficients are held in single precision
# Words as the router gets them: folded, with markers for names; sometimes letters that no example has.
WORD = st.one_of(
    st.sampled_from(
        ["origin", "of", "the", "_muscle", "where", "does", "it", "_number", "attach", "attaches", "a", "is", "é", "骨"]
    ),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=7),
)
ROWS = st.lists(WORD, max_size=12).map(tuple)


def phrases(row: Sequence[str]) -> list[str]:
    """Stems, and pairs of neighbours with the borders of the question."""
    return [*stems(row), *(f"{a} {b}" for a, b in pairwise(("^", *row, "$")))]


def near(row: Sequence[str]) -> list[str]:
    """Unordered pairs of different stems that stand near each other."""
    found = stems(row)
    places = [(a, b) for a in range(len(found)) for b in range(a + 1, min(len(found), a + 1 + NEAR))]
    return [" ".join(sorted((found[a], found[b]))) for a, b in places if found[a] != found[b]]


def trigrams(row: Sequence[str]) -> list[str]:
    """Trigrams of the words."""
    return [gram for word in row for gram in trigrams_of(word)]


BLOCKS = ((phrases, 1), (near, 2), (trigrams, 2))


@pytest.fixture(scope="module")
def examples() -> list[tuple[Features, str]]:
    """Real examples of a few intents, a few dozen each."""
    folder = Path(fabella_intents.__file__).parent / "definitions"
    found = []
    for name in ("origin", "insertion", "action", "dose", "smalltalk"):
        data = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        texts = [*data.get("examples", ()), *(x for one in data.get("aspects", ()) for x in one["examples"])]
        found += [(Features(words(text), 0), name) for text in texts[:40]]
    return [(seen, label) for seen, label in found if seen.row]


@dataclass(frozen=True)
class Machines:
    """scikit-learn's own vectorizers, and the machine that a router was fitted with."""

    vectorizers: tuple[TfidfVectorizer, ...]
    linear: LinearSVC

    def weights(self, row: tuple[str, ...]) -> csr_matrix:
        """scikit-learn's weights of the three blocks."""
        return weighed(self.vectorizers, [row])


def weighed(vectorizers: Sequence[TfidfVectorizer], rows: Sequence[tuple[str, ...]]) -> csr_matrix:
    """scikit-learn's weights, each block with its length."""
    return hstack([n * one.transform(rows) for n, one in zip(LENGTHS, vectorizers, strict=True)]).tocsr()


@pytest.fixture(scope="module")
def machines(examples: list[tuple[Features, str]]) -> Machines:
    rows = [seen.row for seen, _ in examples]
    made = [TfidfVectorizer(analyzer=block, sublinear_tf=True, min_df=least).fit(rows) for block, least in BLOCKS]
    matrix = weighed(made, rows)
    linear = LinearSVC(C=training.C, tol=1e-6, max_iter=100_000, random_state=training.SEED)
    return Machines(tuple(made), linear.fit(matrix, [label for _, label in examples]))


@pytest.fixture(scope="module")
def fitted(examples: list[tuple[Features, str]]) -> Router:
    """A router that is fitted to the end, so that the order of its n-grams makes no difference."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "TOLERANCE", 1e-6)
        return training.fit(
            [seen for seen, _ in examples],
            [label for _, label in examples],
            declined=frozenset({"dose"}),
            talk=frozenset({"smalltalk"}),
        )


def test_there_are_as_many_ngrams_as_scikit_learn_finds(
    examples: list[tuple[Features, str]], machines: Machines
) -> None:
    ngrams, weighted = Ngrams.fit([seen.row for seen, _ in examples])
    assert len(ngrams) == sum(len(one.vocabulary_) for one in machines.vectorizers)
    again = ngrams.weigh([seen.row for seen, _ in examples])
    for name in ("places", "weights", "starts"):
        assert np.array_equal(getattr(again, name), getattr(weighted, name))


@given(row=ROWS)
def test_weights_are_those_of_scikit_learn(
    examples: list[tuple[Features, str]], machines: Machines, row: tuple[str, ...]
) -> None:
    ngrams, _ = Ngrams.fit([seen.row for seen, _ in examples])
    ours, theirs = ngrams.weigh([row]), machines.weights(row)
    assert np.allclose(np.sort(ours.weights), np.sort(theirs.data), atol=1e-9)


def test_a_row_without_anything_known_weighs_nothing() -> None:
    ngrams, _ = Ngrams.fit([("a", "bone"), ("a", "muscle")])
    weighted = ngrams.weigh([("骨",), (), ("a",)])
    assert weighted.starts.tolist()[:3] == [0, 0, 0] and weighted.starts[-1] > 0
    assert not len(Ngrams.fit([])[0].weigh([("a",)]).places)


def test_stems_are_known_in_words_that_are_not() -> None:
    ngrams, _ = Ngrams.fit([("bone",), ("muscle",)])
    assert len(ngrams.weigh([("bones",)]).places)
    known, idf, unknown = ngrams.rarity(("bones", "bone", "nerve"))
    assert len(known) == len(idf) == 1 and unknown == pytest.approx(ngrams.idf.max())


@given(row=ROWS)
def test_decisions_on_any_text_are_those_of_scikit_learn(
    fitted: Router, machines: Machines, row: tuple[str, ...]
) -> None:
    assert fitted.labels == tuple(machines.linear.classes_)
    ours = fitted.decision([Features(row)])[0]
    assert np.abs(ours - machines.linear.decision_function(machines.weights(row))[0]).max() < CLOSE


def test_decisions_on_real_questions_are_those_of_scikit_learn(
    fitted: Router, machines: Machines, examples: list[tuple[Features, str]]
) -> None:
    ours = fitted.decision([seen for seen, _ in examples])
    theirs = [machines.linear.decision_function(machines.weights(seen.row))[0] for seen, _ in examples]
    assert np.abs(ours - theirs).max() < CLOSE


def test_nothing_known_leaves_the_bias(fitted: Router) -> None:
    nothing, unknown = fitted.decision([Features(()), Features(("骨骨骨",), 1)])
    assert np.array_equal(nothing, unknown)
