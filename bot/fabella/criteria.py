"""What a question for muscles wants of them: a movement at a joint, an attachment, a nerve, a place, a group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fabella_intents.mentions import STRUCTURES, Link, link
from fabella_intents.ordinals import number
from fabella_intents.question import Question
from fabella_intents.reading import Read
from fabella_intents.seeking import HEADED as _HEADED
from fabella_knowledge.model import ATTACHMENT_KINDS
from fabella_knowledge.tokens import DETERMINERS
from fabella_knowledge.vocabulary import Vocabulary

_SITES = ATTACHMENT_KINDS - STRUCTURES | {"tendon"}
_TARGETS = frozenset({"joint", "region"}) | _SITES
_FIELDS = {"nerve": "nerve", "root": "nerve", "artery": "artery", "compartment": "place", "group": "group"}
_ORIGIN = frozenset(
    "origin origins originate originates originating arise arises arising start starts begin begins".split()
)
_INSERTION = frozenset("insertion insertions insert inserts inserting inserted end ends into onto".split())
_HOOKS = ("hook", "hang", "fix", "anchor", "hold", "attach", "grip", "cling")
_EITHER_END = re.compile(r"\b(?:origins?|aris\w+|start\w*) (?:and|or)\b.*\b(?:insert\w*|ends?)\b(?!.*\b(?:and|or)\b)")
_ATTACH = frozenset("attach attaches attached attaching attachment attachments fixed anchored connect connects".split())
_NOT = frozenset(
    "not nothing don't doesn't isn't aren't can't cannot won't without never no nor neither except excluding".split()
)
_LACK = frozenset("lack lacks lacking fail fails".split())
_SUPPLY = frozenset("supply innervate feed serve reach".split())
# Movements that plain words only hint at, and where the limb goes.
_ANY = "moving"  # any movement
_LIFTING = frozenset({_ANY, "elevation", "depression", "flexion", "retraction", "protraction", "lateral flexion"})
_RAISING = frozenset({_ANY, "elevation", "depression"})
_LIMBS = frozenset({"arm", "shoulder joint", "thigh", "hip joint", "lower leg", "knee joint"})
_TURNING = {"out": "lateral rotation", "in": "medial rotation"}
_DIRECTIONS = {
    **dict.fromkeys(("side", "sideways", "outward", "outwards", "out", "away", "laterally", "externally"), "out"),
    **dict.fromkeys(("inward", "inwards", "across", "together", "in", "medially", "internally"), "in"),
    **dict.fromkeys(("down", "downward", "downwards", "floor", "ground"), "down"),
    **dict.fromkeys(("back", "backward", "backwards", "behind"), "back"),
    **dict.fromkeys(("forward", "forwards", "front", "belly", "chest"), "front"),
    **dict.fromkeys(("up", "upward", "upwards", "ceiling", "sky"), "up"),
}
_LIMB = {"out": "abduction", "in": "adduction", "back": "extension", "front": "flexion", "up": "flexion"}
_BACKBONE = {"back": "extension", "front": "flexion", "out": "lateral flexion"}
_DIGIT = {"front": "extension", "up": "extension", "down": "flexion"}
_UPRIGHT = {"up": "elevation", "down": "depression"}  # of whatever else is pulled or pushed
_PLAIN: Mapping[str, Mapping[str, str]] = {
    "arm": _LIMB, "shoulder joint": _LIMB, "thigh": _LIMB, "hip joint": _LIMB, "lower leg": _LIMB,
    "hand": {"back": "extension"}, "wrist joint": {"back": "extension"},
    "foot": {
        "front": "dorsiflexion", "up": "dorsiflexion", "out": "eversion", "in": "inversion", "down": "plantarflexion",
    },
    "sole": {"out": "eversion", "in": "inversion"},
    "great toe": _DIGIT, "toes": _DIGIT, "fingers": _DIGIT, "thumb": {"out": "abduction"},
    "head": {"back": "extension", "front": "flexion", "up": "flexion", "out": "lateral flexion"},
    "neck": _BACKBONE, "trunk": _BACKBONE, "vertebral column": _BACKBONE, "lower back": _BACKBONE,
    "eyeball": {"out": "abduction", "in": "adduction", "up": "elevation", "down": "depression"},
    "scapula": {**_UPRIGHT, "front": "protraction", "back": "retraction"}, "tongue": {**_UPRIGHT, "out": "protrusion"},
    **dict.fromkeys(("face", "mouth", "nose", "ear", "larynx", "pharynx", "soft palate", "hyoid bone"), _UPRIGHT),
    "mandible": {"front": "protrusion", "back": "retraction", "up": "elevation", "down": "depression"},
}  # fmt: skip
_ENDS = frozenset({"great toe", "toes", "fingers", "foot"})  # what is lifted only at the joint before it
_UP_DOWN = {"elevation": "up", "depression": "down"}
_IT = frozenset({"it", "them"})
_BELLIES = frozenset({"belly", "bellies"})
_SHARING = frozenset("and or nor also both but do does not don't doesn't to".split())  # "flex and adduct the thigh"
_FLIP = {"up": "supination", "down": "pronation", "front": "supination", "back": "pronation"}
_PALM = {"palm": _FLIP, "hand": _FLIP, "forearm": _FLIP}
_TURNED = _LIMBS | {"foot", "sole", "eyeball"}
_AXIS = frozenset({"head", "neck", "trunk", "vertebral column", "lower back"})  # what turns to a side
_PLAIN_VERBS = tuple(
    (verb, None) for verb in ("elevation", "depression", "rotation")
)  # beside a movement that says more
_UNAIMED = ((("opening", None),),)
_LEADING = 4  # words between a plain verb and the movement that it leads to, at most
_REACHING = frozenset("reach reaches go goes going run runs come comes coming join joins hook hooks hang hangs".split())
_LEADING_TO = frozenset("of on to from in at into onto and or with".split())
_LOCATED = 3  # words before a site of which one may only locate it
_LOCATING = frozenset("below above under beneath behind towards toward near beside around past over".split())
_FAR = 12  # words behind a movement that may tell its direction
_TOWARDS = frozenset({"towards", "toward", "away", "against"})
_COUNTING = frozenset("included including includes counting branch branches parts".split())
_TURNS = frozenset({"turn", "turns", "turning", "twist", "twists", "twisting", "swivel", "swivels"})
_AFTER_IN = frozenset(["", *"and or but while when at to toward towards".split()])
_SHUTTING = {("opening", "mandible"): "depression", ("closing", "mandible"): "elevation"}
_AGENT = re.compile(r"ors?$")
_PLACING = frozenset("in of on at from inside within around under behind over among along near".split())
_MUSCLES = frozenset({"muscle", "muscles", "flexors", "extensors"})
_NEAR = 6  # words between a movement and what it moves
_FURTHER = 6  # words before a criterion in which it may be said to be lacking
_BUT = frozenset("but it's its it instead rather".split())
_BEFORE = 4  # words before a criterion in which a "not" denies it
# The sections that tell of a field.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "origin": ("Origin",), "insertion": ("Insertion",), "attachment": ("Origin", "Insertion"), "action": ("Action",),
    "crosses": ("Action",), "nerve": ("Innervation",), "artery": ("Blood supply",), "place": ("Location",),
}  # fmt: skip
HEADED = re.compile(rf"\b{_HEADED}", re.I)  # in a question, and at the front of a fact


def heads(count: str, noun: str) -> str:
    """What tells a number of heads or bellies: "2 heads"."""
    return f"{number(count)} {'heads' if noun.lower().startswith('head') else 'bellies'}"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that the muscles sought have in common.

    `field` is "action", "origin", "insertion", "attachment", "nerve", "artery", "place", "group", "heads" or "crosses".
    One of the `choices` must hold: a movement (of actions alone) and what it moves, or a term. `negated` turns it
    round.
    """

    field: str
    choices: tuple[tuple[str | None, str | None], ...]
    negated: bool = False


