"""Answers as Discord shows them: within every limit, nothing lost on the pages, and what people wrote is inert."""

from __future__ import annotations

import re
from typing import Any

import pytest
from discordserver import limits
from fabella import Answer, Context, Engine, Question, Source, Statement
from fabella.answer import Table
from fabella.discord import ids
from fabella.discord.limits import CONTENT, DESCRIPTION, EMBEDS_TOTAL, FIELD_VALUE
from fabella.discord.pages import FOOTER, card, numbered, references
from fabella.discord.replies import Reply, button, delete_button, page_row, reply
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

WINDOW = 400  # characters of a statement of which nothing may be lost; longer ones may end in an ellipsis
SHOWN = re.compile(r"(?<!\\)\[(\d+)\]")
WEIRD = "*_~`|[]()<>#@:/\\-+&\u200b\u202e\u0301éßİ🦴👩‍⚕️𝔞\u3000 aZ09.,;"
PIECES = (
    "**b**",
    "[x](https://evil.example)",
    "@everyone",
    "<@1>",
    "<#2>",
    "<t:1>",
    "||s||",
    "```",
    "# h",
    "-# s",
    "> q",
)

words = st.text(st.sampled_from("abcdefgh ,"), min_size=1, max_size=60).map(lambda one: f"x{one}y")
library = st.text(st.sampled_from(WEIRD), min_size=1, max_size=120).map(lambda one: f"x{one}y")
long = st.integers(200, 3000).flatmap(lambda n: words.map(lambda one: (one * (n // len(one) + 1))[:n]))
labelled = st.tuples(st.sampled_from(("Soleus, origin", "Soleus, insertion", "A " * 50)), words).map(": ".join)
anyone = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=8).map(" ".join)
urls = st.one_of(
    st.just(""),
    st.builds(
        lambda n, end: f"https://example.org/{'a' * n}{end}",
        st.integers(0, 900),
        st.sampled_from(("", ")", " b", "\n")),
    ),
    st.just("javascript:alert(1)"),
)


@st.composite
def answers(draw: st.DrawFn, tables: bool = False, most: int = 40) -> Answer:
    """An answer as an engine could give it, over any library."""
    count = draw(st.integers(0, most))
    names = st.one_of(words, library, st.text(st.sampled_from(WEIRD), min_size=0, max_size=300))
    citations = tuple(
        Source(n, f"ref-{n}", draw(words), draw(urls), draw(st.one_of(st.none(), names)), draw(names))
        for n in range(1, count + 1)
    )

    def statement() -> Statement:
        marks = draw(st.lists(st.integers(1, max(count, 1)), min_size=1, max_size=6, unique=True))
        return Statement(draw(st.one_of(words, labelled, library, long)), tuple(marks))

    status = draw(st.sampled_from(("answered", "corrected", "clarify", "refused", "smalltalk")))
    said: tuple[Statement, ...] = ()
    table = None
    if status in ("answered", "corrected") and count:
        said = tuple(statement() for _ in range(draw(st.integers(0, 12))))
        repeats = draw(st.sampled_from((1, 1, 4, 16)))  # up to 200 statements, without drawing each
        said = (said * repeats)[:200]
        if tables:
            columns = tuple(draw(library) for _ in range(draw(st.integers(1, 4))))
            cells = [tuple((said[n : n + 2]) if said else () for n in range(len(columns))) for _ in range(3)]
            table = Table(columns, tuple((draw(words), one) for one in cells))
    cited = {n for one in said for n in one.citations}
    return Answer(
        draw(anyone),
        status,
        draw(st.sampled_from(("origin", "overview", "treatment"))),
        lead=draw(anyone),
        statements=said,
        notes=tuple(draw(st.lists(st.one_of(anyone, long), max_size=4))),
        citations=tuple(one for one in citations if one.number in cited),
        table=table,
        options=tuple(draw(st.lists(words, max_size=6, unique=True))) if status == "clarify" else (),
        context=Context(structure=draw(st.one_of(st.none(), st.text(min_size=1, max_size=120))), intents=("origin",)),
    )


follow_ups = st.lists(
    st.one_of(
        st.builds(lambda text: Question((), text=text), st.text(max_size=150)),
        st.builds(lambda text, name: Question(("origin",), structure=name, text=text), st.text(max_size=150), words),
    ),
    max_size=8,
).map(tuple)


def messages(made: Reply) -> list[dict[str, Any]]:
    """The messages that may show a reply: each of its pages with its rows, as the exchange puts them together."""
    pages = numbered(made.pages)
    shown = []
    for at, page in enumerate(pages):
        rows = list(made.rows)
        if rows and len(rows[-1]) < 5:
            rows[-1] = (*rows[-1], delete_button(2**63))
        if len(pages) > 1:
            rows.insert(0, page_row("k" * 16, at, len(pages)))
        shown.append({"embeds": [page], "components": [{"type": 1, "components": list(row)} for row in rows]})
    return shown


def plain_text(shown: str) -> str:
    """A description without what Markdown needs: escapes, bold, list marks, spaces without width."""
    return re.sub(r"\\([^0-9A-Za-z\s])|\*\*", lambda found: found[1] or "", shown).replace("\u200b", "")


def active(shown: str) -> list[str]:
    """What a client would read as Markdown, a mention or a link in a text that should have none of them."""
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "", shown)  # what is escaped stands for itself
    found = re.findall(r"[*_~`|]|\]\(|<[@#/:a-zA-Z]|@(?:everyone|here)|https?://", bare)
    return found + re.findall(r"(?m)^(?:#{1,3}|-#|>|[-+]|\d+[.)])\s", bare)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answers(), follow_ups, st.one_of(st.none(), anyone))
@example(Answer("q", "refused", "offtopic", lead="x", notes=("word " * 600,) * 9), (), None)
@example(Answer("q" * 900, "refused", "offtopic", lead="word " * 900, notes=("word " * 600,)), (), None)
def test_every_page_keeps_to_the_limits_of_discord(
    answer: Answer, follow: tuple[Question, ...], title: str | None
) -> None:
    made = reply(answer, follow, title=title)
    assert made.pages
    for message in messages(made):
        limits.message(message)  # refuses as Discord would
        assert all(one["description"].strip() and one["title"].strip() for one in message["embeds"])
        assert len(message["components"]) <= 3 and all(one["components"] for one in message["components"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answers(tables=True, most=30), follow_ups)
def test_tables_keep_to_the_limits_and_lose_nothing(answer: Answer, follow: tuple[Question, ...]) -> None:
    made = reply(answer, follow)
    for message in messages(made):
        limits.message(message)
    if answer.table is not None:
        cells = (one for at in range(len(answer.table.columns)) for _, row in answer.table.rows for one in row[at])
        in_order(made, list(cells))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answers())
@example(
    Answer(
        "q",
        "answered",
        "origin",
        statements=tuple(Statement(f"Soleus, origin: {'long ' * 700}{n}", (1, 2)) for n in range(200)),
        citations=(Source(1, "a", "A", "https://a.example"), Source(2, "b", "B", "")),
    )
)
def test_all_statements_are_told_in_order(answer: Answer) -> None:
    in_order(reply(answer), list(answer.statements))


def in_order(made: Reply, said: list[Statement]) -> None:
    """Every statement stands on the pages, one behind the other, with its marks; a long one may end in an ellipsis."""
    text = plain_text("\n".join(page["description"] for page in made.pages)).casefold()
    at = 0
    for one in said:
        marks = "".join(f"[{n}]" for n in sorted(one.citations))
        wanted = one.text.replace("\u200b", "").casefold()
        label, colon, rest = wanted.partition(": ")
        if colon and len(label) <= 70:  # it may stand above several, or shorter
            wanted = rest
        found = text.find(f"{wanted} {marks}", at)
        if found < 0:
            assert len(wanted) > WINDOW, one
            found = text.index(wanted[:WINDOW], at)
            assert re.match(r"[^…]*… " + re.escape(marks), text[found:], re.DOTALL), one
        at = found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answers(most=80))
