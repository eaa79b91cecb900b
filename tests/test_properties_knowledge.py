"""Properties that hold for any input: parsers, names in a text, what is carried along, utterances."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from fabella_intents.question import Context, Question
from fabella_intents.utterance import BLANK, LIMIT, clean
from fabella_knowledge import LibraryError, Problem, article, load, references, vocabulary_file
from fabella_knowledge.gazetteer import Gazetteer
from fabella_knowledge.library import SourceFile, build
from fabella_knowledge.tokens import tokenize, words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ANY = st.text(st.characters(), max_size=200)
ODD = st.sampled_from(
    [
        "---",
        "---",
        "```",
        "##",
        "###",
        "-",
        "*",
        "[@a]",
        "[@",
        "]",
        ";",
        ":",
        "#",
        "{{c1::x}}",
        "<!--",
        "-->",
        "<b>",
        "&amp;",
        "\\",
        "|",
        "~~",
        "name:",
        "kind:",
        "aliases:",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "!!float",
        "!!timestamp",
        "&a",
        "*a",
        "?",
        "2013-13-13",
        "[terms.x]",
        "[[",
        "]]",
        "=",
        '"id"',
        '"author"',
        "[names]",
        "bridge",
        "owners",
        "\n",
        "\r",
        "\x00",
        "\t",
    ]
)
MARKED = st.lists(st.one_of(ODD, st.text(st.characters(), max_size=8)), max_size=40).map(" ".join)
TEXT = st.one_of(ANY, MARKED, MARKED.map(lambda text: text.replace(" ", "\n")))
PLAIN = st.sampled_from([None, True, 0, -1, 2018, 1.5, float("nan"), "", "x", "2018", "a b", "\ud800", "\n"])
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "date-parts"]), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "type", "title", "author", "issued", "accessed", "DOI", "URL", "page", "note", "volume"])
WORD = st.from_regex(r"[a-z]{2,9}", fullmatch=True)


def proper(problems: list[Problem] | tuple[Problem, ...], text: str) -> None:
    """Problems have the path that was given, a line of the text, and a message in one printable line."""
    for problem in problems:
        assert problem.path == "file"
        assert 0 <= problem.line <= text.count("\n") + text.count("\r") + 1
        assert problem.message.strip() and str(problem).isprintable()


@given(TEXT)
def test_the_article_parser_returns_problems_whatever_it_reads(text: str) -> None:
    held, problems = article.read(text, "file")
    assert held is not None or problems
    proper(problems, text)


@given(TEXT)
def test_the_body_of_an_article_is_claims_or_problems(text: str) -> None:
    whole = f"---\nname: Soleus\nkind: muscle\n---\n## Origin\n{text}"
    held, problems = article.read(whole, "file")
    proper(problems, whole)
    assert held is not None or problems
    for claim in held.claims if held else ():
        assert claim.text and claim.citations and claim.heading
        assert "\n" not in claim.text


def test_aliases_of_yaml_do_not_make_a_long_text_of_a_short_one() -> None:
    nested = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 6))
    text = f"---\nname: A\nkind: b\na0: &a0 c\n{nested}latin: *a5\nregion: *a5\n---\n## Origin\n- a [@a]\n"
    held, problems = article.read(text, "file")
    assert held is not None and (held.latin, held.region) == ("", "")
    assert {"'latin' must be a text of one line", "'region' must be a text of one line"} <= {
        p.message for p in problems
    }


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (vocabulary_file, 'x = """\n[' + " " * 5000 + 'x\n"""\n'),
        (vocabulary_file, 'x = """\n' + "a." * 20_000 + 'x\n"""\n'),
        (article, "---\nname: A\nkind: b\n---\n## Origin\n" + "[@" * 30_000 + "\n"),
    ],
    ids=["blanks", "dots", "brackets"],
)
def test_a_long_line_takes_no_long_time(parser: ModuleType, text: str) -> None:
    began = time.process_time()
    parser.read(text, "file")
    assert time.process_time() - began < 3


@given(TEXT)
def test_the_vocabulary_parser_returns_problems_whatever_it_reads(text: str) -> None:
    held, problems = vocabulary_file.read(text, "file")
    assert held is not None or problems
    proper(problems, text)


@given(st.dictionaries(st.sampled_from(["names", "terms", "lay", "parts", "ambiguous", "never", "opposites"]), JSON))
def test_tables_of_any_shape_are_read(data: dict[str, object]) -> None:
    from fabella_knowledge.places import Places
    from fabella_knowledge.vocabulary_file import _Reader

    reader = _Reader(data, Places(""), "file")
    reader.file()
    assert all(problem.message for problem in reader.problems)


@given(TEXT)
def test_the_reference_parser_returns_problems_whatever_it_reads(text: str) -> None:
    _, problems = references.read(text, "file")
    proper(problems, text)


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=4), st.sampled_from([None, 1]))
def test_references_of_any_shape_are_read_and_their_problems_have_lines(
    data: list[dict[str, object]], indent: int | None
) -> None:
    text = json.dumps(data, indent=indent)
    entries, problems = references.read(text, "file")
    proper(problems, text)
    assert all(problem.line >= 1 for problem in problems)
    assert len(entries) <= len(data)


@given(st.sampled_from(["a.md", "references.json", "vocabulary.toml"]), st.binary(max_size=200))
def test_a_library_of_any_bytes_loads_or_says_why(name: str, data: bytes) -> None:
    with pytest.raises(LibraryError) as caught:
        build([SourceFile(Path("b.md"), "b.md", b"---\nname: B\n---\n"), SourceFile(Path(name), "file", data)])
    assert caught.value.problems == tuple(sorted(set(caught.value.problems)))


@given(st.text(st.characters(), max_size=40))
def test_words_are_letters_and_digits_and_stay_what_they_are(text: str) -> None:
    row = words(text)
    assert all(word.isalnum() for word in row)
    assert words(" ".join(row)) == row
    tokens = tokenize(text)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    assert all(before.end <= after.start for before, after in pairwise(tokens))


@given(st.lists(WORD, min_size=1, max_size=4), st.lists(WORD, max_size=8), st.lists(WORD, max_size=8), st.data())
def test_an_alias_is_found_inside_any_filler(
    alias: list[str], before: list[str], after: list[str], data: st.DataObject
) -> None:
    others = data.draw(st.lists(st.lists(WORD, min_size=1, max_size=3), max_size=5))
    # Filler that shares no word with a name cannot change where the name is found.
    taken = {word for name in (alias, *others) for word in name} | {f"{word}s" for name in others for word in name}
    filler = [[word for word in row if not {word, word.rstrip("s")} & taken] for row in (before, after)]
    gazetteer = Gazetteer({" ".join(alias): ["it"], **{" ".join(one): ["other"] for one in others if one != alias}})
    row = [*filler[0], *alias, *filler[1]]
    mentions = gazetteer.find(row)
    if not any(set(one) & set(alias) for one in others):
        assert [(m.terms, m.start, m.end) for m in mentions if "it" in m.terms] == [
            (("it",), len(filler[0]), len(filler[0]) + len(alias))
        ]
    assert mentions


@given(st.lists(st.sampled_from(["a", "b", "c", "the", "heads", "head", "of"]), max_size=12), st.data())
def test_mentions_go_from_left_to_right_and_never_overlap(row: list[str], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.lists(st.sampled_from(["a", "b", "head", "of", "the"]), min_size=1, max_size=3)))
    mentions = Gazetteer({" ".join(name): [" ".join(name)] for name in names}).find(row)
    ends = [0, *(m.end for m in mentions)]
    assert all(m.start >= end and m.start < m.end <= len(row) for m, end in zip(mentions, ends, strict=False))


@pytest.fixture(scope="module")
def aliases() -> dict[str, str]:
    """Every alias of the built-in library that one term owns."""
    vocabulary = load().vocabulary
    return {
        alias: term.name
        for term in vocabulary.terms.values()
        for alias in (term.name, *term.aliases)
        if " ".join(words(alias)) not in vocabulary.ambiguous
    }


def test_every_alias_of_the_library_is_found_between_other_words(aliases: dict[str, str]) -> None:
    gazetteer = load().vocabulary.gazetteer
    for alias, name in aliases.items():
        row = ("zzz", *words(alias), "zzz")
        (mention,) = gazetteer.find(row)
        assert name in mention.terms and (mention.start, mention.end) == (1, len(row) - 1), alias


TEXTS = st.lists(st.text(max_size=30), max_size=6).map(tuple)
CONTEXTS = st.builds(
    Context,
    structure=st.none() | st.text(max_size=30),
    last=st.none() | st.text(max_size=30),
    **dict.fromkeys(("parts", "intents", "references", "shown", "cited", "options"), TEXTS),
)


@given(CONTEXTS)
def test_a_context_comes_back_from_its_json(context: Context) -> None:
    text = context.to_json()
    back = Context.from_json(text)
    assert len(text.encode()) <= 1024
    assert back.to_json() == text
    if len(json.dumps({f: getattr(context, f) for f in Context.__dataclass_fields__}).encode()) <= 1024:
        assert back == context


@given(
    st.dictionaries(
        st.sampled_from(["parts", "intents", "references", "shown", "cited", "options"]), st.integers(0, 2000)
    ),
    st.text(st.characters(), min_size=1, max_size=3),
    st.sampled_from([1, 400]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_context_has_at_most_1024_bytes_whatever_it_holds(sizes: dict[str, int], word: str, times: int) -> None:
    held = {name: (word * times,) * size for name, size in sizes.items()}
    one = Context(structure=word * 5000, last=word * times, **held)
    text = one.to_json()
    assert len(text.encode()) <= 1024
    Context.from_json(text)


def test_a_long_context_keeps_the_newest_references() -> None:
    context = Context("gastrocnemius", references=tuple(f"reference{n}" for n in range(200)), intents=("origin",))
    back = Context.from_json(context.to_json())
    assert (back.structure, back.intents) == ("gastrocnemius", ("origin",))
    assert 20 < len(back.references) < 200
    assert back.references == context.references[-len(back.references) :]


@given(
    st.builds(
        Question,
        intents=TEXTS,
        structure=st.none() | st.text(),
        text=st.text(),
        form=st.text(max_size=9),
        negated=st.booleans(),
        more=st.booleans(),
        brief=st.booleans(),
        ordinal=st.integers(-5, 5),
        **dict.fromkeys(("parts", "joints", "movements", "landmarks", "claims", "options"), TEXTS),
    )
)
def test_a_question_comes_back_from_its_json(question: Question) -> None:
    assert Question.from_json(question.to_json()) == question


def test_a_lone_surrogate_survives_as_json() -> None:
    question = Question(("origin",), text="gas\ud800troc")
    question.to_json().encode()
    assert Question.from_json(question.to_json()) == question


def test_only_what_is_set_is_written() -> None:
    assert Context().to_json() == "{}"
    assert Question(("origin",), structure="soleus").to_json() == '{"intents":["origin"],"structure":"soleus"}'


@given(
    st.one_of(
        ANY,
        JSON.map(json.dumps),
        st.dictionaries(st.sampled_from(["structure", "parts", "text"]), JSON).map(json.dumps),
    )
)
def test_reading_any_text_raises_value_error_alone(text: str) -> None:
    for kind in (Context, Question):
        try:
            held = kind.from_json(text)
        except ValueError:
            continue
        assert isinstance(held, kind)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "9" * 5000, '{"structure":1}', '{"parts":"x"}', '{"x":1}', "[]", "null", ""]
)
def test_what_is_no_question_is_refused(text: str) -> None:
    for kind in (Context, Question):
        with pytest.raises(ValueError):
            kind.from_json(text)
    with pytest.raises(ValueError):
        Context.from_json('{"structure":"' + "x" * 2000 + '"}')


@given(st.one_of(st.text(st.characters(), max_size=400), MARKED))
def test_a_clean_utterance_is_language_and_bounded(raw: str) -> None:
    said = clean(raw)
    assert said.raw == raw
    assert len(said.text) <= LIMIT
    assert said.text == said.text.strip()
    for character in said.text.replace("\n", " "):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Me"}
    assert not set("*`~|>") & set(said.text)
    assert "".join(said.sentences).split() == said.text.split() or len(said.sentences) > 1


UNITS = [
    "a", " ", "\n", "<", "<@", "<@1>", "@", "@a", ":a", ":smile:", "https://", "http", "*", "_", "__", "_a",
    "{{c1::", "}}", "[", "[ ", "[...", ".", "..", "(", "( ", "…", "<a", "</a", "&", "\u200b", "\u202e",
    "\ud800", "\x00", "\ufdfa", "①", "🦴", "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_hundred_thousand_characters_are_cut(unit: str) -> None:
    said = clean(unit * (100_000 // len(unit)))
    assert said.cut
    assert len(said.text) <= LIMIT
    assert len(said.sentences) <= LIMIT


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("gas\u00adtroc\u200bnemius", "gastrocnemius"),
        ("\u202eorigin\u202c of\u2066 it", "origin of it"),
        ("\x00ori\x07gin\x1b[0m?", "ori gin ?"),
        ("<@123> <@!4> <#5> <@&6> where?", "where?"),
        ("@everyone @here @some_one where?", "where?"),
        ("@\u200beveryone where?", "where?"),
        ("<:bone:12> <a:bone:34> :bone: where ❤️ 🦴 is it?", "where is it?"),
        ("origin:insertion:action", "origin:insertion:action"),
        ("**what** is `it` ||really|| ~~not~~ _so_ __?", f"what is it really not so {BLANK} ?"),
        ("> quoted\nwhere?", "quoted\nwhere?"),
        ("<b>where</b> is <script src='x'>it", "where is it"),
        ("see https://example.org/x?y=1 where?", "see where?"),
        (
            "the ____ head, the [...] head, the () head",
            f"the {BLANK} head, the {BLANK} head, the {BLANK} head",
        ),
        ("It is {{c1::a bone}}.", f"It is {BLANK} ."),
        ("ＷＨＥＲＥ is ﬁbula", "WHERE is fibula"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ud800 \udfff", ""),
        ("🦴🦴", ""),
        ("", ""),
    ],
)
def test_what_is_not_language_is_taken_out(raw: str, text: str) -> None:
    assert clean(raw).text == text


def test_sentences() -> None:
    assert clean("Where is it? What does it do!\nAnd why; really").sentences == (
        "Where is it?",
        "What does it do!",
        "And why;",
        "really",
    )
    assert re.fullmatch(r"\w+", BLANK)
