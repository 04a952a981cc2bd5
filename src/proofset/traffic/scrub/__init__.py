"""Scrub: personal data and secrets become placeholders before anything of a log is written.

text ─▶ finders: secrets, e-mail, IBAN, cards, numbers of states, wallets, IP, MAC, telephone ─▶ spans
     ─▶ <KIND_n>, the same value the same placeholder within a conversation

Needs the extra `traffic`: telephone numbers are told by `phonenumbers`, numbers with check digits by
`python-stdnum`; the patterns of the rest are here. Names, addresses and dates of birth are not found.
"""

from .contacts import REGIONS
from .scrubber import PLACEHOLDER, Scrubber
from .spans import KINDS, Finder, Span

__all__ = ["KINDS", "PLACEHOLDER", "REGIONS", "Finder", "Scrubber", "Span"]
