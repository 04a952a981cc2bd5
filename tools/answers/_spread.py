"""Plus or minus: one term with `±` as the two terms it stands for."""

from __future__ import annotations

from ._terms import Apply, Group, Number, Relation, Term, Unreadable, walk


def spread(term: Term) -> tuple[Term, ...]:
    """The term alone, or the two that a single `±` in it stands for.

    Raises:
        Unreadable: more than one `±`, whose signs may or may not go together.
    """
    count = sum(isinstance(t, Apply) and t.op == "pm" for t in walk(term))
    if count > 1:
        raise Unreadable("has more than one plus-or-minus sign")
    return (_chosen(term, "add"), _chosen(term, "sub")) if count else (term,)


def _chosen(term: Term, op: str) -> Term:
    match term:
        case Apply(op="pm", args=(Number(value=zero), Number(value=value, digits=digits))) if zero == 0:
            return Number(value if op == "add" else -value, digits)
        case Apply(op=own, args=args):
            return Apply(op if own == "pm" else own, tuple(_chosen(arg, op) for arg in args))
        case Group(kind=kind, items=items):
            return Group(kind, tuple(_chosen(item, op) for item in items))
        case Relation(ops=ops, items=items):
            return Relation(ops, tuple(_chosen(item, op) for item in items))
    return term
