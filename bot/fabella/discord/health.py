"""Tells a text that may be about a person's health; it errs on the side of yes.

The engine's intents catch most such questions. These word lists are the second net, for what no intent was found for:
a text is suspect that speaks of a person, of a complaint, an illness, a drug, a treatment, or asks for advice.
"""

from __future__ import annotations

import re

UNKEPT = frozenset({"personal", "treatment", "injection", "dose", "disease"})  # intents of the engine

# Phrases that hold a first person and tell nothing of it; roman numerals and "O, I, N and A".
_NEUTRAL = re.compile(
    r"\b(?:(?:tell|give|show|remind|teach|quiz|send|list|let|name|explain(?: to)?) (?:me|us)(?: know)?"
    r"|(?:can|could|may) (?:i|we) (?:ask|know)|i wonder|i(?: was|'m| am) wondering"
    r"|(?:i|we)(?:'d| would)?(?: (?:just|only|really))? (?:want|need|wanted|like|love) to (?:know|ask)"
    r"|(?:my|our) (?:exam|test|quiz|lab|class|lecture|lecturer|teacher|professor|prof|tutor|textbook|book|notes)"
    r"|(?:my|our) (?:homework|course)|(?:type|class|grade|stage|layer|phase|zone|cn|nerve) i{1,3}"
    r"|o[ ,/]*(?:and )?i(?=[ ,/]*(?:and )?[na]?\b))\b"
)
_PERSON = (
    r"i|im|ive|i'(?:m|ve|d|ll)|my|mine|me|myself|we|our|ours|us|we'(?:re|ve)|he|she|him|her|his|hers|himself"
    r"|herself|(?:he|she)'s|wife|husband|partner|girlfriend|boyfriend|fianc\w+|mothers?|fathers?|mom|mum|mummy|dad"
    r"|daddy|mama|papa|parents?|sons?|daughters?|kids?|child|baby|toddler|teen(?:ager)?s?|brothers?|sisters?"
    r"|siblings?|grand\w+|granny|gran|nan|nana|aunt\w*|uncles?|cousins?|nieces?|nephews?|friends?|buddy|mate"
    r"|roommate|colleague|neighbou?r|boy|girl|guy|lady|man|woman|patients?|clients?|somebody|someone|anyone with"
    r"|anybody with|person|years? old|year-old|(?:\d|#) ?yo|aged|mein\w*|ich|mir|mich|mon|mes|je|j'\w+|moi|mi|mis"
    r"|yo tengo|meu|minha|eu|mijn|ik|mio|mia|benim"
)
_ADVICE = (
    r"should (?:i|we|you|he|she|they|it|one|this|that|be worried)|what (?:do|can|to) (?:i|do|take)|safe|unsafe"
    r"|dangerous|serious|emergency|urgent|worr(?:y|ied|ying)|concern(?:ed|ing)|scared|afraid|allowed to|go away"
    r"|get(?:s|ting)? (?:better|worse)|(?:is|it|that|this) (?:normal|bad|ok|okay)"
    r"|how long (?:until|till|before|does it take|should|do)|advice|advise|help with|doctors?|doc|physicians?|gp"
    r"|surgeons?|physios?|physiotherap\w+|chiropract\w+|osteopath\w*|podiatrist\w*|orthop\w+|radiolog\w+|nurses?"
    r"|hospital\w*|clinics?|ambulance|the er"
)
_COMPLAINT = (
    r"pains?|painf\w+|pain(?:ed|ing|less|killer\w*)|ach(?:e|es|ed|ing|y)|hurt\w*|sore\w*|tender|tenderness"
    r"|swell\w*|swollen|swole\w*|numb(?:s|ed|ing|ness)?|tingl\w*|pins and needles|cramp\w*|spasm\w*|stiff\w*|tight"
    r"|tightness|weak|weakness|limp\w*|bruis\w*|bleed\w*|blood clots?|clot(?:s|ted|ting)?|lumps?|knots?"
    r"|(?:weird|strange|hard|soft|red|new|big|small|little|an?) (?:bump|mass|spot)|tear(?:s|ing)?|torn|tore"
    r"|ruptur\w*|sprain\w*|strains?|strained|pulled|injur\w*|broke\w*|fractur\w*|dislocat\w*|twisted"
    r"|popp(?:ed|ing)|click\w*|snapp\w+|burn\w*|sting\w*|stabb\w*|throb\w*|itch\w*|rash\w*|fever\w*|dizz\w*"
    r"|nause\w*|vomit\w*|headache\w*|tired|fatigue\w*|sick\w*|ill|illness\w*|unwell|infect\w*|inflam\w*|wound\w*"
    r"|scars?|stitch\w*|crooked|twitch\w*|cough\w*|bitten|fell|fallen|accident\w*|trauma\w*|complain\w*|suffer\w*"
    r"|symptom\w*|(?:left|right) (?:leg|calf|knee|ankle|foot|heel|hip|arm|shoulder|elbow|wrist|hand)s?"
)
_ILLNESS = (
    r"\w{3,}itis|\w{3,}algia|\w*(?:neuro|myo|arthro|tendino)path\w+|syndromes?|diseases?|disorders?|palsy|palsies"
    r"|paraly\w+|strokes?|dvt|thrombo\w+|emboli\w*|varicose|o?edema\w*|cysts?|herni\w+|cancer\w*|tumou?rs?"
    r"|carcinoma\w*|sarcoma\w*|h(?:a)?ematoma\w*|\w*sclerosis|osteoporo\w+|tendin\w+|diabet\w*|arthrit\w*"
    r"|arthros\w+|asthma\w*|epilep\w*|parkinson\w*|als|hiv|covid|flu|pregnan\w*|menstrua\w*|(?:de)?hydrat\w+"
    r"|suicid\w*|anxi(?:ety|ous)|depression|obes\w+|diagnos\w*|mri|x-?rays?|scans?|biops\w+|blood tests?"
    r"|ultrasound|atroph\w+|contractures?|flat feet"
)
_REMEDY = (
    r"drugs?|pills?|tablets?|medic(?:ine|ines|ation|ations|ine's)|dos(?:e|es|age|ages|ing)|(?:\d|#) ?m?c?g"
    r"|painkill\w*|an(?:a)?esthe\w+|ibuprofen|paracetamol|acetaminophen|tylenol|advil|aspirin|naproxen|diclofenac"
    r"|voltaren|tramadol|morphine|codeine|oxycodone|fentanyl|opioids?|statins?|antibiotics?|cipro\w*|warfarin"
    r"|thinners?|insulin|metformin|ozempic|semaglutide|predniso\w+|cortison\w*|steroids?|gabapentin|pregabalin"
    r"|baclofen|relaxants?|antidepress\w+|magnesium|creatine|supplements?|vitamins?|cannabis|cbd|thc|weed|alcohol"
    r"|vaccin\w*|botox|botulinum\w*|inject\w*|needl\w+|prp"
    r"|\w{3,}(?:profen|cillin|mycin|oxacin|statin|prazole|sartan|azepam|azolam|caine|coxib|triptan|parin|xaban|cycline|conazole)"
    r"|\w{4,}(?:pril|olol|dipine|triptyline|oxetine)|treat\w*|therap\w*|cures?|cured|heal|heals|healed|healing"
    r"|remed\w+|recover\w*|rehab\w*|relie(?:f|ve\w*)|massag\w*|foam roll\w*|surger\w*|surgical\w*|operation\w*"
    r"|operate\w*|replacements?|prosthe\w+|braces?|crutch\w*|splint\w*|casts?|taping|kinesio\w*|orthotic\w*"
    r"|insoles?|prescri\w+|sick note"
)
_BODY = (
    r"(?:legs?|calf|calves|knees?|ankles?|foot|feet|heels?|hips?|arms?|shoulders?|elbows?|wrists?|hands?|backs?|necks?"
    r"|body|achilles|tendons?|muscles?)"
)
# "Anna's calf", not "what's the calf" or "the nerve's muscles".
_SOMEBODYS = rf"(?!(?:what|where|who|how|that|it|there|here|muscle|nerve|body)'s)\w+'s (?:\w+ ){{0,2}}{_BODY}"
_OWN = rf"(?:my|our|his|her|their|i|he|she) (?:\w+ ){{0,3}}{_BODY}"


def _words(*lists: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(lists)})(?![\w'])")


_ANY = _words(_PERSON, _ADVICE, _COMPLAINT, _ILLNESS, _REMEDY, _SOMEBODYS)
_TOLD = _words(_COMPLAINT, _ILLNESS, _REMEDY, _SOMEBODYS, _OWN)


def about_person(text: str) -> bool:
    """Whether a question may be about somebody's health: any person, complaint, illness, remedy or plea for advice."""
    return _ANY.search(_NEUTRAL.sub(" ", _plain(text))) is not None


def tells_health(text: str) -> bool:
    """Whether a comment tells of somebody's body, a complaint, an illness or a remedy. "I think" alone does not."""
    return _TOLD.search(_NEUTRAL.sub(" ", _plain(text))) is not None


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
