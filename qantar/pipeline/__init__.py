"""What the pipeline runs: notebooks, one build at a time."""
