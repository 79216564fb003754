"""Figures that human-rights reports print about Kazakhstan's January 2022 events, as statements with bounds, dates and sources."""

__version__ = "2026.11"
