"""Charts of claims, dates, counts and places. Each function returns a `Chart`, which a notebook displays.

All take the rows to draw, a name (the id of the figure) and a caption; pass `ax` to draw on axes of your own.
"""

from qantar.presentation.charts.claim_rows import claims, small
from qantar.presentation.charts.dot_plots import dots, matrix
from qantar.presentation.charts.figure import Chart, Mark
from qantar.presentation.charts.place_map import places
from qantar.presentation.charts.timelines import by_publication, courses, strip

# fmt: off
__all__ = [
    "Chart", "Mark", "by_publication", "claims", "courses", "dots", "matrix", "places", "small", "strip",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__
