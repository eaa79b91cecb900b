"""Which muscles the articles list for each site, movement, nerve, root, artery, place and group.

A plain script over the Markdown and TOML files that shares no code with the packages: the look-ups are held against it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

TEXTS = Path(__file__).parent.parent / "knowledge" / "fabella_knowledge" / "texts"
SITES = {
    "bone", "landmark", "cartilage", "disc", "ligament", "membrane", "fascia", "tendon", "muscle", "sesamoid bone",
    "soft tissue",
}  # fmt: skip
FIELDS = {
    "Origin": "origin", "Insertion": "insertion", "Action": "action", "Innervation": "nerve", "Blood supply": "artery",
    "Location": "place", "Members": "group",
}  # fmt: skip
LOCATING = re.compile(
    r", (?:\w+ )?(?:above|below|between|behind|in front of|near|beside|adjacent to|opposite|from behind|"
    r"(?:lateral|medial|deep|superficial|superior|inferior|anterior|posterior|distal|proximal) to)\b"
)
SKIPPED = {"a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "these"}


def row(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).lower()
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'")
    found = re.findall(r"%|[a-z0-9]+(?:'[a-z0-9]+)*", folded)
    return [re.sub(r"'s?$", "", word).replace("'", "") for word in found]


def single(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "ps")):
        return word[:-1]
    return word


class Words:
    """The vocabulary files and the names of the articles as one table of names."""

    def __init__(self) -> None:
        self.terms: dict[str, dict] = {}
        self.series: list[tuple[set[str], list[str], list[str]]] = []
        self.doubtful: dict[str, list[str]] = {}
        lay: dict[str, list[str]] = defaultdict(list)
        for file in sorted(TEXTS.rglob("vocabulary.toml")):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            for name, body in data.get("terms", {}).items():
                self.terms[name] = dict(body)
            for kind, names in data.get("names", {}).items():
                for name in names:
                    self.terms.setdefault(name.lower(), {"kind": kind})
            for name, names in data.get("lay", {}).items():
                lay[name.lower()] += names
            for body in data.get("series", {}).values():
                self.series.append(
                    ({single(h) for h in body["heads"]}, [x.lower() for x in body["labels"]], body["terms"])
                )
            for alias, body in data.get("ambiguous", {}).items():
                self.doubtful[" ".join(row(alias))] = [owner.lower() for owner in body["owners"]]
        for name, names in lay.items():
            self.terms.setdefault(name, {"kind": ""}).setdefault("aliases", [])
            self.terms[name]["aliases"] = [*self.terms[name].get("aliases", []), *names]
        self.nouns = {"head", "heads", "half", "belly", "part", "portion", "side", "one", "bit", "section"}
        self.names: dict[tuple[str, ...], list[str]] = {}

    def finish(self) -> None:
        owners: dict[str, list[str]] = defaultdict(list)
        for name, body in self.terms.items():
            for alias in (name, *body.get("aliases", [])):
                key = " ".join(row(alias))
                if key not in self.doubtful:
                    owners[key].append(name)
        owners.update(self.doubtful)
        for alias, terms in owners.items():
            words = [single(w) for w in alias.split()]
            last = len(words) - 1
            all_ = {
                "a",
                "an",
                "the",
                "my",
                "your",
                "his",
                "her",
                "its",
                "our",
                "their",
                "this",
                "that",
                "these",
                "those",
            }
            key = tuple(w for n, w in enumerate(words) if n in (0, last) or w not in all_)
            if key:
                held = self.names.setdefault(key, [])
                held += [t for t in terms if t not in held]

    def find(self, text: str) -> list[str]:
        """The terms in a text, longest names first, from left to right."""
        words = row(text)
        keys = [single(w) for w in words]
        named: list[tuple[int, int, list[str]]] = []
        at = 0
        while at < len(keys):
            hit = None
            path: tuple[str, ...] = ()
            end = at
            while end < len(keys) and len(path) < 14:
                if (
                    path
                    and keys[end] in SKIPPED
                    and not any(k[: len(path) + 1] == (*path, keys[end]) for k in self._at(path))
                ):
                    end += 1
                    continue
                path = (*path, keys[end])
                end += 1
                if not self._at(path):
                    break
                if path in self.names:
                    hit = (at, end, self.names[path])
            if hit is None:
                at += 1
            else:
                named.append(hit)
                at = hit[1]
        runs = self._runs(words, keys)
        kept = []
        for start, end, terms in runs:
            start = next((e for s, e, _ in named if s < start < e < end), start)
            kept.append((start, end, terms))
        spans = list(kept)
        for start, end, terms in named:
            if any(s < end and start < e for s, e, _ in spans):
                continue
            if end - start == 1 and words[start] in self.nouns:
                before = words[start - 1] if start else ""
                after = words[end] if end < len(words) else ""
                if not ((before in SKIPPED | {"and"}) and after != "of"):
                    continue
            if len(terms) == 1:  # an ambiguous name tells nothing
                kept.append((start, end, terms))
        kept.sort(key=lambda x: x[0])
        return [t for _, _, terms in kept for name in terms for t in (name, *self.terms.get(name, {}).get("means", []))]

    def _at(self, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if not hasattr(self, "_prefixes"):
            self._prefixes: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
            for key in self.names:
                for size in range(1, len(key) + 1):
                    self._prefixes[key[:size]].append(key)
        return self._prefixes.get(path, [])

    def _runs(self, words: list[str], keys: list[str]) -> list[tuple[int, int, list[str]]]:
        found = []
        at = 0
        while at < len(words):
            best = None
            for heads, labels, terms in self.series:
                here = at + 1 if keys[at] in heads else at
                if heads and keys[at] not in heads:
                    continue
                picked: list[int] = []
                end = here
                while here < len(words) and words[here] in labels:
                    first = labels.index(words[here])
                    here += 1
                    if here + 1 < len(words) and words[here] == "to" and words[here + 1] in labels:
                        picked += range(first, labels.index(words[here + 1]) + 1)
                        here += 2
                    else:
                        picked.append(first)
                    end = here
                    if here + 1 < len(words) and words[here] in {"and", "or"} and words[here + 1] in labels:
                        here += 1
                if picked and (keys[at] in heads or len(picked) > 1) and (best is None or end > best[1]):
                    best = (at, end, [terms[n] for n in dict.fromkeys(picked)])
            if best is None:
                at += 1
            else:
                found.append(best)
                at = best[1]
        return found

    def wider(self, name: str) -> Iterator[str]:
        """A term and what it is a part or branch of."""
        seen = set()
        while name and name not in seen:
            seen.add(name)
            yield name
            body = self.terms.get(name, {})
            whole = body.get("part_of") or body.get("branch_of") or []
            for other in [whole] if isinstance(whole, str) else whole:
                yield from (wide for wide in self.wider(other) if wide not in seen)
            name = ""


def table() -> dict[tuple[str, str], set[str]]:
    """(field, term) to the muscles; of actions the term is "movement@what moves" and "movement"."""
    words = Words()
    articles = []
    for file in sorted(TEXTS.rglob("*.md")):
        _, front, body = file.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(front)
        name = meta["name"].lower()
        held = words.terms.setdefault(name, {})
        extra = [*(meta.get("aliases") or []), *([meta["latin"]] if meta.get("latin") else [])]
        held["kind"] = meta["kind"]
        held["aliases"] = [*held.get("aliases", []), *map(str, extra)]
        articles.append((name, meta, body))
    words.finish()
    kind = {name: body.get("kind", "") for name, body in words.terms.items()}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, meta, body in articles:
        section = ""
        parts = [p.lower() for p in meta.get("parts") or []]
        for line in body.splitlines():
            if line.startswith("## "):
                section = line[3:].strip()
            if not line.startswith("- ") or section not in FIELDS:
                continue
            text = re.sub(r"\s*\[@[^\]]*\]", "", line[2:]).strip()
            if meta["kind"] == "group" and section == "Members":
                for term in words.find(text):
                    if kind.get(term) == "muscle":
                        found["group", name].add(term)
            if meta["kind"] != "muscle" or section == "Members":
                continue
            field = FIELDS[section]
            label, colon, rest = text.partition(": ")
            text = rest if colon and label.lower() in parts else text
            if field in {"origin", "insertion"}:
                for term in words.find(LOCATING.split(text)[0]):
                    if kind.get(term) in SITES:
                        for wide in words.wider(term):
                            found[field, wide].add(name)
                            found["attachment", wide].add(name)
                continue
            cut = min((i for mark in (" when ", " if ", " while ") if (i := text.find(mark)) > 0), default=len(text))
            if field == "action":
                made = [t for t in words.find(text) if kind.get(t) == "movement"]
                if not made:
                    continue
                first = next((t for t in words.terms[made[0]].get("means", []) if kind.get(t) == "movement"), made[0])
                plain = text[:cut].partition(", which ")[0]
                served = [t for t in made[1:] if re.search(rf"\bin (?:\w+ )?{re.escape(t)}\b", plain)]
                for action in (first, *served):
                    moved = {t for t in words.find(text[:cut]) if kind.get(t) != "movement"}
                    if words.terms[action].get("joint"):
                        moved.add(words.terms[action]["joint"])
                    for movement in words.wider(action):
                        found["action", movement].add(name)
                        for term in moved:
                            for wide in words.wider(term):
                                found["action", f"{movement}@{wide}"].add(name)
                    for term in moved:
                        if kind.get(term) == "joint":
                            for wide in words.wider(term):
                                found["crosses", wide].add(name)
                continue
            for term in words.find(text[:cut]):
                wanted = {"nerve": {"nerve", "root"}, "artery": {"artery"}, "place": {"compartment"}}[field]
                if kind.get(term) in wanted:
                    for wide in words.wider(term):
                        found[field, wide].add(name)
    return found


if __name__ == "__main__":
    for (field, term), muscles in sorted(table().items()):
        print(f"{field}\t{term}\t{', '.join(sorted(muscles))}")
