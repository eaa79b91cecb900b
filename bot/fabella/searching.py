"""What `search` prints: passages with their scores and why, as text or JSON, for one query or for many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fabella_knowledge.errors import one_line
from fabella_knowledge.index import Reason
from fabella_knowledge.model import Excerpt, Passage

from fabella import finding
from fabella.batch import Line, lacking, objects
from fabella.finding import Found
from fabella.texts import Texts

SCHEMA_VERSION = 1


def shown(found: Sequence[Found]) -> str:
    """Passages for people: rank, score, id and place, then the text, then what the score is made of."""
    return "\n\n".join(_shown(rank, one) for rank, one in enumerate(found, 1))


def _shown(rank: int, one: Found) -> str:
    under = " > ".join((_title(one.passage), *one.passage.heading))
    made = "; ".join(f"{why.name} {why.value:.1f} ({', '.join(map(repr, why.terms))})" for why in one.reasons)
    place = f"{one.passage.path}:{one.passage.line}"
    head = f"{rank}. {one.score:.2f}  {one.passage.id}  {place}"
    return "\n".join((one_line(head), one_line(under), one.passage.text, f"why: {made}"))


def to_json(query: str, found: Sequence[Found]) -> dict[str, Any]:
    """One search as a JSON object."""
    results = [{**_result(one), "why": [_reason(why) for why in one.reasons]} for one in found]
    return {"schema_version": SCHEMA_VERSION, "query": query, "results": results}


def answers(texts: Texts, lines: Iterable[bytes], *, limit: int) -> Iterator[Line]:
    """The results for each line `{"id": ...?, "query": ...}` of a batch, in order."""
    for line in objects(lines):
        body = line.body or {}
        problem = line.problem or lacking(body, "query", texts=("id",))
        if problem:
            yield Line(line.number, None, problem)
            continue
        try:
            found = finding.search(texts, body["query"], limit=limit)
        except Exception as error:  # one query must not cost the results of the others
            yield Line(line.number, None, f"not searched: {type(error).__name__}: {error}")
            continue
        yield Line(line.number, {"id": body.get("id"), "results": [_result(one) for one in found]})


def _result(one: Found) -> dict[str, Any]:
    passage = one.passage
    further = json.loads(passage.further) if isinstance(passage, Excerpt) and passage.further else {}
    cited = [{"reference": c.reference, "locator": c.locator} for c in passage.citations]
    return {
        **further,
        "id": passage.id,
        "score": round(one.score, 4),
        "title": _title(passage),
        "heading": list(passage.heading),
        "text": passage.text,
        "path": passage.path,
        "line": passage.line,
        "citations": cited,
    }


def _reason(why: Reason) -> dict[str, Any]:
    return {"name": why.name, "value": round(why.value, 4), "terms": list(why.terms)}


def _title(passage: Passage | Excerpt) -> str:
    return passage.title if isinstance(passage, Excerpt) else passage.structure
