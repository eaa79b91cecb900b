"""References: three styles, the note in parentheses, and what keeps a reader from finding a source."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fabella_knowledge import LibraryError, Reference, load
from fabella_knowledge.printing import format_all
from fabella_knowledge.references import Entry, read

BOOK: dict[str, Any] = {
    "id": "book",
    "type": "book",
    "title": "Bones & <i>Homo sapiens</i>",
    "author": [
        {"family": "Berg", "given": "Jo M.", "non-dropping-particle": "van den"},
        {"literal": "WHO & Co"},
    ],
    "publisher": "Press",
    "issued": {"date-parts": [["2018", "6"]]},
}


@pytest.fixture(scope="module")
def references() -> dict[str, Reference]:
    return dict(load().references)


def printed(**changes: Any) -> Reference:
    return format_all([Entry("book", {**BOOK, **changes}, "references.json", 2)])["book"]


def faults(**changes: Any) -> list[str]:
    entry = {key: value for key, value in {**BOOK, **changes}.items() if value is not None}
    return [problem.message for problem in read(json.dumps([entry]), "references.json")[1]]


def test_an_article_in_ama_apa_and_bibtex(references: dict[str, Reference]) -> None:
    dalip = references["dalip2018"]
    assert dalip.ama == (
        "Dalip D, Iwanaga J, Oskouian RJ, Tubbs RS. A Comprehensive Review of the Fabella Bone. "
        "Cureus. 2018;10(6):e2736. doi:10.7759/cureus.2736"
    )
    assert dalip.apa == (
        "Dalip, D., Iwanaga, J., Oskouian, R. J., & Tubbs, R. S. (2018). "
        "A Comprehensive Review of the Fabella Bone. Cureus, 10(6), e2736. https://doi.org/10.7759/cureus.2736"
    )
    assert dalip.bibtex.splitlines() == [
        "@article{dalip2018,",
        "  author = {Dalip, D. and Iwanaga, J. and Oskouian, R. J. and Tubbs, R. S.},",
        "  title = {A Comprehensive Review of the Fabella Bone},",
        "  journal = {Cureus},",
        "  year = {2018},",
        "  volume = {10},",
        "  number = {6},",
        "  pages = {e2736},",
        "  doi = {10.7759/cureus.2736}",
        "}",
    ]
    assert (dalip.year, dalip.container, dalip.doi) == ("2018", "Cureus", "10.7759/cureus.2736")
    assert dalip.url == "https://doi.org/10.7759/cureus.2736"
    assert dalip.authors == ("Dalip D", "Iwanaga J", "Oskouian RJ", "Tubbs RS")


def test_a_source_that_was_not_opened_says_so_in_parentheses(references: dict[str, Reference]) -> None:
    for name in ("moore2013", "bordoni2024"):
        one = references[name]
        assert one.unopened
        assert one.ama.endswith(" (cited after the gastrocnemius article)")
        assert one.apa.endswith(" (cited after the gastrocnemius article)")
        assert "note = {cited after the gastrocnemius article}" in one.bibtex
    assert references["moore2013"].ama.startswith(
        "Moore KL, Dalley AF, Agur AMR. Clinically Oriented Anatomy. 7th ed. Lippincott Williams & Wilkins;"
    )


def test_only_a_note_of_that_kind_marks_an_unopened_source() -> None:
    one = printed(note="revision 7")
    assert not one.unopened
    assert one.ama.endswith(" (revision 7)")


def test_every_built_in_reference_is_printed_whole(references: dict[str, Reference]) -> None:
    for one in references.values():
        for text in (one.ama, one.apa):
            assert text.replace(one.url, "").lower().count(one.title.lower()) == 1, text
            assert (one.doi or one.url) in text, text
            assert not any(wrong in text for wrong in ("..", " .", "<", "&#", "&amp;", "None", "  ")), text
            assert not text.startswith("1."), text
        assert one.bibtex.startswith("@") and one.bibtex.endswith("\n}")


def test_a_publisher_in_the_authors_place_is_printed_once(references: dict[str, Reference]) -> None:
    assert references["statpearls-calf"].apa.count("StatPearls Publishing") == 1


def test_names_with_particles_groups_and_markup() -> None:
    one = printed()
    assert one.ama == "van den Berg JM, WHO & Co. Bones & Homo Sapiens. Press; 2018."
    assert one.apa == "van den Berg, J. M., & WHO & Co. (2018). Bones & Homo sapiens. Press."
    assert one.authors == ("van den Berg JM", "WHO & Co")
    assert one.title == "Bones & Homo sapiens"
    assert "author = {van den Berg, Jo M. and {WHO \\& Co}}" in one.bibtex
    assert "title = {Bones \\& Homo sapiens}" in one.bibtex


def test_bibtex_escapes_what_latex_would_read() -> None:
    bibtex = printed(title="5 % of $x_1$ #2 {a} ~ \\", DOI="10.1000/a_b#c", URL="https://x.org/a_b?c=%20").bibtex
    assert r"title = {5 \% of \$x\_1\$ \#2 \{a\} \textasciitilde{} \textbackslash{}}" in bibtex
    assert "doi = {10.1000/a_b#c}" in bibtex
    assert "url = {https://x.org/a_b?c=%20}" in bibtex


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("article-journal", "@article{book,|journal = {C}"),
        ("chapter", "@incollection{book,|booktitle = {C}"),
        ("report", "@techreport{book,|institution = {Press}"),
        ("thesis", "@phdthesis{book,|school = {Press}"),
        ("song", "@misc{book,|howpublished = {C}"),
    ],
)
def test_types_of_bibtex(kind: str, field: str) -> None:
    bibtex = printed(
        **{"type": kind, "container-title": "C", "page": "3-9", "accessed": {"date-parts": [[2024, 4]]}}
    ).bibtex
    for one in (*field.split("|"), "pages = {3--9}", "urldate = {2024-04}"):
        assert one in bibtex


@pytest.mark.parametrize("kind", ["article-journal", "webpage", "dataset", "software", "entry-encyclopedia", "post"])
@pytest.mark.parametrize("issued", [None, {"date-parts": [[2018], [2019]]}, {"literal": "in press 2018"}])
def test_what_passes_the_check_can_be_printed(kind: str, issued: dict[str, Any] | None) -> None:
    changes: dict[str, Any] = {"type": kind, "accessed": {"date-parts": [[2020, 1, 31]]}, "edition": 3}
    if issued:
        changes["issued"] = issued
    assert faults(**changes) == []
    one = printed(**changes)
    assert "2018" in one.ama and one.year == "2018"


def test_an_entry_that_cannot_be_printed_is_a_problem_of_the_library() -> None:
    with pytest.raises(LibraryError) as caught:
        printed(issued={"date-parts": [[None]]})
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("references.json", 2)
    assert problem.message.startswith("reference 'book' cannot be printed: ")


@pytest.mark.parametrize(
    "doi",
    [
        "https://doi.org/10.1123/jab.18.1.15",
        "doi:10.1123/jab.18.1.15",
        "DOI: 10.1123/jab.18.1.15",
        "10.1123/jab.18 1.15",
        "10.1123/jab.18.1.15.",
        "10.1123/jab.18.1.15,",
        "10.1123",
        "10.1123/",
        "0.1123/jab.18.1.15",
        "1O.1123/jab.18.1.15",
        "10.1123/jab\u201318",
        "10.1123/jab\u200b.18",
    ],
)
def test_a_doi_that_would_not_lead_anywhere(doi: str) -> None:
    (message,) = faults(DOI=doi)
    assert message.startswith("reference 'book': ") and "DOI" in message


@pytest.mark.parametrize(
    "doi", ["10.7759/cureus.2736", "10.1002/(SICI)1097(1998)7:3<1::AID>3.0.CO;2-X", "10.48539/A.RSRQ.666"]
)
def test_a_doi_that_is_one(doi: str) -> None:
    assert faults(DOI=doi) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": None}, "has no title"),
        ({"author": None, "publisher": None, "URL": "https://x.org"}, "has neither author"),
        ({"issued": None}, "has neither a year"),
        ({"publisher": None}, "nobody could find it"),
        ({"publisher": None, "container-title": "Journal"}, "nobody could find it"),
        ({"URL": "x.org/page"}, "'x.org/page' is not an address"),
        ({"titel": "x"}, "unknown key 'titel'"),
        ({"volume": ["1"]}, "'volume' must be a text or a number"),
        ({"volume": float("nan")}, "'volume' must be a text or a number"),
        ({"volume": float("-inf")}, "'volume' must be a text or a number"),
        ({"title": "a\ud800"}, "'title' must be a text"),
        ({"author": [{"given": "Jo"}]}, "'author' must be a list of people"),
        ({"author": [{"family": 1}]}, "'author' must be a list of people"),
        ({"issued": {"date-parts": [[]]}}, "'issued' must hold"),
        ({"issued": {"date-parts": [[2018, 0]]}}, "'issued' must hold"),
        ({"issued": "2018"}, "'issued' must hold"),
    ],
)
def test_what_a_reader_would_miss(changes: dict[str, Any], words: str) -> None:
    found = faults(**changes)
    assert len(found) == 1 and words in found[0], found


@pytest.mark.parametrize("volume", [3, 1.5, -1, 10**400])
def test_a_number_is_as_good_as_a_text(volume: float) -> None:
    assert faults(volume=volume) == []


def test_what_zotero_exports_is_taken() -> None:
    extra = {
        "abstract": "Long\ntext",
        "ISSN": "1063-8652",
        "journalAbbreviation": "JAB",
        "language": "en",
        "source": "DOI.org",
        "citation-key": "b",
        "container-title-short": "J.",
        "accessed": {"date-parts": [["2024", 4, 30]]},
    }
    assert faults(**extra) == []
    assert printed(**extra).ama


def test_a_page_in_a_journal_is_enough_to_find_it() -> None:
    assert faults(**{"publisher": None, "container-title": "Journal", "page": "3"}) == []
