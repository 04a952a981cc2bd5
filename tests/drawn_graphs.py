"""docs/graphs.md, made from the graphs themselves. `python tests/drawn_graphs.py` writes it anew."""

from __future__ import annotations

from pathlib import Path

from proofset.graphs import GRAPHS, load_graph

PAGE = Path(__file__).resolve().parent.parent / "docs" / "graphs.md"
_HEAD = """# The graphs, drawn

Each node is a role or a gate; dotted edges are decided by what the node before found. Drawn by
`python tests/drawn_graphs.py`, as `proofset graphs show NAME` draws them, and as [Studio](studio.md) does.
"""


def drawn_page() -> str:
    """The page as it has to be."""
    parts = [_HEAD]
    for graph in GRAPHS.values():
        mermaid = load_graph(graph.name).ready.get_graph(xray=True).draw_mermaid()
        summary = f"{graph.summary[0].upper()}{graph.summary[1:]}."
        parts.append(f"## {graph.name}\n\n{summary}\n\n```mermaid\n{mermaid.strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(drawn_page(), encoding="utf-8")
