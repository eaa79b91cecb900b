"""Fuzzes the parsers, guided by coverage: `python tests/fuzz/parsers.py TARGET [libFuzzer flags and folders]`.

A target is one parser with what it promises: no error but the one it documents, bounded output, and what is written is
read again. `all` runs each for a short time. Needs the package and atheris (`pip install atheris`). What breaks a
promise is kept in a folder that is named at the end; `python tests/fuzz/parsers.py TARGET FILE...` tries such files
once more, without atheris.
"""

from __future__ import annotations

import argparse
import copy
import functools
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from fabella import Answer, Context
    from fabella_intents.segments import Segment
    from fabella_intents.spelling import Speller
    from fabella_knowledge import Problem
    from fabella_knowledge.library import SourceFile
    from fabella_knowledge.model import Excerpt
    from fabella_knowledge.vocabulary import Vocabulary

Check = Callable[[bytes], None]
NAME = "fuzzed"  # how problems call the input
SECONDS, BRIEF = 60, 20  # for one target, for each of all
PATIENCE = 10  # seconds after which an input has hung its parser
HUGE = b"0x" + b"f" * 3600  # a number that Python reads but does not print
PIECE = 1500  # bytes of a seed; coverage grows faster from small ones
REPEATS = 1000  # how often a line of an evaluation may have its question repeated
INSTRUMENTED = ["fabella", "fabella_intents", "fabella_knowledge", "markdown_it", "tomllib"]
QUESTIONS = Path(__file__).resolve().parents[1] / "questions" / "development.jsonl"
_FOLDER = "FABELLA_FUZZ_FOLDER"  # set in the process that fuzzes: where its seeds are and its findings go
_FORMS = {"open", "yesno", "truefalse", "either", "choice", "except", "cloze", "presumes"}


# --- the parts of a library -------------------------------------------------------------------------------

_REFERENCE = b'[{"id":"a","type":"book","title":"A","publisher":"B","issued":{"date-parts":[[1918]]}}]'
_TERMS = (
    b'[terms.femur]\nkind = "bone"\n[terms.knee]\nkind = "joint"\n[terms.flexion]\nkind = "movement"\njoint = "knee"\n'
)
_SILENT = b"---\nname: Silent\nkind: muscle\n---\n"  # says nothing, so that no library is whole: printing takes long


def article() -> Check:
    """Markdown with front matter: an article or problems, claims of one line with citations."""
    from fabella_knowledge import article as articles

    def check(data: bytes) -> None:
        _refused("fuzzed.md", data)
        if (text := _text(data)) is None:
            return
        held, problems = articles.read(text, NAME)
        assert held is not None or problems
        _proper(problems, text)
        if held is not None:
            claims = [one.text for one in held.claims]
            assert sum(map(len, (held.name, held.latin, held.region, *held.aliases, *held.parts))) <= 3 * len(text)
            assert sum(map(len, claims)) <= len(text) and not any("\n" in one for one in claims)
            assert all(one.text and one.citations and one.heading and len(one.heading) <= 2 for one in held.claims)
            assert all(one.label is None or one.label == one.label.lower() for one in held.claims)

    return check


def vocabulary() -> Check:
    """`vocabulary.toml`: what it declares or problems; a vocabulary without one links its own words."""
    from fabella_intents.mentions import link
    from fabella_knowledge import joining, vocabulary_file
    from fabella_knowledge.tokens import words

    def check(data: bytes) -> None:
        _refused("vocabulary.toml", data)
        if (text := _text(data)) is None:
            return
        held, problems = vocabulary_file.read(text, NAME)
        assert held is not None or problems
        _proper(problems, text)
        if held is not None:
            joined, more = joining.join([], [held], [])
            _proper(more, text)
            if not problems and not more:
                row = words(text)
                links = link(row, joined)
                assert all(0 <= one.start < one.end <= len(row) and one.terms for one in links)

    return check


