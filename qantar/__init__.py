"""Figures that human-rights reports print about Kazakhstan's January 2022 events.

import qantar
record = qantar.load()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qantar.presentation import charts
    from qantar.record import Record, load

__version__ = "2026.11"
__all__ = ["Record", "charts", "load"]


def __getattr__(name: str) -> Any:
    """Return what `__all__` names, imported when it is first asked for: pandas takes a second."""
    if name not in __all__:
        raise AttributeError(f"module 'qantar' has no attribute {name!r}")
    if name == "charts":
        from qantar.presentation import charts

        return charts
    from qantar import record

    return getattr(record, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
