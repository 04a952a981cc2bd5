"""Words that `literals.py` knows: numbers, units, and families of words of which one excludes another."""

from __future__ import annotations

_TO_TWELVE = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
NUMBERS = {word: value for value, word in enumerate((*_TO_TWELVE, *_TEENS))} | {
    word: 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
FIXED = {"half": "1/2", "halves": "1/2", "quarter": "1/4", "quarters": "1/4", "dozen": "12"}
FIXED |= {"twice": "x2", "double": "x2", "thrice": "x3", "triple": "x3"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

UNITS = {
    variant: unit
    for unit, variants in {
        "%": "percent",
        "km": "km kilometre kilometres kilometer kilometers",
        "m": "metre metres meter meters",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "mm": "mm millimetre millimetres millimeter millimeters",
        "mi": "mile miles",
        "ft": "ft foot feet",
        "in": "inch inches",
        "yd": "yard yards",
        "kg": "kg kilogram kilograms kilo kilos",
        "g": "g gram grams",
        "mg": "mg milligram milligrams",
        "t": "tonne tonnes ton tons",
        "lb": "lb lbs pound pounds",
        "oz": "oz ounce ounces",
        "l": "l litre litres liter liters",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "gal": "gallon gallons",
        "s": "s sec secs second seconds",
        "ms": "ms millisecond milliseconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "day days",
        "wk": "week weeks",
        "mo": "month months",
        "y": "year years",
        "word": "word words",
        "sentence": "sentence sentences",
        "paragraph": "paragraph paragraphs",
        "line": "line lines",
        "$": "dollar dollars usd",
        "c": "cent cents",
        "€": "euro euros eur",
        "£": "quid gbp",
        "°": "degree degrees",
        "kb": "kb kilobyte kilobytes",
        "mb": "mb megabyte megabytes",
        "gb": "gb gigabyte gigabytes",
        "kmh": "kmh kph",
        "mph": "mph",
    }.items()
    for variant in variants.split()
}

NEGATIONS = frozenset(
    ("not", "no", "never", "without", "except", "excluding", "neither", "nor", "none", "avoid", "avoiding")
)

TURNING = frozenset(("to", "into", "than", "from", "by", "over", "before", "after", "against"))
"""Between two words that may not change places."""

ARTICLES = frozenset(("a", "an", "the", "of", "in", "its", "their", "his", "her", "my", "your", "our"))

FAMILIES: dict[str, dict[str, str]] = {
    "extreme": {
        "max": "maximum max largest biggest greatest highest maximal maximise maximize",
        "min": "minimum min smallest lowest minimal minimise minimize",
        "long": "longest",
        "short": "shortest",
        "old": "oldest",
        "young": "youngest newest",
        "early": "earliest",
        "late": "latest",
        "fast": "fastest quickest",
        "slow": "slowest",
        "cheap": "cheapest",
        "dear": "dearest costliest",
        "best": "best",
        "worst": "worst",
    },
    "operation": {
        "sum": "sum sums total add adds adding addition plus altogether",
        "difference": "difference subtract subtracts subtracting subtraction minus",
        "product": "product multiply multiplies multiplying multiplication",
        "quotient": "quotient divide divides dividing division",
        "remainder": "remainder modulo modulus",
        "mean": "average mean",
        "median": "median",
        "mode": "mode",
        "variance": "variance deviation",
        "count": "count counts counting",
    },
    "order": {"up": "ascending increasing", "down": "descending decreasing reverse reversed backwards"},
    "change": {
        "up": "increase increases increased grow grows rise rises gain gains raise",
        "down": "decrease decreases decreased shrink shrinks fall falls loss lose loses reduce reduces lower",
    },
    "parity": {"even": "even", "odd": "odd"},
    "divisors": {"prime": "prime primes", "composite": "composite composites"},
    "end": {
        "first": "start starts begin begins beginning prefix",
        "last": "end ends ending suffix last final",
    },
    "time": {"before": "before", "after": "after", "during": "during"},
    "trade": {"buy": "buy buys bought buying purchase purchases", "sell": "sell sells sold selling"},
    "travel": {"to": "import imports importing", "from": "export exports exporting"},
    "cipher": {
        "encrypt": "encrypt encrypts encode encodes encoding encryption compress",
        "decrypt": "decrypt decrypts decode decodes decoding decryption decompress",
    },
    "edit": {
        "insert": "insert inserts append appends prepend",
        "remove": "remove removes removing delete deletes deleting drop drops pop",
    },
    "side": {"left": "left", "right": "right", "top": "top upper", "bottom": "bottom"},
    "line": {"row": "row rows", "column": "column columns"},
    "size": {"perimeter": "perimeter circumference", "area": "area", "volume": "volume"},
    "letters": {
        "upper": "uppercase capitals",
        "lower": "lowercase",
        "vowel": "vowel vowels",
        "con": "consonants",
    },
    "case": {
        "for": "advantages benefits pros strengths",
        "against": "disadvantages drawbacks cons weaknesses risks",
    },
    "cause": {"why": "causes reasons why", "then": "effects consequences results", "how": "how steps ways"},
    "structure": {
        "list": "list lists array arrays",
        "string": "string strings",
        "dict": "dictionary dictionaries dict dicts mapping",
        "tuple": "tuple tuples",
        "set": "set sets",
        "tree": "tree trees",
        "graph": "graph graphs",
        "matrix": "matrix matrices",
        "file": "file files",
    },
    "form": {
        "poem": "poem poems verse verses",
        "haiku": "haiku",
        "limerick": "limerick",
        "sonnet": "sonnet",
        "song": "song songs lyrics",
        "story": "story stories tale tales",
        "essay": "essay essays",
        "letter": "letter letters",
        "email": "email e-mail mail",
        "speech": "speech speeches",
        "dialogue": "dialogue conversation",
        "table": "table",
        "recipe": "recipe recipes",
        "report": "report reports",
        "review": "review reviews",
        "tweet": "tweet tweets",
        "blog": "blog",
        "script": "script screenplay",
        "quiz": "quiz",
        "slogan": "slogan slogans tagline",
        "summary": "summary summaries summarise summarize abstract synopsis",
        "plan": "plan schedule itinerary timeline agenda",
        "headline": "headline headlines title",
        "advert": "advertisement advert ad",
        "joke": "joke jokes",
        "riddle": "riddle riddles",
    },
    "task": {
        "translate": "translate translates translation",
        "summarise": "summarise summarize summarising shorten condense",
        "rewrite": "rewrite rephrase paraphrase reword",
        "classify": "classify categorise categorize",
        "correct": "correct proofread fix debug repair",
        "compare": "compare contrast",
        "prove": "prove disprove",
        "extract": "extract",
        "expand": "expand elaborate",
        "criticise": "criticise criticize critique",
    },
    "tone": {
        "formal": "formal formally professional",
        "casual": "casual informal",
        "funny": "funny humorous witty comic",
        "sad": "sad melancholic",
        "serious": "serious",
    },
    "audience": {
        "child": "child children kids kid",
        "teenager": "teenager teenagers",
        "beginner": "beginner beginners novice newcomers",
        "expert": "expert experts specialists",
        "parent": "parents",
        "teacher": "teacher teachers",
        "student": "student students pupils",
        "manager": "manager managers executives",
        "investor": "investors investor",
        "customer": "customer customers",
    },
    "valence": {"good": "positive good", "bad": "negative bad"},
}
"""Options exclude each other: two texts that name different ones of a family do not mean the same."""
