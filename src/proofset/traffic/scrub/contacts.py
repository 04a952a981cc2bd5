"""E-mail addresses, IP and MAC addresses, telephone numbers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

import phonenumbers

from .spans import Span, said_before

_EMAIL = re.compile(
    r"(?<![\w.%+'&-])(?<!://)[^\W_](?:[\w.%+'&-]{0,62}[\w+-])?(?:@|%40)"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})(?![\w-])"
)
# As people write it who do not want it found: anna [at] example.com, anna at example dot com.
_SPELLED = re.compile(
    r"(?<![\w.])[\w.+-]{1,64}(?: dot [\w-]{1,64}){0,4}"
    r"(?: ?[\[({] ?at ?[\])}] ?[\w-]{1,63}(?:(?: ?[\[({] ?dot ?[\])}] ?|\.)[\w-]{1,63}){1,8}"
    r"| at [\w-]{1,63}(?: dot [\w-]{1,63}){1,8})(?!\w)",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.-])(?<!\w@\d)(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d|-\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})?(?:(?::[0-9A-Fa-f]{1,4})*)(?![\w:])"
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_VERSION = re.compile(
    r"(?:\bv|\bver(?:sion)?s?\.?|\brelease|\bbuild|\bchapter|\bsection|==|>=|<=|~=)\s*$", re.I
)
_NET = re.compile(
    r"\b(?:ip|ips|host|server|from|ssh|addr(?:ess)?|client|peer|dns|ping|login|remote)\b|://|@|\[", re.I
)
_MAC = re.compile(
    r"(?<![\w:-])[0-9A-Fa-f]{2}(?P<gap>[:-])(?:[0-9A-Fa-f]{2}(?P=gap)){4}[0-9A-Fa-f]{2}(?![\w:-])"
)
_GAP = r"[ ().\-/\u2011\u2013\u00a0]{0,3}"
_PHONE = re.compile(
    rf"(?<![\w.,#$€£=*+-])(?<!\d[ /])(?:\+|\()?\d(?:{_GAP}\d){{6,14}}"
    r"(?:(?:,? ?(?:ext|x|extension|durchwahl|dw)\.? ?\d{1,6})(?!\w)|(?![\w%]|[.,:\-]\d|[ /]\d))",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r",? ?(?:ext|x|extension|durchwahl|dw)\.? ?\d{1,6}\Z", re.IGNORECASE)
_CALLED = re.compile(
    r"\b(?:tel|tél|telefon\w*|téléphone|teléfono|telefono|phone|phones|telephone|call|calls|called|ring|dial|mobile|cell|"
    r"cellphone|handy|mobil\w*|móvil|celular|cellulare|fax|whatsapp|signal|text|sms|reach|appele[zr]|llama\w*|anrufen|"
    r"rufnummer|nummer|numéro|número|numero|contact)\b|電話|电话|전화|телефон",
    re.IGNORECASE,
)
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "IN", "BR", "AU", "NL")
"""Regions whose national telephone numbers are known unless told otherwise, by ISO 3166 code."""
_DIGITS = re.compile(r"\d+")


def emails(text: str) -> Iterator[Span]:
    """Addresses of mail, in any script. Not `git@host:path`, and not the user of a URL."""
    if "@" in text or "%40" in text:
        for found in _EMAIL.finditer(text):
            if not (found[0].startswith("git@") and text[found.end() : found.end() + 1] == ":"):
                yield Span("EMAIL", found.start(), found.end())
    low = text.lower()
    if " dot " in low or any(sign in low for sign in ("[at", "(at", "{at", "[ at", "( at", "{ at")):
        yield from (Span("EMAIL", found.start(), found.end()) for found in _SPELLED.finditer(text))


def addresses(text: str) -> Iterator[Span]:
    """Public IP addresses, and MAC addresses. Not private ranges, masks and what reads as a version."""
    for found in _IPV4.finditer(text):
        if _is_public_v4(found[0]) and not _is_version(text, found.start(), found[0]):
            yield Span("IP", found.start(), found.end())
    if ":" in text:
        for found in _IPV6.finditer(text):
            try:
                address = ipaddress.IPv6Address(found[0])
            except ValueError:
                continue
            if address in _GLOBAL_V6:
                yield Span("IP", found.start(), found.end())
    yield from (Span("MAC", found.start(), found.end()) for found in _MAC.finditer(text))


class Phones:
    """Telephone numbers by Google's metadata: international ones anywhere, national ones of some regions.

    A national number counts where a word such as "call" or "Tel." stands before it, or where it is grouped as
    that region groups it.
    """

    def __init__(self, regions: Sequence[str] = REGIONS) -> None:
        self._regions = tuple(regions)

    def __call__(self, text: str) -> Iterator[Span]:
        for found in _PHONE.finditer(text):
            written = _EXTENSION.sub("", found[0])
            count = sum(map(str.isdecimal, written))
            if 7 <= count <= 15 and self._is_number(text, found.start(), written):
                yield Span("PHONE", found.start(), found.end())

    def _is_number(self, text: str, start: int, written: str) -> bool:
        if written.startswith(("+", "00")):
            abroad = written.removeprefix("+").removeprefix("00").replace("(0)", " ", 1)
            return _parsed(f"+{abroad}", None) is not None
        called = said_before(text, start, _CALLED)
        for region in self._regions:
            number = _parsed(written, region)
            if number is not None and (called or _is_grouped(written, number)):
                return True
        return False


def _parsed(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _is_grouped(written: str, number: phonenumbers.PhoneNumber) -> bool:
    groups = _DIGITS.findall(written)
    if not written.startswith("(") and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:]):
        # So are large numbers, too.
        return False
    usual = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return len(groups) > 1 and groups == _DIGITS.findall(usual)


def _is_public_v4(written: str) -> bool:
    try:
        address = ipaddress.IPv4Address(written)
    except ValueError:
        return False
    inside = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    return not (inside or int(address) >> 28 == 15 or any(address in net for net in _PRIVATE))


def _is_version(text: str, start: int, written: str) -> bool:
    before = text[max(0, start - 24) : start]
    if _VERSION.search(before):
        return True
    return all(int(part) < 32 for part in written.split(".")) and not _NET.search(before)


_PRIVATE = tuple(map(ipaddress.IPv4Network, ("0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
