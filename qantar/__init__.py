"""Figures that human-rights reports print about Kazakhstan's January 2022 events."""

__version__ = "2026.11"
