"""What a notebook shows: sentences, tables and charts of claims."""
