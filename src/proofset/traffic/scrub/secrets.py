"""Secrets: keys that show by their form whose they are, private keys, tokens, and what is named a secret."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from .spans import Span

# Prefixes as the providers document them.
_KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-|or-v1-|lf-)?[A-Za-z0-9_-]{20,}"
    r"|pk-lf-[0-9a-f-]{30,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|r8_[A-Za-z0-9]{30,}"
    r"|(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z2-7]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{20,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{24,}"
    r"|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}"
    r"|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{50,}|dckr_pat_[A-Za-z0-9_-]{20,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}|key-[0-9a-f]{32}|SK[0-9a-f]{32}"
    r"|lsv2_[a-z]{2}_[0-9a-f]{32}(?:_[0-9a-f]{10})?|ls__[0-9a-f]{32}"
    r"|dop_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|sq0[a-z]{3}-[A-Za-z0-9_-]{22,}"
    r"|\d{8,10}:AA[A-Za-z0-9_-]{33}|eyJrIjoi[A-Za-z0-9_=-]{40,}"
    r")(?![A-Za-z0-9])"
)
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?")
_BEARER = re.compile(r"\b(?:bearer|basic)[ \t]+(?P<value>[A-Za-z0-9._~+/=-]{16,})", re.IGNORECASE)
_IN_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,100}:(?P<value>[^\s/@]{1,200})@", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?:"
    r"(?P<password>passw(?:or)?d|passwd|pwd|passphrase|passwort|kennwort|contraseña|mot de passe|mdp)"
    r"|(?P<token>(?:auth|access|refresh|id|session|bot|csrf|api|secret)?[_-]?token)"
    r"|(?:x-)?api[_-]?key|apikey|secret(?:[_-]?(?:access)?[_-]?key)?"
    r"|(?:client|app|consumer|shared)[_-]?secret"
    r"|(?:access|account|private|encryption|signing|master|license)[_-]?key"
    r"|session(?:[_-]?id)?|sessid|x-auth|auth)"
    r"\\?[\"'`]?[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}(?P<quote>\\?[\"'`]|)(?P<value>[^\s\"'`,;&<>\\]{4,400})",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:key|token|secret)\s{1,3}(?:is|was|ist|lautet|:|=)\s{1,3}[\"'`]?(?P<value>[^\s\"'`,;&<>]{16,400})",
    re.I,
)
_PIN = re.compile(
    r"\bpin(?: code| number)?\s{0,3}(?:is|ist|lautet|:|=)?\s{0,3}(?P<value>\d{4,8})(?![\w.,-]\d|\w)", re.I
)
_LOGIN = re.compile(r"(?<!\S)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:(?P<value>[^\s\"']{3,200})")
_FLAG = re.compile(
    r"--(?:(?P<password>password|passwd|pass)|(?P<token>[a-z-]*token)|api-key|secret(?:-key)?)[ =][\"']?"
    r"(?P<value>[^\s\"'`,;&<>]{4,400})"
)
_TOLD = re.compile(
    r"\b(?:password|passwort|kennwort|passcode|passphrase|passwd|pwd|pin(?: code)?|contraseña|mot de passe|"
    r"mdp|senha|wachtwoord)\s{1,3}(?:(?:for|to|of|für|de|do)\s+\S+\s+)?"
    r"(?P<verb>(?:is|was|lautet|ist|es|est|é|:|=)\s{1,3})?[\"'`]?(?P<value>[^\s\"'`<>]{4,100})",
    re.IGNORECASE,
)
_WORDS = ("pass", "pwd", "wort", "contrase", "mdp", "senha", "pin", "token", "key", "secret", "sess", "auth")
"""One of them stands in whatever the patterns above find."""
_CORE = re.compile("pass|pwd|wort|contrase|mdp|token|key|secret|sess|auth")
_BEFORE = 12
"""Characters of a name before its word, such as `encryption_` before `key`."""
_NO_VALUE = re.compile(
    r"(?i)your|example|placeholder|changeme|redacted|xxxx|\*\*\*|\.\.\.|environ|getenv|process\.env|secrets?\.|"
    r"config\.|settings\.|vault|none\b|null\b|true\b|false\b|undefined|required|optional|string\b"
)
_CODE = re.compile(r"[(){}\[\]$%]|^[A-Za-z_][\w]*\.[A-Za-z_]|^<")
_LEAST_BITS = 3.0
"""Shannon entropy in bits per character below which a value that is named a key is a word."""
_LEAST_KEY = 16


def secrets(text: str) -> Iterator[Span]:
    """Keys of providers, private keys, JSON web tokens, bearer tokens, passwords in URLs, named secrets."""
    yield from _spans(_PEM, "PRIVATE_KEY", text)
    yield from _spans(_JWT, "TOKEN", text)
    yield from (
        Span("API_KEY", found.start(), found.end())
        for found in _KEYS.finditer(text)
        if any(map(str.isdecimal, found[0]))
    )
    for found in _BEARER.finditer(text):
        if _is_random(found["value"]):
            yield Span("TOKEN", *found.span("value"))
    if "://" in text:
        for found in _IN_URL.finditer(text):
            if not _NO_VALUE.search(found["value"]) and not found["value"].startswith(("$", "{", "<", "%")):
                yield Span("PASSWORD", *found.span("value"))
    for found in _LOGIN.finditer(text):
        if _is_password(found["value"], quoted=True):
            yield Span("PASSWORD", *found.span("value"))
    low = _lowered(text)
    if not any(word in low for word in _WORDS):
        return
    for pattern in (_NAMED, _FLAG):
        for found in _near_words(_NAMED, text, low) if pattern is _NAMED else _FLAG.finditer(text):
            start = found.start("value")
            value = found["value"].rstrip(".,:!?)") if pattern is _NAMED else found["value"]
            kind = "PASSWORD" if found["password"] else "TOKEN" if found["token"] else "API_KEY"
            quoted = pattern is _NAMED and bool(found["quote"])
            if _is_password(value, quoted=quoted) if kind == "PASSWORD" else _is_random(value):
                yield Span(kind, start, start + len(value))
    for found in _SAID.finditer(text):
        value = found["value"].rstrip(".,:?)")
        if _is_random(value):
            yield Span("API_KEY", found.start("value"), found.start("value") + len(value))
    yield from (Span("PASSWORD", *found.span("value")) for found in _PIN.finditer(text))
    for found in _TOLD.finditer(text):
        value = found["value"].rstrip(".,:?)")
        mixed = any(map(str.isdecimal, value)) and any(map(str.isalpha, value))
        if (found["verb"] or mixed) and _is_password(value, quoted=False):
            yield Span("PASSWORD", found.start("value"), found.start("value") + len(value))


def _lowered(text: str) -> str:
    """In small letters, each at its place: the few that become two stay as they are."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _near_words(pattern: re.Pattern[str], text: str, low: str) -> Iterator[re.Match[str]]:
    """What a pattern finds around the words that begin it: much faster than looking everywhere."""
    for word in _CORE.finditer(low):
        starts = range(max(0, word.start() - _BEFORE), word.start() + 1)
        found = next(filter(None, (pattern.match(text, start) for start in starts)), None)
        if found is not None:
            yield found


def _spans(pattern: re.Pattern[str], kind: str, text: str) -> Iterator[Span]:
    return (Span(kind, found.start(), found.end()) for found in pattern.finditer(text))


def _is_random(value: str) -> bool:
    """Letters and digits, long, and no word."""
    mixed = any(map(str.isdecimal, value)) and any(map(str.isalpha, value))
    if not mixed or len(value) < _LEAST_KEY or _NO_VALUE.search(value) or _CODE.search(value):
        return False
    counts = Counter(value)
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    return bits >= _LEAST_BITS


def _is_password(value: str, *, quoted: bool) -> bool:
    """Four characters or more with a digit or a sign; a plain word only in quotes."""
    if len(value) < 4 or _NO_VALUE.search(value) or _CODE.search(value):
        return False
    plain = value.replace("_", "").replace("-", "").isalpha()
    return len(value) >= 6 and quoted if plain else True
