"""Tells whether a question looks for muscles ("which muscles flex the knee?") instead of asking about one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabella_intents.mentions import Link

SEEKING = "muscles"  # the intent of such questions
# What muscles can have in common.
_SHARED = frozenset(
    "movement joint landmark bone cartilage disc ligament membrane fascia tendon nerve root artery compartment region "
    "group".split()
) | {"soft tissue"}  # fmt: skip
_MUSCLES = re.compile(
    r"\b(?:which|what|name|list|any|all|every|how many|tell me|give me|show|find|other|are there|is there|need|want)\b"
    r"[^?!]{0,60}\b(?:muscles?|tendons|flexors|extensors|adductors|abductors|rotators|elevators|depressors|pronators|supinators|"
    r"\w+flexors|invertors|evertors|synergists|movers|musculature)\b"
    # "Which wrist extensor ends on ...?", but not "flexor carpi ...".
    r"|\b(?:which|what) (?:\w+ ){0,2}(?:flexor|extensor|adductor|abductor|rotator|elevator|depressor|pronator|supinator"
    r"|\w+flexor|invertor|evertor)\b(?! \w+(?:us|is|um|i|or)\b)"
    r"|^\W*the (?:\w+ ){0,3}(?:flexor|extensor|adductor|abductor|rotator|elevator|depressor|pronator|supinator) of the \w+"
    r"[^?]*_{2,}"
    r"|^\W*(?:the |all |all the )?(?:\w+ ){0,4}(?:muscles?|flexors|extensors|adductors|abductors|rotators|elevators|"
    r"depressors|pronators|supinators|\w+flexors|invertors|evertors)\b"
    r"|\b(?:muscles?|musculature) (?:that|which|of|in|with|at|on|supplied|innervated|attached|attaching|inserting|arising|"
    r"originating|crossing|acting|for|moving|fed|from|to|served|having)\b",
    re.I,
)
_THEM = re.compile(
    r"\b(?:which|what|any|how many|some) (?:one |ones )?of (?:them|these|those|the (?:two|three|four|five|six))\b", re.I
)
_DOING = re.compile(
    r"(?:^|[-–—:,;.]\s)\W*(?:so |and |ok |okay |hey |hi |please )*(?:what|who|which ones?|whatever|everything that|anything that|things that)\W+"
    r"(?:all |else |also |really |actually |is |are |was |do(?:es)? |lets? (?:you|me|us|one) |helps? (?:you |me |us )?(?:to )?|makes? (?:you|me|us) |can |doing |(?:has|have) )*"
    r"(?:the )?(?:attach|hook|fix|anchor|connect|tak(?:es?|ing) (?:its |their )?origin|hang|fill|pin|work|innervat|suppl|insert|originat|aris|start|begin|cross|flex|extend|abduct|adduct|rotat|pronat|supinat|elevat|depress|"
    r"protract|retract|mak|evert|invert|dorsiflex|plantar ?flex|bend|straighten|mov|rais|lift|lower|pull|push|turn|clos|open|"
    r"stabili|unlock|tens|wrinkl|shrug|chew|spread|point|curl|oppos|twist|squeez|shut|lies? in|is in)\w*",
    re.I,
)
# "Ones that let me whistle", "what do we use to nod", "abduction of the fingers is done by?".
_USING = re.compile(
    r"\b(?:ones|those|things?|anything|something|everything) (?:that|which|to|else)\b"
    r"|\bwhat (?:do|does|did) (?:we|you|i|one|people|the body) (?:use|need|have|contract)\b"
    r"|\b(?:done|performed|produced|made|caused|controlled|brought about|carried out|achieved) by\W*(?:what|whom|who|which)?(?: muscles?)?\W*$"
    r"|\bwho(?:m|'s| is| does)?(?: (?:doing|responsible|does)(?: it| that| this)?)?\W*$|\bwho (?:does|is doing) (?:it|that|this|the)\b|\b(?:responsible|thanks to (?:what|whom))\b",
    re.I,
)
_ALL = re.compile(
    r"\b(?:everything|anything|whatever|all things|which ones|what all)\b[^?!]{0,40}\b(?:attach|insert|originat|aris|start|begin|com(?:e|es|ing)"
    r"|hang|sit|hook|anchor|fix|pull|lie|lies|is|are|suppl|innervat)\w*"
    r"|\b(?:contents?|list|inventory|residents|occupants) of\b|\b(?:contents?|list|members)\W*(?:pls|plz|please)?\W*$"
    r"|^\W*(?:arising|originating|inserting|coming|starting|attached|attaching|inserted)?\s*(?:from|on|to|onto|into|at) (?:the )?\w+",
    re.I,
)
_SUPPLYING = re.compile(
    r"^\W*what (?:all |else )?(?:does|do) (?:the )?[^?!]{3,60}\b(?:run|control|drive|power|move|work|operate|wire|go to|look after|take care of)\W*$|"
    r"\b(?:what|which|everything|anything|all)\b[^?!]{0,50}\b(?:supply|supplies|supplied|innervate[sd]?|serve[sd]?|feeds?|fed)\b"
    r"|\b(?:supplies|innervates|supply|innervate)\W*(?:what|which(?: ones?)?|whom)?\W*$"
    r"|\bsupply of the\b|\b(?:is|gets?) (?:supplied|innervated|fed) by\b",
    re.I,
)
_MEMBERS = re.compile(
    r"\b(?:members?|mak(?:es?|ing) up|made (?:up )?of|made from|consists?|composed|compris\w+|belongs? to|parts? of|"
    r"columns|_{2,}.*_{2,}|(?:list|name) (?:them|all)|=\s*(?:who|what)|names? of|count as|(?:which|who|what) are (?:they|those)|form(?:s|ed|ing)?|contains?|includes?|components?|constituents?|what(?:'s| is| are) in|who(?:'s| is| are) in)\b",
    re.I,
)
# A number of heads: "two heads", "three-headed", "two bellies"; its groups are the number and the noun.
HEADED = r"(two|three|four|[2-4])[\s-]+(head|bell(?:y|ies|ied))(?:s|ed)?\b"
# "Which muscles have two heads?", "three-headed muscles", not "which of the two heads is stronger?".
_HEADED = re.compile(
    rf"\b(?:which|what|name|list|muscles?)\b[^?!.]*\b(?:with|have|has|having|are|is) (?:only |exactly )?{HEADED}"
    rf"|\b{HEADED} muscles\b",
    re.I,
)
# "What nerve lets me lift the big toe?": of the muscles that do.
_SUPPLY = r"(?:spinal )?(?:nerves?|roots?|nerve roots?|arter(?:y|ies))\b"
_OF_THOSE = re.compile(
    rf"^\W*(?:(?:and|so|ok|okay) )*(?:(?:which|what|whose) {_SUPPLY}|(?:the )?{_SUPPLY} (?:for|behind|that)\b)",
    re.I,
)
# "Which of these crosses the knee: soleus, gastrocnemius?": of the muscles named.
_AMONG = re.compile(
    r"\b(?:which|who)(?: one| muscles?| of [^:?]{3,80}?)?"
    r" (?:is|are|isn't|aren't|do|don't|doesn't|can|have|get|attach|cross|(?!nerves|muscles|arteries|roots|heads|parts|joints"
    r"|actions|movements|sides|bones|bellies|layers|sources|groups|sites|ones)\w+s)\b|\bodd (?:one|man) out\b",
    re.I,
)
_WHICH_ONE = re.compile(r"\bwhich (?:one|ones|member|muscle|of (?:them|these|those|the \w+))\b|\bwho\b", re.I)
_COMPARES = re.compile(
    r"\b(?:compar(?!tment)\w*|contrast|versus|vs|differ\w*|distinguish|side by side|table|tabulate|in common)\b", re.I
)
_SEVERAL = re.compile(r"\b(?:muscles|which|list|name|what are)\b", re.I)
# "Which muscles share that nerve?": one of the last answer.
SHARING = re.compile(
    r"\b(?:which|what)\b[^?]{0,20}\bmuscles?\b[^?]{0,40}\b(?:this|that|the same) (?:nerve|artery|bone|landmark|compartment|layer)\b",
    re.I,
)
# "And which gets the axillary nerve?": of what was looked for before.
GOING_ON = re.compile(
    r"^\W*(?:(?:and|but|or|also) )*(?:which|who)(?: ones?)? (?:gets?|has|have|is|are|does|do|goes|go|uses?|crosses|cross|attach\w*|insert\w*)\b",
    re.I,
)
# "Which adductor is the largest?": a list of muscles ranks none.
RANKS = re.compile(
    r"\b(?:(?:most|least) (?:important|powerful|useful|used|active|effective|vital|relevant|common|injured)|strong(?:er|est)|"
    r"(?:large|big|small|thick|thin|weak|long|short|heavi|mighti)(?:g?er|g?est|st)|best|hardest|better|wins?)\b"
    r"(?! (?:known|seen))",
    re.I,
)
COMMON = re.compile(r"\b(?:in common|common to|(?:all|both) share)\b", re.I)
# "What does the one with the sixth nerve do?", "the two in the lateral compartment": of those found before.
SELECTING = re.compile(
    r"\bthe (?:ones?|two|muscles?)(?: muscles?)? "
    r"(?:with|that|which|from|in|on|at|(?:suppli|innervat|attach|insert)\w+)\b",
    re.I,
)
# "What are the deep six?", "who are the rotator cuff?": the members of a group.
_WHO_ARE = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|but|hey|hi)\W+)*(?:what|who|which)(?:'?re| are) (?:all )?(?:the )?", re.I
)
_ACTING = frozenset({"do", "does", "can", "did", "would"})
_ASIDE = frozenset(
    "besides beside except excluding than help helps helping assist assists beyond away under underneath beneath remove removed removing".split()
)
_LISTING = frozenset("the muscles muscle list names name members please all of".split())  # "rotator cuff muscles"
_SOON = 3  # words before the group that is asked about
_APART = frozenset({"from", "with", "like"})
_NEAR = 2  # words before a structure of which these set it aside
_BEFORE = 4  # words before a structure that may set it aside


def seeks(text: str, row: Sequence[str], links: Sequence[Link], start: int) -> bool:
    """Whether the words (`row`, from place `start` of the message) look for muscles by something that they share."""
    kinds = {one.kind for one in links}
    if kinds & {"exercise", "author", "journal"} or _COMPARES.search(text):
        return False
    if names_one(links, row, start):
        return len(named(links, row, start)) > 1 and bool(kinds & _SHARED) and _AMONG.search(text) is not None
    if _HEADED.search(text):
        return True
    first = next((one for one in links if one.kind not in {"part", "depth"}), None)
    if first is not None and first.kind == "group" and _WHO_ARE.match(text) and first.start - start <= _SOON:
        return True
    taken = {n for one in links for n in range(one.start - start, one.end - start)}
    if kinds == {"group"} and "muscles" in row and {w for n, w in enumerate(row) if n not in taken} <= _LISTING:
        return True
    if _acting(links, row, start) and not _MEMBERS.search(text):
        return False
    if not kinds & _SHARED:
        return False
    if _OF_THOSE.match(text):
        return bool(kinds & {"movement", "activity"})
    if kinds & _SHARED == {"group"} and not _SEVERAL.search(text):
        return _MEMBERS.search(text) is not None
    if any(one.search(text) for one in (_MUSCLES, _DOING, _USING, _THEM, _ALL)):
        return True
    if "group" in kinds and kinds & _SHARED != {"group"} and _WHICH_ONE.search(text):
        return True
    if "group" in kinds and _MEMBERS.search(text):
        return True
    return bool(kinds & {"nerve", "artery", "root"}) and _SUPPLYING.search(text) is not None


def _acting(links: Sequence[Link], row: Sequence[str], start: int) -> bool:
    """Whether a group is what a question asks about: "what movement do the rhomboids make?"."""
    groups = [one.start - start for one in links if one.kind == "group"]
    return any(
        _ACTING & set(row[max(0, at - 2) : at]) and not {"in", "of"} & set(row[max(0, at - 2) : at]) for at in groups
    )


def named(links: Sequence[Link], row: Sequence[str], start: int) -> tuple[str, ...]:
    """The muscles that a question names, those left out that it sets aside."""
    return tuple(
        dict.fromkeys(
            x.term for x in links if x.kind == "muscle" and len(x.terms) == 1 and not aside(x, row, start, links)
        )
    )


def names_one(links: Sequence[Link], row: Sequence[str], start: int) -> bool:
    """Whether a muscle or bone is named as what the question is about."""
    return any(one.kind in {"muscle", "sesamoid bone"} and not aside(one, row, start, links) for one in links)


def aside(one: Link, row: Sequence[str], start: int, links: Sequence[Link] = ()) -> bool:
    """Whether a structure is named to leave it out: "other than the soleus", "help the gastrocnemius"."""
    at = one.start - start
    near = row[max(0, at - _NEAR) : max(0, at)]
    between = max((x.end - start for x in links if x.end <= one.start and x.kind != "depth"), default=0)
    return bool(_ASIDE & set(row[max(between, at - _BEFORE, 0) : max(0, at)]) or _APART & set(near))