def references() -> Check:
    """`references.json`: entries or problems; an entry without one can be printed."""
    import citeproc
    from fabella_knowledge import LibraryError, printing
    from fabella_knowledge import references as bibliography

    citeproc.CitationStylesStyle = functools.cache(citeproc.CitationStylesStyle)  # reading a style takes long

    def check(data: bytes) -> None:
        _refused("references.json", data)
        if (text := _text(data)) is None:
            return
        entries, problems = bibliography.read(text, NAME)
        _proper(problems, text)
        assert all(problem.line for problem in problems) and all(0 < one.line <= _lines(text) for one in entries)
        if problems or not entries:
            return
        try:
            (printed,) = printing.format_all(entries[:1]).values()
        except LibraryError as error:
            _proper(error.problems, text)
        else:
            assert printed.id == entries[0].id and printed.bibtex.startswith("@")
            assert len(printed.ama) + len(printed.apa) + len(printed.bibtex) <= 1000 + 20 * len(text)

    return check


def passages() -> Check:
    """A passage file: each line that isn't blank gives an excerpt or a problem, in order."""
    from fabella_knowledge import passage_file

    def check(data: bytes) -> None:
        found = list(passage_file.read(data, shown=NAME, name="a.jsonl", title="a"))
        _quotable(found, data.decode("utf-8", "replace"))
        assert len(found) == sum(bool(line.strip()) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))

    return check


def plain() -> Check:
    """Plain Markdown: excerpts whose words are those of the file, and problems, in order."""
    from fabella_knowledge import plain as markdown

    def check(data: bytes) -> None:
        if (text := _text(data)) is not None:
            found = list(markdown.read(text, shown=NAME, name="a.md", title="a", keys={"a"}))
            _quotable(found, text)
            assert sum(len(getattr(one, "text", "")) for one in found) <= 4 * len(text)

    return check


def _quotable(found: Sequence[Excerpt | Problem], text: str) -> None:
    from fabella_knowledge import Problem
    from fabella_knowledge.excerpts import Excerpts
    from fabella_knowledge.sentences import spans

    _proper([one for one in found if isinstance(one, Problem)], text)
    held = [one for one in found if not isinstance(one, Problem)]
    assert [one.line for one in held] == sorted(one.line for one in held)
    assert list(Excerpts.of(held)) == held
    for one in held:
        assert one.id and one.text == one.text.rstrip() != "" and one.citations and one.path == NAME
        ends = [0, *(at for span in spans(one.text) for at in span), len(one.text)]
        assert ends == sorted(ends) and not one.text[: ends[1]].strip() and ends[-2] == len(one.text)


def _refused(name: str, data: bytes) -> None:
    """Build a library with this file in it: it raises LibraryError and names the problems in their order."""
    from fabella_knowledge import LibraryError
    from fabella_knowledge.library import build

    try:
        build([*_companions(name), _file(name, data)])
    except LibraryError as error:
        assert error.problems == tuple(sorted(set(error.problems)))
        assert all(one.path in (NAME, "references.json", "vocabulary.toml", "silent.md") for one in error.problems)
        _proper([one for one in error.problems if one.path == NAME], data.decode("utf-8", "replace"))
    else:
        raise AssertionError("an article that says nothing was taken")


def _companions(name: str) -> Iterator[SourceFile]:
    """The other files of the library that the fuzzed one is read with."""
    for other, data in (("references.json", _REFERENCE), ("vocabulary.toml", _TERMS), ("silent.md", _SILENT)):
        if other != name:
            yield _file(other, data, other)


def _file(name: str, data: bytes, shown: str = NAME) -> SourceFile:
    from fabella_knowledge.library import SourceFile

    return SourceFile(Path(name), shown, data)


def _text(data: bytes) -> str | None:
    """The text of a file, as a library reads it; None where it is not UTF-8."""
    try:
        return unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


def _proper(problems: Iterable[Problem], text: str) -> None:
    """Problems have the path that was given, a line of the text (0: none), and a message in one printable line."""
    for one in problems:
        assert one.path == NAME, one
        assert 0 <= one.line <= _lines(text), one
        assert one.message.strip() and str(one).isprintable(), one


def _lines(text: str) -> int:
    return text.count("\n") + text.count("\r") + 1


