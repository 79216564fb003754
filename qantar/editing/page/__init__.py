"""`qantar add`: a report is read in the browser, and becomes rows."""