def test_what_a_page_cites_it_names(answer: Answer) -> None:
    for page in reply(answer).pages:
        cited = {int(one) for one in SHOWN.findall(page["description"])}
        told = "\n".join(one["value"] for one in page.get("fields", ()))
        named = [int(one) for one in re.findall(r"(?m)^\[(\d+)\] ", told)]
        assert named == sorted(set(named)) and set(named) <= cited
        more = re.search(r"^and (\d+) more: \*Sources\*$", told, re.MULTILINE)
        assert len(named) + (int(more[1]) if more else 0) == len(cited)
        # Only a line that cites more than a page has room for leaves any out.
        assert not more or len(page["description"].splitlines()) <= 2


@given(answers().filter(lambda one: one.status == "refused"))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_refusal_has_no_sources(answer: Answer) -> None:
    made = reply(answer)
    assert not any("fields" in page for page in made.pages)
    assert not any(one.get("label") == "Sources" for row in made.rows for one in row)


@settings(max_examples=300, deadline=None)
@given(anyone, anyone, anyone)
@example("1https://evil.example", "_https://evil.example", "éhttps://evil.example")
@example("a" * 255 + "*b*", "x" * 2500 + " **b**", "y" * 2500 + "_z_")
def test_what_people_wrote_is_inert_wherever_it_stands(question: str, lead: str, note: str) -> None:
    made = reply(Answer(question, "refused", "offtopic", lead=lead, notes=(note,), options=(question,)))
    for page in made.pages:
        assert not active(page["title"]), page["title"]
        for line in page["description"].splitlines():
            # What frames it is ours: bold, italics, a number.
            framed = re.fullmatch(r"\*\*(.*)\*\*|\*(.*)\*|\d+\. (.*)|", line, re.DOTALL)
            assert framed, line
            assert not active(next((one for one in framed.groups() if one is not None), "")), line
    assert not active(re.sub(r"(?m)^- ", "", made.text)), made.text
    assert not re.search(r"@(everyone|here)|<[@#]", made.text)


