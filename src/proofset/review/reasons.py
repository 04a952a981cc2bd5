"""Why an item is turned down: one digit each."""

from __future__ import annotations

REASONS = {
    "wrong": "It is wrong",
    "unclear": "It is unclear what is asked",
    "unsupported": "It asserts what nothing shows",
    "incomplete": "It is incomplete",
    "off_task": "It does not do what is asked",
    "badly_written": "It is badly written",
    "unsafe": "It may do harm",
    "duplicate": "It is there already",
    "other": "Another reason",
}
