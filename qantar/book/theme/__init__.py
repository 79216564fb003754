"""The last step of a build: one style sheet, one script, pages that ask nothing of another host."""