# --- intents and utterances -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Held:
    """Stands for the path of a file, without a file."""

    data: bytes

    def __str__(self) -> str:
        return NAME

    def read_bytes(self) -> bytes:
        return self.data


def definition() -> Check:
    """An intent's TOML: a definition with labels that can be learned, or DefinitionError with the file's name."""
    from fabella_intents import definition as definitions
    from fabella_knowledge.article import HEADINGS
    from fabella_knowledge.errors import DefinitionError

    def check(data: bytes) -> None:
        try:
            ((name, one),) = definitions.load([cast(Path, _Held(data))]).items()
        except DefinitionError as error:
            assert re.match(rf"{NAME}: .", str(error)) and str(error).isprintable(), error
            return
        assert name == one.name and one.summary and all(aspect.examples for aspect in one.aspects)
        assert len(set(one.labels)) == len(one.aspects) >= 1
        assert definitions.slim(one).labels == one.labels
        for label in one.labels:
            assert definitions.intent_of(label) == name
            assert set(one.sections(label)) <= set(one.sections(name)) <= set(HEADINGS)

    return check


def utterance() -> Check:
    """What somebody says: cleaned, split, its form told, its spelling mended, its names linked."""
    from fabella_intents import forms, segments
    from fabella_intents.utterance import LIMIT, clean

    library, speller = _spoken()

    def check(data: bytes) -> None:
        said = clean(_any(data))
        assert said.raw == _any(data) and len(said.text) <= LIMIT and said.text == said.text.strip()
        assert not {unicodedata.category(c) for c in said.text if c != "\n"} & {"Cc", "Cf", "Cs", "Co", "Me"}
        assert not set("*`~|>") & set(said.text)
        found = segments.split(said)
        assert bool(found) == bool(said.text) and (not found or any(one.asks for one in found))
        _in_order(found, said.text, 0)
        for one in found:
            pieces = segments.clauses(one)
            _in_order(pieces, said.text, one.start)
            _in_order(segments.items(one), said.text, one.start)
            for piece in pieces:
                form = forms.detect(piece.text)
                assert form.kind in _FORMS and form.stem in piece.text
                letters = [letter for letter, _ in form.options]
                assert letters == sorted(set(letters)) and set(letters) <= set("ABCDEFGH")
                assert all(option in piece.text for _, option in form.options)
                _linked(piece.text, library, speller)

    return check


def _spoken() -> tuple[Vocabulary, Speller]:
    """The built-in vocabulary, and a speller that mends towards its words."""
    from fabella_intents.spelling import NAME as WHOLE
    from fabella_intents.spelling import Speller
    from fabella_knowledge import load
    from fabella_knowledge.tokens import words

    held = load().vocabulary
    named = {
        word: WHOLE for term in held.terms.values() for alias in (term.name, *term.aliases) for word in words(alias)
    }
    return held, Speller(("the", "which", "where"), named, held.never)


def _in_order(found: Sequence[Segment], text: str, start: int) -> None:
    """The segments are pieces of the text, from left to right."""
    at = start
    for one in found:
        assert one.start >= at, found
        at = one.start + len(one.text)
        assert text[one.start : at] == one.text, found


def _linked(text: str, held: Vocabulary, speller: Speller) -> None:
    from fabella_intents.mentions import link
    from fabella_knowledge.tokens import tokenize

    tokens = tokenize(text)
    assert all(one.norm.isalnum() and 0 <= one.start < one.end <= len(text) for one in tokens)
    row, corrections = speller.correct([one.norm for one in tokens])
    assert len(row) == len(tokens) and all(one.candidates for one in corrections)
    links = link(row, held)
    assert all(0 <= one.start < one.end <= len(row) and one.terms for one in links)
    assert list(links) == sorted(links, key=lambda one: (one.start, one.end))


def question() -> Check:
    """`Question.from_json` and `Context.from_json`: ValueError alone, and what is written is read again."""
    from fabella import Context, Question

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")  # lone surrogates come from escapes: JSON cannot spell two halves
        for kind in (Question, Context):
            try:
                held = kind.from_json(text)
            except ValueError:
                continue
            written = held.to_json()
            written.encode()
            again = kind.from_json(written)
            assert again.to_json() == written
            if isinstance(held, Context):
                assert len(written.encode()) <= 1024
            else:
                assert again == held

    return check