def telling(wanted: Sequence[Criterion]) -> tuple[str, ...]:
    """The sections that tell whether the criteria are met."""
    return tuple(dict.fromkeys(section for one in wanted for section in _SECTIONS.get(one.field, ())))


def criteria(read: Read, vocabulary: Vocabulary) -> tuple[Criterion, ...]:
    """The criteria in a question, in its order; those of its slots where it is asked without a sentence."""
    if not read.links and not HEADED.search(read.text):
        return of_slots(read.question)
    return _Reader(read, vocabulary).criteria()


def of_slots(question: Question) -> tuple[Criterion, ...]:
    """The criteria that slots say: movements at the joints named, landmarks, nerves, roots, arteries, places."""
    found = [Criterion("action", tuple((one, at) for at in question.joints or (None,))) for one in question.movements]
    if not question.movements:
        found += [Criterion("crosses", ((None, one),)) for one in question.joints]
    ends = {"origin", "insertion"} & set(question.intents)
    field = ends.pop() if len(ends) == 1 else "attachment"
    found += [Criterion(field, ((None, one),)) for one in question.landmarks]
    found += [Criterion("nerve", ((None, one),)) for one in (*question.nerves, *question.roots)]
    found += [Criterion("artery", ((None, one),)) for one in question.arteries]
    found += [Criterion("place", ((None, one),)) for one in (*question.compartments, *question.regions)]
    return tuple(found)


