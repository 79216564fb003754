"""The record: its tables, what their words and dates mean, and what may be asked of it."""

from qantar.record.query import Record, load

__all__ = ["Record", "load"]