def _any(data: bytes) -> str:
    """Any text; bytes that are not UTF-8 become lone surrogates, as in a batch."""
    return data.decode("utf-8", "surrogateescape")


# --- lines of JSON ----------------------------------------------------------------------------------------


class _Echo:
    """Stands for the engine: refuses every question, and counts them in the context."""

    def ask(self, question: str, *, context: Context | None, style: str, explain: bool) -> Answer:
        from fabella import Answer, Context

        shown = (*context.shown, "x") if context else ()
        return Answer(question, "refused", "offtopic", lead="No.", context=Context(shown=shown[-9:]))


def batch() -> Check:
    """Lines of a batch: each gets one line of strict JSON, or one of what is wrong with it."""
    from fabella import Engine
    from fabella import batch as batches

    def check(data: bytes) -> None:
        out, err = io.StringIO(), io.StringIO()
        complete = batches.run(cast(Engine, _Echo()), io.BytesIO(data), out, err, name=NAME, why=True)
        given = [json.loads(line, parse_constant=_no_json) for line in out.getvalue().splitlines()]
        wrong = err.getvalue().split("\n")[:-1]
        lines = [line for n, line in enumerate(io.BytesIO(data)) if _filled(line, n)]
        assert len(given) + len(wrong) == len(lines) and complete == (not wrong)
        assert all(re.match(rf"{NAME}:\d+: .", line) and line.isprintable() for line in wrong), wrong
        asked = {_written(one.body) for one in batches.objects(io.BytesIO(data)) if one.body is not None}
        assert asked >= set(map(_written, given))

    return check


def _written(body: dict[str, Any]) -> str:
    """Question and id in ASCII, where two halves of a surrogate pair are the same as one character."""
    held = (body.get(key) for key in ("question", "id"))
    return json.dumps([one if isinstance(one, str | int | float) else None for one in held])


def gold() -> Check:
    """Lines of an evaluation: questions with what a right answer holds, or a problem with file and line."""
    from fabella.evaluation import KINDS, read

    def check(data: bytes) -> None:
        problems: list[str] = []
        golds = list(read(io.BytesIO(data), name=NAME, report=problems.append))
        assert all(re.match(rf"{NAME}:\d+: .", one) and one.isprintable() for one in problems), problems
        assert len(problems) <= sum(_filled(line, n) for n, line in enumerate(io.BytesIO(data)))
        for one in golds:
            assert one.kind in KINDS and one.id and one.style
            assert len(one.question) <= REPEATS * len(data)
            groups = (*one.must, *one.must_not, *one.cite, *(one.statements or ()), *one.allowed)
            assert all(groups)

    return check


def _filled(line: bytes, number: int) -> bool:
    """Whether a line holds anything; the first may begin with the mark of UTF-8."""
    return bool((line if number else line.removeprefix(b"\xef\xbb\xbf")).strip())


