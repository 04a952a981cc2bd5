"""The report of a run as one page that asks for nothing: `proofset report DIR --html`.

gathering.py: one pass over the records · similarity.py, breadth.py, judging.py, lengths.py: what the panels
show · data.py: all of it as JSON · writing.py: the page, from page.html, page.css, charts.js, page.js
"""

from .data import page_of
from .writing import write_page

__all__ = ["page_of", "write_page"]
