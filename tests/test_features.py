"""The router's features and scores are those of scikit-learn, within 1e-6."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fabella_intents
import numpy as np
import pytest
from fabella_intents import router
from fabella_intents.features import CHAR_RANGE, WORD_RANGE, char_ngrams, weigh, word_ngrams
from fabella_intents.router import Features, Router
from fabella_knowledge.tokens import words
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

CLOSE = 1e-6
# Words as the router gets them: folded, with markers for names; sometimes letters that no example has.
WORD = st.one_of(
    st.sampled_from(
        ["origin", "of", "the", "_muscle", "where", "does", "it", "_number", "attach", "a", "is", "é", "骨"]
    ),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=7),
)
ROWS = st.lists(WORD, max_size=12).map(tuple)


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
    """The machines of scikit-learn that a router was fitted with."""

    words: TfidfVectorizer
    chars: TfidfVectorizer
    linear: LinearSVC

    def decision(self, text: str) -> np.ndarray:
        """scikit-learn's own decision values."""
        chars = router.CHAR_WEIGHT * self.chars.transform([text])
        return np.asarray(self.linear.decision_function(hstack([self.words.transform([text]), chars]))[0])


@pytest.fixture(scope="module")
def both(examples: list[tuple[Features, str]]) -> tuple[Router, Machines]:
    """A router, and the machines that were fitted on all the examples meanwhile."""
    made: list[TfidfVectorizer | LinearSVC] = []

    def noting(kind: type, name: str) -> Callable[..., object]:
        original = getattr(kind, name)

        def fit(self: object, rows: csr_matrix | list[str], *further: object) -> object:
            if (rows.shape[0] if isinstance(rows, csr_matrix) else len(rows)) == len(examples):
                made.append(self)
            return original(self, rows, *further)

        return fit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TfidfVectorizer, "fit_transform", noting(TfidfVectorizer, "fit_transform"))
        patch.setattr(LinearSVC, "fit", noting(LinearSVC, "fit"))
        fitted = router.fit(
            [seen for seen, _ in examples],
            [label for _, label in examples],
            declined=frozenset({"dose"}),
            talk=frozenset({"smalltalk"}),
        )
    (words,) = [one for one in made if isinstance(one, TfidfVectorizer) and one.analyzer == "word"]
    (chars,) = [one for one in made if isinstance(one, TfidfVectorizer) and one.analyzer == "char_wb"]
    (linear,) = [one for one in made if isinstance(one, LinearSVC)]
    return fitted, Machines(words, chars, linear)


@pytest.fixture(scope="module")
def fitted(both: tuple[Router, Machines]) -> Router:
    return both[0]


@pytest.fixture(scope="module")
def machines(both: tuple[Router, Machines]) -> Machines:
    return both[1]


@given(ROWS)
def test_word_ngrams_are_those_of_scikit_learn(row: tuple[str, ...]) -> None:
    analyze = TfidfVectorizer(ngram_range=WORD_RANGE, token_pattern=r"\S+", lowercase=False).build_analyzer()
    assert sorted(word_ngrams(row)) == sorted(analyze(" ".join(row)))


@given(ROWS)
def test_character_ngrams_are_those_of_scikit_learn(row: tuple[str, ...]) -> None:
    analyze = TfidfVectorizer(analyzer="char_wb", ngram_range=CHAR_RANGE, lowercase=False).build_analyzer()
    assert char_ngrams(" ".join(row)) == list(analyze(" ".join(row)))


def test_the_ngrams_of_a_short_text() -> None:
    assert word_ngrams(("a", "bone", "a")) == ["a", "bone", "a", "a bone", "bone a"]
    assert char_ngrams("a bee") == [" a ", " bee", "bee "]
    assert word_ngrams(()) == char_ngrams("") == []


@given(row=st.lists(st.sampled_from([*"abcdexyz"]), max_size=20))
def test_weights_are_those_of_scikit_learn(row: list[str]) -> None:
    corpus = ["a b c", "a a d", "b e e e", "c d", "a"]
    vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\S+", lowercase=False).fit(corpus)
    places, weights = weigh(row, vectorizer.vocabulary_, vectorizer.idf_.tolist())
    ours = np.zeros(len(vectorizer.vocabulary_))
    ours[places] = weights
    theirs = vectorizer.transform([" ".join(row)]).toarray()[0]
    assert np.abs(ours - theirs).max() < CLOSE
    assert not places or abs(np.linalg.norm(weights) - 1) < CLOSE


@given(ROWS)
def test_decisions_on_any_text_are_those_of_scikit_learn(
    fitted: Router, machines: Machines, row: tuple[str, ...]
) -> None:
    assert fitted.labels == tuple(machines.linear.classes_)
    ours = fitted.decision(Features(row, 0))
    assert np.abs(ours - machines.decision(" ".join(row))).max() < CLOSE


def test_decisions_on_real_questions_are_those_of_scikit_learn(
    fitted: Router, machines: Machines, examples: list[tuple[Features, str]]
) -> None:
    for seen, _ in examples:
        assert np.abs(fitted.decision(seen) - machines.decision(seen.text)).max() < CLOSE


def test_a_router_taken_apart_scores_the_same(fitted: Router, examples: list[tuple[Features, str]]) -> None:
    again = Router.from_arrays(*fitted.to_arrays())
    for seen, _ in examples[::7]:
        assert again.predict(seen) == fitted.predict(seen)


def test_the_router_learned_its_examples(fitted: Router, examples: list[tuple[Features, str]]) -> None:
    right = [fitted.predict(seen).scores[0][0] == label for seen, label in examples]
    assert sum(right) / len(right) > 0.95
    prediction = fitted.predict(Features(("where", "does", "it", "originate"), 0))
    assert prediction.scores == tuple(sorted(prediction.scores, key=lambda one: -one[1]))
    assert prediction.best(fitted.answerable)[0] == "origin"
    assert prediction.score("nothing") == -np.inf
    assert 0 <= prediction.answerable <= 1


def test_nothing_known_leaves_the_bias(fitted: Router) -> None:
    assert np.array_equal(fitted.decision(Features((), 0)), fitted.decision(Features(("骨骨骨",), 1)))