def _no_json(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


# --- seeds: the built-in files in pieces, and what is hard to read -----------------------------------------


def _articles() -> Iterator[bytes]:
    from fabella_knowledge.files import BUILTIN

    for path in sorted(BUILTIN.glob("*.md")):
        yield path.read_bytes()[:PIECE]
    front = b"---\nname: A\nkind: b\n%b\n---\n## Origin\n- a [@a]\n"
    yield front % b"latin: %b" % HUGE
    yield front % b"? %b\n: 1" % HUGE
    yield front % b'"a\\nb\\e[31m": 1'
    nested = b"".join(b"a%d: &a%d [%b]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 8)) for n in range(1, 5))
    yield front % b"a0: &a0 b\n%bregion: *a4" % nested


def _passages() -> Iterator[bytes]:
    yield b'{"id":"a","title":"T","heading":"A > B","text":"One. Two."}\n\n{"id":1,"text":"b","heading":["c"],"x":[{}]}'
    yield b'\xef\xbb\xbf{"id":"a","text":"\\u0000"}\r\n{"id":"b","text":" "}\r\n[]\n{"id":"c","text":"\xff"}\n{'
    yield b'{"id":%b,"text":"a"}' % HUGE


def _plain() -> Iterator[bytes]:
    yield b"# T\n\n## A\nOne [@a, p. 3]. Two [@b].\n\nThese are:\n- a\n- b\n  1. c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n"
    yield b"> quoted\n\n```\ncode\n```\n<div>\nhtml\n</div>\n\nA\n===\n[l]: http://a\n[l] ![i](u) <!-- c --> &amp; \\*"
    yield b">" * 60 + b"deep\n" + b"- " * 60 + b"deep"


def _vocabularies() -> Iterator[bytes]:
    """The tables of the built-in vocabulary, several to a seed, without the long lists of names."""
    from fabella_knowledge.files import BUILTIN, VOCABULARY

    tables = re.split(rb"\n(?=\[)", (BUILTIN / VOCABULARY).read_bytes())
    short = [one for one in tables if len(one) < PIECE]
    yield from (b"\n".join(short[at : at + 5]) for at in range(0, len(short), 5))
    yield b'[ambiguous.a]\nowners = ["a", "b"]\ndefault = %b\n[never]\nbridge = [[%b]]' % (HUGE, HUGE)
    yield b'a = """\n[%bb\n"""\n' % (b" " * 4000)


def _bibliographies() -> Iterator[bytes]:
    from fabella_knowledge.files import BUILTIN, REFERENCES

    for entry in json.loads((BUILTIN / REFERENCES).read_bytes()):
        yield json.dumps([entry], ensure_ascii=False, indent=1).encode()


def _definitions() -> Iterator[bytes]:
    """The built-in definitions with the first three examples of each aspect."""
    from fabella_intents.definition import collect

    for path in collect():
        text = path.read_text(encoding="utf-8")
        yield re.sub(r"(?m)^(examples = \[\n(?:  .*\n){1,3})(?:  .*\n)*", r"\1", text).encode()[:PIECE]


def _asked() -> list[dict[str, Any]]:
    """Some of the questions that the package is measured with."""
    with QUESTIONS.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][::60]


def _utterances() -> Iterator[bytes]:
    yield from (one["q"].encode() for one in _asked() if "q" in one)
    yield "**Which** is it? A) the ____ head B) x; <@1> e.g. :bone: isn't it? gas\u00adtroc \ufdfa".encode()
    yield b""


def _contexts() -> Iterator[bytes]:
    from fabella import Context, Question

    names = ("gastrocnemius", ("lateral head",))
    yield (
        Context(*names, ("origin",), ("moore2013",), ("gastrocnemius#origin.1",), options=("a",), last="x")
        .to_json()
        .encode()
    )
    yield Question(("origin", "fabella.where"), *names, form="yesno", negated=True, ordinal=2).to_json().encode()


def _batches() -> Iterator[bytes]:
    for n, one in enumerate(_asked()):
        if "q" in one:
            line = json.dumps({"question": one["q"], "id": n, "conversation": "a"}).encode()
            yield b"\n".join((line, b"", line))
    yield b'{"question": "", "id": NaN}\n{"question": "", "id": 1e999}'


def _golds() -> Iterator[bytes]:
    yield from (json.dumps(one).encode() for one in _asked() if len(json.dumps(one)) < PIECE)
    turn = {"q": "a", "class": "answer", "repeat": 2, "style": "x", "must": [["a|b", "c"]], "statements": ["d"]}
    yield json.dumps({"id": 1, "turns": [turn, turn]}).encode()
    yield json.dumps(turn | {"repeat": 10**30}).encode()
    yield json.dumps(turn | {"must": ["(?\n"]}).encode()


# --- JSON that stays JSON ---------------------------------------------------------------------------------

Mutate = Callable[[bytes, int], bytes]


def _mutator(target: Target, mutate: Mutate) -> Callable[[bytes, int, int], bytes]:
    """Changes of a document or one of its lines, most of which leave it JSON: coverage does not see C's scanner."""
    values: list[Any] = [[], {}, *filter(None, map(_value, target.words.split()))]

    def change(data: bytes, size: int, seed: int) -> bytes:
        dice = random.Random(seed)
        lines = [data] if _value(data) is not None else data.split(b"\n")
        at = dice.randrange(len(lines))
        tree = _value(lines[at])
        if not isinstance(tree, list | dict) or dice.random() < 0.3:
            return mutate(data, size)
        try:
            for _ in range(dice.choice((1, 1, 2, 4))):
                _changed(dice, tree, values)
            lines[at] = json.dumps(tree, ensure_ascii=dice.random() < 0.5).encode("utf-8", "backslashreplace")
        except RecursionError:
            return mutate(data, size)
        changed = b"\n".join(lines)
        return changed if len(changed) <= size else mutate(data, size)

    return change


def _value(text: str | bytes) -> Any:
    """What JSON says, None for what is none."""
    try:
        return json.loads(text if isinstance(text, str) else text.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None


def _changed(dice: random.Random, tree: list[Any] | dict[str, Any], values: Sequence[Any]) -> None:
    """Put a value in, or take one out, at one place of the tree."""
    places = [one for one in _within(tree) if isinstance(one, list | dict)]
    held = dice.choice(places)
    new = copy.deepcopy(dice.choice((*values, None, *_within(tree))))
    keys = [*range(len(held))] if isinstance(held, list) else [*held]
    if keys and dice.random() < 0.3:
        del held[dice.choice(keys)]
    elif isinstance(held, list):
        held.insert(dice.randrange(len(held) + 1), new)
    else:
        held[dice.choice([*keys, *(one for one in values if isinstance(one, str))])] = new


def _within(tree: Any) -> Iterator[Any]:
    """The tree and everything in it."""
    yield tree
    if isinstance(tree, list | dict):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from _within(one)


# --- running ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: `make` imports it and gives the check, `seeds` are inputs to begin with, `words` to build from.

    `json` tells that it reads JSON, one document or one a line.
    """

    make: Callable[[], Check]
    seeds: Callable[[], Iterable[bytes]]
    words: str
    json: bool = False


_FRONT = "--- name: latin: kind: aliases: region: parts: ids: &a *a ? !!float !!set 0x 2013-13-13 1:59 .inf << |"
_BODY = "## ### [@a] [@a,p.3] [@ ; <!-- --> ``` &amp; <b> ![a](b) [a]: Origin Action Prevalence Lateral:"
_TOML = "[[ ]] \"\"\" ''' = 0x 1e9 inf 1979-05-27 \\u00e4 true { } #"
_CSL = '"id" "type" "book" "title" "author" "family" "given" "literal" "suffix" "issued" "accessed" "date-parts" "DOI"'
_JSON = '"a" [] {} null true NaN Infinity 1e999 -1 2018 "\\ud800" "\\udc80" "x\\ny" [["a"]]'
_SLOTS = '"intents" "structure" "parts" "joints" "movements" "landmarks" "text" "form" "claims" "options" "negated"'
_MORE_SLOTS = '"ordinal" "brief" "more" "references" "shown" "cited" "last"'
_VOCABULARY = "names terms lay parts ambiguous never opposites owners default words against nouns loose sides bridge"
_MORE_TERMS = "abbreviations kind part_of branch_of opposite joint aliases"
_INTENT = "name summary slots names cues cue_kinds sections examples kinds handler refusal subject suggestion aspects"
_GOLD = (
    '"q" "class" "answer" "premise" "refuse" "must" "must_not" "cite" "statements" "allowed" "turns" "repeat" "style"'
)
_SPOKEN = (
    "<@1> <a:b:1> @here :bone: https:// {{c1:: }} [...] ____ .... ( ) <b> ** || e.g. or? and what true/false A) B) b:"
)
_SPEECH = (
    "except which not isn't why thanks new-topic: lateral head inner half outer of the knee gastroc ½ ﬁ \u00ad \u202e %"
)

TARGETS = {
    "article": Target(article, _articles, f"{_FRONT} {_BODY}"),
    "vocabulary": Target(vocabulary, _vocabularies, f"{_TOML} {_VOCABULARY} {_MORE_TERMS}"),
    "references": Target(
        references, _bibliographies, f'{_JSON} {_CSL} "URL" "page" "note" "publisher" "container-title"', json=True
    ),
    "definition": Target(definition, _definitions, f"{_TOML} {_INTENT} together Origin structure"),
    "utterance": Target(utterance, _utterances, f"{_SPOKEN} {_SPEECH}"),
    "question": Target(question, _contexts, f"{_JSON} {_SLOTS} {_MORE_SLOTS}", json=True),
    "batch": Target(batch, _batches, f'{_JSON} "question" "id" "conversation"', json=True),
    "passages": Target(passages, _passages, f'{_JSON} "id" "title" "heading" "text" "A > B"', json=True),
    "plain": Target(plain, _plain, f"{_BODY} | --- | 1. > - * ~~~ <br> <script> [^1]: \\\\ &copy;"),
    "gold": Target(gold, _golds, f'{_JSON} {_GOLD} "(?:" "(?P<a>" "(?(1)" "{{9}}" "\\\\d"', json=True),
}


def main() -> int:
    """Fuzz a target or all of them, or try files; 1 when a promise was broken."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain, allow_abbrev=False)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    options, flags = parser.parse_known_args()
    if _FOLDER in os.environ:
        _fuzz(options.target, Path(os.environ[_FOLDER]), flags)
    files = [Path(one) for one in flags]
    if files and options.target != "all" and all(one.is_file() for one in files):
        check = TARGETS[options.target].make()
        for one in files:
            _try(check, one)
        return 0
    _atheris()
    names = list(TARGETS) if options.target == "all" else [options.target]
    seconds = BRIEF if options.target == "all" else SECONDS
    kept = [_run(name, [f"-max_total_time={seconds}", *flags]) for name in names]
    return 0 if all(kept) else 1


def _try(check: Check, file: Path) -> None:
    try:
        check(file.read_bytes())
    except BaseException as error:
        error.add_note(f"The input is {file}")
        raise


def _atheris() -> ModuleType:
    try:
        import atheris
    except ModuleNotFoundError:
        sys.exit("Fuzzing needs atheris, which is not installed: pip install atheris")
    return cast(ModuleType, atheris)


def _run(name: str, flags: Sequence[str]) -> bool:
    """Fuzz in a process of its own, as libFuzzer ends the one it runs in. Whether every promise was kept."""
    folder = Path(tempfile.mkdtemp(prefix=f"fabella-fuzz-{name}-"))
    _prepare(TARGETS[name], folder)
    print(f"--- {name}", file=sys.stderr, flush=True)
    command = [sys.executable, __file__, name, *flags]
    kept = subprocess.run(command, env=os.environ | {_FOLDER: str(folder)}).returncode == 0
    if kept:
        shutil.rmtree(folder)
    else:
        print(f"--- {name}: what was found is in {folder}", file=sys.stderr)
    return kept


def _prepare(target: Target, folder: Path) -> None:
    """Write the seeds and the dictionary."""
    (folder / "seeds").mkdir()
    for number, seed in enumerate(target.seeds()):
        (folder / "seeds" / f"{number:03}").write_bytes(seed)
    words = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in target.words.split())
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words), encoding="ascii")


def _fuzz(name: str, folder: Path, flags: Sequence[str]) -> NoReturn:
    """Fuzz in this process, which ends with it."""
    atheris = _atheris()
    target, seeds = TARGETS[name], folder / "seeds"
    with atheris.instrument_imports(include=INSTRUMENTED):
        check = target.make()
        for seed in sorted(seeds.iterdir()):  # what a parser imports when it is called is imported now
            _try(check, seed)
    ours = [f"-timeout={PATIENCE}", f"-artifact_prefix={folder}/", f"-dict={folder / 'words'}"]
    # Fuzz puts the real Mutate in the place of one that fails.
    mutator = _mutator(target, lambda data, size: cast(bytes, atheris.Mutate(data, size)))
    changes = {"custom_mutator": mutator} if target.json else {}
    atheris.Setup([sys.argv[0], *ours, *flags, str(seeds)], check, **changes)
    atheris.Fuzz()
    raise SystemExit


if __name__ == "__main__":
    sys.exit(main())
