"""What changes the record: new rows, tables saved anew, releases."""