def written(wanted: Sequence[Criterion]) -> tuple[str, ...]:
    """The criteria as texts that a context can carry: "action:flexion@knee joint", "!nerve:@tibial nerve"."""
    return tuple(
        ("!" if one.negated else "") + one.field + ":" + "/".join(f"{m or ''}@{t or ''}" for m, t in one.choices)
        for one in wanted
    )


def parsed(texts: Sequence[str]) -> tuple[Criterion, ...]:
    """The criteria that `written` wrote."""
    found = []
    for text in texts:
        field, _, rest = text.removeprefix("!").partition(":")
        pairs = (choice.partition("@") for choice in rest.split("/"))
        found.append(Criterion(field, tuple((m or None, t or None) for m, _, t in pairs), text.startswith("!")))
    return tuple(found)


def excluded(read: Read) -> frozenset[str]:
    """The structures that the muscles sought are other than: "besides the soleus"."""
    return frozenset(x.term for x in read.links if x.kind in STRUCTURES and x.kind != "group")


_MAKING = frozenset("make makes making made get gets getting".split())
_MADE = {"extended": "extension", "flexed": "flexion"}  # "what makes the knee straight"


class _Reader:
    """Goes through the names of a question from left to right."""

    def __init__(self, read: Read, vocabulary: Vocabulary) -> None:
        self._read = read
        self._vocabulary = vocabulary
        self._links = [x for x in read.links if (len(x.terms) == 1 or x.kind in _SITES) and x.term not in _aside(read)]
        self._used: set[int] = set()
        self._headed = HEADED.search(read.text)
        if self._headed:  # the bellies of a muscle are no part of the body
            self._links = [x for x in self._links if not _BELLIES & set(self._words(x.start, x.end))]

    def criteria(self) -> tuple[Criterion, ...]:
        found: list[tuple[int, Criterion]] = []
        for at, one in enumerate(self._links):
            if one.kind == "movement" and not self._introduces(at) and not self._purpose(one, found):
                found += [(one.start, made) for made in self._actions(at)]
        last = next((c for _, c in found), None)
        for at, one in enumerate(self._links):
            made = self._other(at, one, last)
            if made is not None and at not in self._used and not self._purpose(one, found):
                found.append((one.start, made))
        found.sort(key=lambda x: x[0])
        for n in range(1, len(found)):  # "doesn't insert there or flex the knee"
            (start, before), (place, after) = found[n - 1 : n + 1]
            between = set(self._words(start, place))
            if before.negated and {"or", "nor"} & between and not _BUT & between:
                found[n] = (place, replace(after, negated=True))
        if self._headed:
            told = heads(self._headed.group(1), self._headed.group(2))
            found.append((self._read.start, Criterion("heads", ((None, told),))))
        # "Used for push-ups" names no movement: of everything that moves nothing is told.
        said = [x for x in found if x[1].choices != ((None, None),)]
        # "Open up the front of the arm: which muscles lie there?" names no movement of theirs.
        said = [x for x in said if x[1].choices not in _UNAIMED] or said
        aimed = any(one.field == "action" and one.choices[0] not in _PLAIN_VERBS for _, one in said)
        said = [x for x in said if not (aimed and x[1].choices[0] in _PLAIN_VERBS)]
        wanted = [one.choices for _, one in said if not one.negated]
        # "He can't lift the foot. Which muscles do?": what is wanted is not left out.
        return self._united([x for x in said if not (x[1].negated and x[1].choices in wanted)])

    def _purpose(self, one: Link, found: Sequence[tuple[int, Criterion]]) -> bool:
        """Whether a name only tells what something is good for: "pulls the vocal cords apart so one can inhale"."""
        before = self._words(max(self._read.start, one.start - _LEADING), one.start)
        return bool(found) and "so" in before and "can" in before

    def _introduces(self, at: int) -> bool:
        """Whether a plain verb only leads to the movement that follows it: "lift the front of the foot up"."""
        one, after = self._links[at], self._links[at + 1] if at + 1 < len(self._links) else None
        plain = one.term in {_ANY, "elevation", "depression", "rotation"} and one.end - one.start == 1
        if not plain or after is None or after.kind != "movement":
            return False
        between = self._words(one.end, after.start)
        return len(between) <= _LEADING and not {"and", "or", "then"} & set(between)

    def _actions(self, at: int) -> list[Criterion]:
        one = self._links[at]
        term = self._vocabulary.terms[one.term]
        negated = self._negated(one)
        if term.means:
            movement = next((m for m in term.means if self._vocabulary.kind(m) == "movement"), None)
            target = next((m for m in term.means if self._vocabulary.kind(m) != "movement"), None)
            return [Criterion("action", ((one.term, None), (movement, target)), negated)]
        if term.joint is not None:
            self._take_joint(at, term.joint)
            return [Criterion("action", ((one.term, None),), negated)]
        targets = self._targets(at) or (None,)
        made = [(self._directed(one, target), target) for target in targets]
        # "Turns the leg out", in plain words and without a knee, turns all of it.
        plain = bool(_TURNS & set(self._words(one.start, one.end))) and not any(
            x.term == "knee joint" for x in self._links
        )
        return [
            Criterion("action", ((movement, _whole(movement, target, plain)),), negated) for movement, target in made
        ]

    def _directed(self, one: Link, target: str | None) -> str | None:
        """The movement that plain words make of a limb: "lift the arm to the side" abducts it."""
        turning = one.term == "rotation"
        plain = _TURNING if turning and target in _LIMBS else self._plain(one, target)
        if turning and target in _PALM:
            told = next(
                (_PALM[target][_DIRECTIONS[w]] for w in self._after(one) if _DIRECTIONS.get(w) in _PALM[target]), None
            )
            return told or one.term
        if turning and target in _AXIS:
            return one.term  # "rotates the trunk to the opposite side"
        after = self._after(one)
        # "Turns the arm in", not "in opposite directions".
        ways = [w for w, then in zip(after, (*after[1:], ""), strict=True) if w != "in" or then in _AFTER_IN]
        told = next((plain[_DIRECTIONS[w]] for w in ways if _DIRECTIONS.get(w) in plain), None) if plain else None
        lifting = _RAISING if target in _LIMBS else _LIFTING  # "bends the hip and runs across the thigh"
        if told is not None and (one.term in lifting or (turning and target in _TURNED)):
            return told
        if plain and target in _ENDS and one.term in _UP_DOWN:
            return plain[_UP_DOWN[one.term]]
        return None if one.term == _ANY else _SHUTTING.get((one.term, target or ""), one.term)

    def _after(self, one: Link) -> Sequence[str]:
        """The words of a movement and those behind it, which may tell its direction."""
        return (*self._words(one.start, one.end), *self._words(one.end, one.end + _FAR))

    def _plain(self, one: Link, target: str | None) -> Mapping[str, str] | None:
        """What directions mean for what is moved, or what it belongs to; up and down for whatever else is pulled."""
        wider = self._vocabulary.ancestors(target) if target is not None else ()
        told = next((_PLAIN[name] for name in wider if name in _PLAIN), None)
        return told if told is not None or target is None or one.term != _ANY else _UPRIGHT

    def _take_joint(self, at: int, joint: str) -> None:
        """ "Plantarflex the ankle": the joint says nothing new."""
        for n, other in enumerate(self._links):
            if other.term in {joint, "foot"} and abs(n - at) == 1:
                self._used.add(n)

    def _targets(self, at: int) -> list[str]:
        """What the movement moves: named behind it, else right before it; that of the next one in "flex and adduct"."""
        one = self._links[at]
        before = self._links[at - 1] if at else None
        near = before is not None and before.kind in _TARGETS and one.start - before.end <= 1
        if before is not None and near and _AGENT.search(" ".join(self._words(one.start, one.end))):
            self._used.add(at - 1)
            return [before.term]  # "which wrist extensor goes to the third metacarpal"
        behind = range(at + 1, len(self._links))
        targets: list[str] = []
        end = one.end
        for n in behind:
            other = self._links[n]
            between = self._words(end, other.start)
            if other.kind == "movement" or set(between) & (_ATTACH | _ORIGIN | _INSERTION) or len(between) > _NEAR:
                break
            if set(between) & {"in", "within"} and other.kind == "region" and targets:
                break  # "curls the big toe in the leg"
            if other.kind in _TARGETS and other.term not in self._read.conditional:
                if targets and self._vocabulary.covers(targets[-1], other.term):
                    self._used.add(n)  # "the trunk (thoracic and lumbar spine)"
                    end = other.end
                    continue
                if targets and not set(between) & {"and", "at", "of"}:
                    break
                if targets and "and" not in between:
                    self._used.add(n)  # "flexes the thigh at the hip"
                    end = other.end
                    continue
                if "not" in between or "or" in between:
                    break
                targets.append(other.term)
                self._used.add(n)
                end = other.end
        if targets:
            return targets
        if _IT & set(self._words(one.end, one.end + 1)):  # "opens the jaw and pushes it forward"
            before_it = (*link(self._read.message[: self._read.start], self._vocabulary), *self._links[:at])
            own = self._links[:at] or before_it[::-1]  # what the muscle first acts on: "presses the thumb to the palm"
            earlier = (t for x in own for t in self._vocabulary.meaning(x.term))
            found = next((t for t in earlier if self._vocabulary.kind(t) in _TARGETS), None)
            if found is not None:
                return [found]
        if before is not None and near and at - 1 not in self._used:
            self._used.add(at - 1)
            return [before.term]
        after = self._links[at + 1] if at + 1 < len(self._links) else None
        shared = after is not None and set(self._words(one.end, after.start)) <= _SHARING
        if after is not None and shared and after.kind == "movement" and not self._vocabulary.terms[after.term].joint:
            return self._targets(at + 1)
        return []

    def _other(self, at: int, one: Link, last: Criterion | None) -> Criterion | None:
        negated = self._negated(one)
        if self._counted_in(at):
            return None  # "the sternum, manubrium and xiphoid process included": they belong to it anyhow
        before = set(self._words(max(self._read.start, one.start - 3), one.start))
        goes_on = {"not", "or"} & before and not before & {"in", "of"}
        if one.kind in {"joint", "region"} and last is not None and last.choices[0][1] is not None and goes_on:
            return Criterion("action", ((last.choices[0][0], one.term),), negated)
        if one.kind == "state" and _MAKING & before:
            joint = next((x.term for x in self._links if x.kind == "joint"), None)
            return Criterion("action", ((_MADE.get(one.term), joint),), negated)
        if one.kind == "group" and self._located(one):
            return None  # "the little rotators under the glutes"
        if one.kind == "compartment":
            return Criterion("place", ((None, self._layer(at)),), negated)
        if one.kind in _FIELDS:
            return Criterion(_FIELDS[one.kind], ((None, one.term),), negated)
        if one.kind == "joint" and self._located(one):
            return None  # "the anterior compartment of the leg (below the knee)"
        if one.kind == "joint":
            return (
                Criterion("crosses", ((None, one.term),), negated) if one.term not in self._read.conditional else None
            )
        if one.kind == "region":
            if not self._placing(one):
                return None  # "pulls the thigh towards the belly", "taking the thigh backwards"
            return Criterion("place", ((None, one.term),), negated)
        if one.kind in _SITES and (self._located(one) or self._beside(one)):
            return None
        if one.kind in _SITES:
            return Criterion(self._end(one), tuple((None, term) for term in one.terms), negated)
        return None

    def _placing(self, one: Link) -> bool:
        """Whether a region is where the muscles lie: "in the hand", "hand muscles", "hand, ulnar nerve"."""
        before = set(self._words(one.start - _BEFORE, one.start))
        if _TOWARDS & set(self._words(one.start - _FURTHER, one.start)):
            return False
        first = one.start == self._read.start
        return first or bool(_PLACING & before or _MUSCLES & set(self._words(one.end, one.end + 2)))

    def _layer(self, at: int) -> str:
        """A compartment, or the layer of it that is told: "the superficial muscles of the front of the forearm"."""
        one = self._links[at]
        before = self._links[at - 1] if at else None
        word = self._words(before.start, before.start + 1) if before is not None and before.kind == "depth" else ()
        row = self._words(self._read.start, self._read.start + len(self._read.row))
        told = "deep" if "deepest" in row else word[0] if word else ""
        layer = f"{told} layer of the {one.term}"
        return layer if layer in self._vocabulary.terms else one.term

    def _located(self, one: Link) -> bool:
        """Whether a site only tells where something lies or goes: "below the hyoid", "up towards the shin"."""
        before = self._words(self._read.start, one.start)
        near = [word for word in before[-_LOCATED:] if word not in DETERMINERS]
        return bool(near) and near[-1] in _LOCATING and not set(before) & (_ATTACH | _ORIGIN | _INSERTION)

    def _beside(self, one: Link) -> bool:
        """Whether a bone only stands beside what is looked for: "shin splint talk: which muscles lie in front?"."""
        row = self._words(self._read.start, self._read.start + len(self._read.row))
        before = [w for w in self._words(self._read.start, one.start) if w not in DETERMINERS]
        led = bool(before) and before[-1] in _LEADING_TO
        others = any(x.kind in {"compartment", "movement", "nerve", "artery", "root", "group"} for x in self._links)
        return one.kind == "bone" and not led and others and not set(row) & (_ATTACH | _ORIGIN | _INSERTION | _REACHING)

    def _counted_in(self, at: int) -> bool:
        """Whether a name is only counted in with a wider one before it: "and its branches (the deep branch)"."""
        one = self._links[at]
        wider = [x for x in self._links[:at] if self._vocabulary.covers(x.term, one.term) and x.term != one.term]
        return bool(wider) and bool(
            _COUNTING & set(self._words(self._read.start, self._read.start + len(self._read.row)))
        )

    def _end(self, one: Link) -> str:
        """The end of a muscle that the verb before a site tells, else after it."""
        before = self._words(self._read.start, one.start)
        if _EITHER_END.search(" ".join(before)):
            return "attachment"  # "an origin or insertion on the femur"
        hooked = any(word.startswith(_HOOKS) for word in before)
        for word in reversed(before):
            if word in _ATTACH or (hooked and word in {"into", "onto"}):
                return "attachment"
            if word in _ORIGIN:
                return "origin"
            if word in _INSERTION:
                return "insertion"
        behind = set(self._words(one.end, self._read.start + len(self._read.row)))
        return (
            "origin" if behind & _ORIGIN else "insertion" if behind & (_INSERTION - {"into", "onto"}) else "attachment"
        )

    def _negated(self, one: Link) -> bool:
        before = self._words(max(self._read.start, one.start - _BEFORE), one.start)
        turn = max((n for n, word in enumerate(before) if word in _BUT), default=-1)
        if _NOT & set(before[turn + 1 :]) or _LACK & set(self._words(one.start - _FURTHER, one.start)):
            return True  # "not median, it's the ulnar nerve"
        behind = self._words(one.end, one.end + 2)  # "which does the femoral nerve not supply?"
        return len(behind) == 2 and behind[0] in _NOT and behind[1] in _SUPPLY

    def _words(self, start: int, end: int) -> Sequence[str]:
        return self._read.row[max(0, start - self._read.start) : max(0, end - self._read.start)]

    def _united(self, found: Sequence[tuple[int, Criterion]]) -> tuple[Criterion, ...]:
        """Criteria of one field that "or" joins are one with several choices."""
        made: list[Criterion] = []
        start = 0
        for place, one in found:
            either = "or" in self._words(start, place)
            start = place
            if made and either and made[-1].field == one.field and made[-1].negated == one.negated:
                made[-1] = replace(made[-1], choices=(*made[-1].choices, *one.choices))
            elif one not in made:
                made.append(one)
        return tuple(made)


def _whole(movement: str | None, target: str | None, turned: bool) -> str | None:
    """ "Lift the leg to the side", "turn the leg out" move the thigh; eversion is the foot's, not the sole's."""
    if target == "sole":
        return "foot"
    if target in _PALM and movement in {"supination", "pronation"}:
        return "forearm"
    return "thigh" if target == "lower leg" and (turned or movement in {"abduction", "adduction"}) else target


def _aside(read: Read) -> frozenset[str]:
    return frozenset(x.term for x in read.links if x.kind in {"part", "author", "journal", "exercise", "method"})
