"""Numbers with a check digit: payment cards, bank accounts, people's numbers of states, wallets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from stdnum import bitcoin, iban, luhn

from .spans import Span, said_before

_CARD = re.compile(r"(?<![\w.,-])(?<!\d )\d(?:[ .-]?\d){12,18}(?![\w-]|[.,]\d| \d)")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
_IBAN = re.compile(
    r"(?<![\w-])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,4})?(?![\w-])"
)
_WALLET = re.compile(
    r"(?<!\w)(?:0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"
)


class _Law(NamedTuple):
    """How the numbers of one register look.

    Attributes:
        check: the module of stdnum that checks one.
        said: words one of which has to stand before it; empty where its form and check digits are enough.
    """

    form: str
    check: str
    said: str = ""


_LAWS = (
    _Law(r"\d{8}[A-Z]", "es.dni"),
    _Law(r"[XYZ]\d{7}[A-Z]", "es.nie"),
    _Law(r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
    _Law(r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", "fr.nir"),
    _Law(r"\d{3}\.\d{3}\.\d{3}-\d{2}", "br.cpf"),
    _Law(r"\d{11}", "br.cpf", r"cpf"),
    _Law(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr", r"steuer\S*|id-?nr\.?|identifikationsnummer|tax id|tin"),
    _Law(r"\d{3} ?\d{3} ?\d{4}", "gb.nhs", r"nhs"),
    _Law(r"\d{9}", "nl.bsn", r"bsn|burgerservicenummer|sofinummer"),
    _Law(r"\d{11}", "pl.pesel", r"pesel"),
    _Law(r"(?:19|20)?\d{6}[-+]?\d{4}", "se.personnummer", r"person\S*nummer|pnr"),
    _Law(r"\d{6}[-+A]\d{3}[0-9A-Z]", "fi.hetu"),
    _Law(r"\d{6}-?\d{4}", "dk.cpr", r"cpr\S*"),
    _Law(r"\d{6} ?\d{5}", "no.fodselsnummer", r"fødselsnummer|fodselsnummer|personnummer"),
    _Law(r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}", "be.nn", r"rijksregister\S*|registre national|nn|insz"),
    _Law(r"\d{3}[ -]?\d{3}[ -]?\d{3}", "ca.sin", r"sin|social insurance\S*"),
    _Law(r"\d{4} ?\d{4} ?\d{4}", "in_.aadhaar", r"aadha?ar|uidai?|आधार"),
    _Law(r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", "in_.pan", r"pan"),
    _Law(r"\d{17}[\dX]", "cn.ric"),
    _Law(r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", "mx.curp"),
    _Law(r"\d{6}-\d{7}", "kr.rrn"),
    _Law(r"\d{11}", "tr.tckimlik", r"t\.?c\.?|kimlik\S*"),
    _Law(r"\d{13}", "za.idnr", r"id|identity"),
    _Law(r"\d{3} ?\d{3} ?\d{3}", "au.tfn", r"tfn|tax file\S*"),
)
_LONG = re.compile(r"[0-9A-Z](?:[ .+-]?[0-9A-Z]){8,}")
_SSN = re.compile(
    r"(?<![\w-])(?!000|666|9)\d{3}(?P<gap>[- ]?)(?!00)\d{2}(?P=gap)(?!0000)\d{4}(?![\w-]|[.,]\d)"
)
_SSN_SAID = re.compile(r"\b(?:ssn|social security)\b", re.IGNORECASE)
_NINO = re.compile(
    r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)"
)


def cards(text: str) -> Iterator[Span]:
    """Numbers of payment cards: an issuer's prefix and length, the Luhn digit, in groups of four or more."""
    for found in _CARD.finditer(text):
        groups = re.split(r"[ .-]", found[0])
        digits = "".join(groups)
        # Digits that stand alone, or in twos and threes, are a list of numbers.
        if (
            all(len(group) >= 4 for group in groups[:-1])
            and _ISSUERS.fullmatch(digits)
            and luhn.is_valid(digits)
        ):
            yield Span("CARD", found.start(), found.end())


def accounts(text: str) -> Iterator[Span]:
    """IBANs, by the length, the form and the check digits of their country."""
    for found in _IBAN.finditer(text):
        written = found[0]
        # A word may follow that looks like its last group.
        while len(written) >= 15:
            if iban.is_valid(written):
                yield Span("IBAN", found.start(), found.start() + len(written))
                break
            written = re.split(r"[ -](?=[^ -]*\Z)", written)[0] if re.search("[ -]", written) else ""


def wallets(text: str) -> Iterator[Span]:
    """Addresses of Bitcoin, by their checksum, and of Ethereum, by their form."""
    for found in _WALLET.finditer(text):
        if found[0].startswith("0x") or bitcoin.is_valid(found[0]):
            yield Span("CRYPTO", found.start(), found.end())


class NationalIds:
    """Numbers by which states know people: two dozen registers. See `_LAWS` for which."""

    def __init__(self) -> None:
        self._laws = [_compiled(law) for law in _LAWS]

    def __call__(self, text: str) -> Iterator[Span]:
        # One look for anything long enough spares most texts two dozen.
        if not any(sum(map(str.isdecimal, found[0])) >= 6 for found in _LONG.finditer(text)):
            return
        for form, is_valid, said in self._laws:
            for found in form.finditer(text):
                if (said is None or said_before(text, found.start(), said)) and is_valid(found[0]):
                    yield Span("NATIONAL_ID", found.start(), found.end())
        for found in _SSN.finditer(text):
            if found["gap"] == "-" or said_before(text, found.start(), _SSN_SAID):
                yield Span("NATIONAL_ID", found.start(), found.end())
        yield from (Span("NATIONAL_ID", found.start(), found.end()) for found in _NINO.finditer(text))


def _compiled(law: _Law) -> tuple[re.Pattern[str], Callable[[str], bool], re.Pattern[str] | None]:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{law.check}").is_valid
    said = re.compile(rf"\b(?:{law.said})(?!\w)", re.IGNORECASE) if law.said else None
    return re.compile(rf"(?<![\w.-])(?:{law.form})(?![\w-]|[.,]\d)"), is_valid, said
