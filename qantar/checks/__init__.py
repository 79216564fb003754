"""The rules that the record must keep, each reported as a problem with its place."""
