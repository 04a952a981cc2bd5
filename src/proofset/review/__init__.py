"""People review what a run kept, in a browser; what they decide is durable before it is acknowledged.

    records.jsonl, unverified.jsonl ─┐                      ┌─▶ reviews.jsonl, pairs.jsonl
    review.jsonl (a run waits) ──────┴▶ reviews.db ◀─▶ page ┴─▶ review.jsonl, for `proofset resume`

items: what is reviewed · index: its order, filters and search · store: decisions, leases, undo ·
results: what comes of it · guard, app, serving: the server · page/: what the browser gets
"""
