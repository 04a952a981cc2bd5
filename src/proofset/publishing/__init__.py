"""Publishing: a version goes to whoever trains, a model comes back, and the guard says where it may serve.

version ─▶ whole? ─▶ no held-out item? ─▶ command | webhook | by hand ─▶ model ─▶ appointments ─▶ loop.jsonl

Nothing is imported here: the process that stands between us and the command has no use for it.
"""
