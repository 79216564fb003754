"""How long it takes to load the whole record, as a ratio to a bare `import pandas`, both in processes of
their own, in one run.

Run it with `python benchmarks/load.py`. The machines it runs on are shared, so only the ratio says anything.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
BARE = "import pandas"
LOADED = "from qantar.record import load; load()"


def seconds(code):
    """Return how long a fresh Python takes to run a line of code, in seconds."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin


def main():
    """Print the ratio of the medians, alternating the two so that noise falls on both."""
    pairs = [(seconds(BARE), seconds(LOADED)) for _ in range(ROUNDS)]
    ratio = statistics.median(loaded / bare for bare, loaded in pairs)
    print(
        f"loading the record takes {ratio:.2f} times a bare import pandas (median of {ROUNDS}; wanted: 1.3)"
    )


if __name__ == "__main__":
    main()
