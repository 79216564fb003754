"""Checks of the record: each rule yields the problems that it finds, and repairs nothing."""