@given(
    st.lists(
        st.builds(Source, st.integers(1, 99), words, st.one_of(words, long, library), urls), min_size=1, max_size=60
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_full_references_are_told_on_pages(sources: list[Source]) -> None:
    for style in ("ama", "bibtex"):
        pages = references(sources, style)
        for page in pages:
            limits.message({"embeds": [page], "components": []})
            assert page["footer"]["text"].endswith(FOOTER)
            assert page["description"].count("```") % 2 == 0  # no fence is left open
        told = "\n".join(page["description"] for page in pages)
        lead = "```bibtex\n" if style == "bibtex" else "- "
        assert told.count(lead) >= len(sources)


@given(st.text(max_size=300), st.lists(st.text(max_size=3000), max_size=9))
def test_a_card_keeps_to_the_limits(title: str, lines: list[str]) -> None:
    made = card(title or "x", lines, footer=FOOTER)
    assert len(made["title"]) <= 256 and len(made["description"]) <= DESCRIPTION


@given(st.text(min_size=1, max_size=300), st.text(max_size=300))
def test_a_buttons_label_is_clipped_and_its_id_is_not(label: str, rest: str) -> None:
    made = button(label, ids.custom_id(ids.TEXT, rest))
    assert len(made["label"]) <= 80 and (len(label) > 80) == (made["label"] != label)
    assert made["custom_id"] in (None, f"fab1:t:{rest}")


def test_a_button_that_would_not_fit_is_not_there() -> None:
    follow = (Question((), text="t" * 200), Question(("origin",), structure="s" * 100, text="u"))
    answer = Answer("q", "answered", "origin", lead="x", context=Context(structure="s" * 100, intents=("origin",)))
    made = reply(answer, (*follow, Question(("action",), structure="soleus", text="What does the soleus do?")))
    told = [[one.get("label") or one["emoji"]["name"] for one in row] for row in made.rows]
    assert told == [["What does the soleus do?"], ["Ask more", "👍", "👎"]]
    assert all(one["custom_id"] for row in made.rows for one in row)


def test_long_notes_are_all_told() -> None:
    """Together they are longer than a page, and than an embed may be."""
    notes = tuple(f"note {n} {'word ' * 300}end {n}" for n in range(9))
    made = reply(Answer("q", "refused", "offtopic", lead="x", notes=notes))
    text = "\n".join(page["description"] for page in made.pages)
    at = [text.index(one) for n in range(9) for one in (f"note {n} ", f"end {n}*")]
    assert at == sorted(at)


def test_a_label_without_a_text_is_one_source_in_its_id() -> None:
    source = Source(1, "one", "A book", "https://a.example")
    made = reply(Answer("q", "answered", "origin", statements=(Statement("here", (1,)),), citations=(source,)))
    assert made.pages[0]["fields"][0]["value"] == "[1] [one](https://a.example)"


# With the real engine


def told(engine: Engine, question: str | Question) -> tuple[Answer, Reply]:
    answer = engine.ask(question)
    return answer, reply(answer, engine.follow_ups(answer), title="T" if isinstance(question, Question) else None)


def labels(made: Reply) -> list[list[str]]:
    return [[one.get("label") or one["emoji"]["name"] for one in row] for row in made.rows]


def test_a_table_is_a_list_for_each_muscle(engine: Engine) -> None:
    answer, made = told(engine, "compare the soleus and the plantaris: nerve and artery")
    assert answer.table is not None and answer.table.columns == ("Soleus", "Plantaris")
    lines = made.pages[0]["description"].splitlines()
    heads = [lines.index(f"**{one}**") for one in answer.table.columns]
    assert heads[0] == 0 and lines[heads[1] - 1] == ""
    for at, held in enumerate((lines[1 : heads[1] - 1], lines[heads[1] + 1 :])):
        rows = [f"- **{label}**: " for label, cells in answer.table.rows if cells[at]]
        assert len(held) == len(rows) and all(map(str.startswith, held, rows))
    in_order(made, [one for at in range(2) for _, cells in answer.table.rows for one in cells[at]])


def test_statements_of_one_label_stand_below_it(engine: Engine) -> None:
    answer, made = told(engine, "Where do the soleus and the popliteus originate?")
    assert len(answer.statements) > 4
    lines = made.pages[0]["description"].splitlines()
    for head in ("**Soleus, origin**", "**Popliteus, origin**"):
        assert lines.count(head) == 1 and lines[lines.index(head) + 1].startswith("- ")
    assert len(lines) == 2 + len(answer.statements)
    assert sum("origin" in one for one in lines) == 2
    in_order(made, list(answer.statements))


def test_a_single_statement_stands_behind_its_label_without_what_the_title_says(engine: Engine) -> None:
    _, made = told(engine, "Which nerve supplies the soleus?")
    assert re.fullmatch(r"- \*\*Innervation\*\*: tibial nerve \(S1, S2\) (\[\d+\])+", made.pages[0]["description"])
    _, other = told(engine, Question(("innervation",), structure="soleus"))
    assert other.pages[0]["description"].startswith("- **Soleus, innervation**: tibial nerve")


def test_options_are_buttons_each_of_which_is_answered(engine: Engine) -> None:
    answer, made = told(engine, "nerve of flexor digitorum")
    assert answer.status == "clarify" and 2 <= len(answer.options) <= 5
    assert len(made.rows[0]) == len(answer.options) == len(set(labels(made)[0]))
    for one, option, label in zip(made.rows[0], answer.options, labels(made)[0], strict=True):
        assert label.lower() in option.lower()
        by_button = engine.ask(ids.read(one["custom_id"].removeprefix("fab1:a:")))
        assert by_button.status == "answered" and by_button.statements == engine.ask(option).statements


def test_options_that_are_no_buttons_are_told(engine: Engine) -> None:
    answer, _ = told(engine, "nerve of flexor digitorum")
    made = reply(answer, engine.follow_ups(answer)[:1])
    assert all(one.rstrip("?") in made.pages[0]["description"] for one in answer.options)


def test_a_refusal_says_what_is_covered_and_offers_one_step(engine: Engine) -> None:
    answer, made = told(engine, "How many grams does the soleus weigh?")
    assert answer.status == "refused"
    (page,) = made.pages
    assert "fields" not in page and page["footer"]["text"] == FOOTER
    assert "My sources cover" in page["description"] and not SHOWN.search(page["description"])
    assert len(made.rows[0]) == 1 and labels(made)[1] == ["Ask more", "👍", "👎"]


def test_small_talk_has_neither_sources_nor_votes(engine: Engine) -> None:
    answer, made = told(engine, "hello")
    assert answer.status == "smalltalk"
    assert made.pages[0]["description"].startswith("**Hello.**") and "fields" not in made.pages[0]
    assert made.rows[0] and labels(made)[-1] == ["Ask more"]


@pytest.mark.parametrize("question", ["my calf hurts, what should I do?", "how much botox for the masseter?"])
def test_what_is_about_health_has_no_votes(engine: Engine, question: str) -> None:
    _, made = told(engine, question)
    assert not any("emoji" in one for row in made.rows for one in row)


def test_several_questions_in_a_message_are_all_answered(engine: Engine) -> None:
    answer, made = told(engine, "Which nerve supplies the soleus? Where does the popliteus insert? Who won the cup?")
    assert len(answer.parts) >= 2
    text = made.pages[0]["description"]
    at = [text.index(one) for one in ("Soleus, innervation", "Popliteus, insertion", "Who won the cup")]
    assert at == sorted(at)
    in_order(made, list(answer.statements))


def test_words_that_are_told_back_are_inert_also_without_embeds(engine: Engine) -> None:
    answer, made = told(engine, "soleus origin? weather today in **Paris** with @everyone ||x||? nerve of the soleus?")
    assert any("Paris" in one for one in answer.notes)
    noted = made.pages[0]["description"].rpartition("\n")[2]
    assert "Paris" in noted and not active(noted.strip("*"))
    without = next(one for one in made.text.splitlines() if "Paris" in one)
    assert not active(without)


def test_pages_are_numbered_where_there_are_several(engine: Engine) -> None:
    answer, made = told(engine, Question(("muscles",), movements=("extension",)))
    pages = numbered(made.pages)
    assert len(pages) > 1
    assert [one["footer"]["text"] for one in pages] == [
        f"Page {n} of {len(pages)} · {FOOTER}" for n in range(1, len(pages) + 1)
    ]
    assert {one["title"] for one in pages} == {"T"} and {one["color"] for one in pages} == {0x2E9E8F}
    in_order(made, list(answer.statements))
    (single,) = numbered(told(engine, "Which nerve supplies the soleus?")[1].pages)
    assert single["footer"]["text"] == FOOTER


def test_each_page_of_a_long_list_names_all_that_it_cites(engine: Engine) -> None:
    answer, made = told(engine, Question(("muscles",), arteries=("subclavian artery",)))
    assert len(answer.citations) > 40
    named: set[str] = set()
    for page in made.pages:
        lines = "\n".join(one["value"] for one in page["fields"]).splitlines()
        assert {re.match(r"\[\d+\]", one)[0] for one in lines} == set(re.findall(r"\[\d+\]", page["description"]))  # type: ignore[index]
        named |= set(lines)
        assert all(len(one["value"]) <= FIELD_VALUE for one in page["fields"])
        limits.message({"embeds": [page], "components": []})
    assert len(named) == len(answer.citations)


def test_every_answer_about_every_structure_can_be_sent(engine: Engine) -> None:
    for name in engine.structures():
        answer, made = told(engine, Question(("overview",), structure=name.lower()))
        for message in messages(made):
            limits.message(message)
        assert sum(len(str(one)) for one in made.pages[0].values()) < EMBEDS_TOTAL + CONTENT
        in_order(made, list(answer.statements))
