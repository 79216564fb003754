"""The command `qantar`: check the record, add to it, see what an edit changes, make and verify a release."""

import argparse
import os
import sys

import pandas as pd

from qantar import paths, settings
from qantar.checks import runner
from qantar.presentation import sentences
from qantar.record import comparisons, query


def main(arguments=None):
    """Run the command with a list of arguments (default: those of the shell); return the exit code, 0 where all is well."""
    parser = argparse.ArgumentParser(prog="qantar", description="Figures as human-rights reports print them.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "check", help="check the record: form, meaning, and the printed words against the texts"
    )
    commands.add_parser(
        "report",
        help="what the record says against itself: parts and wholes, figures that exclude each other, facts told otherwise",
    )
    form = commands.add_parser("new", help="add rows to the record by question and answer")
    form.add_argument(
        "what",
        help="claim, source, case, assembly, incident, act, mention or measure; also what belongs to one: party, charge, step ...",
    )
    commands.add_parser(
        "tidy", help="save tables anew that a spreadsheet saved in its own way; no cell is changed"
    )
    since = commands.add_parser(
        "changes",
        help="what the edit in hand changes: rows, what is latest, contradictions, sentences, charts, pages",
    )
    since.add_argument(
        "--since",
        default="HEAD",
        metavar="WHAT",
        help="a release, a git revision or a folder to compare with (default: HEAD, the last commit)",
    )
    edition = commands.add_parser(
        "edition", help="build the book of a day, or without names, into a folder of its own"
    )
    edition.add_argument(
        "--printed-by",
        metavar="DAY",
        help="only what had been printed by this day, 2022-12-31 (default: PRINTED_BY in the environment)",
    )
    edition.add_argument(
        "--without-names",
        action="store_true",
        help="nobody is named (default where NAMES=0 in the environment)",
    )
    download = commands.add_parser("verify", help="whether a downloaded data package is whole, file by file")
    download.add_argument("zip", help="the file, as downloaded")
    named = commands.add_parser(
        "release", help="check, build from nothing, and record a release, with its data package in dist/"
    )
    named.add_argument("name", help="year and month, as 2026.12; a second one of a month as 2026.12.1")
    chosen = parser.parse_args(arguments)
    run = {
        "check": check,
        "report": report,
        "changes": lambda: show_changes(chosen.since),
        "new": lambda: new(chosen.what),
        "tidy": tidy,
        "edition": lambda: build_edition(chosen.printed_by, chosen.without_names),
        "verify": lambda: verify(chosen.zip),
        "release": lambda: release(chosen.name),
    }
    try:
        code = run[chosen.command]()
        sys.stdout.flush()
        return code
    except settings.BadSetting as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `qantar report | head`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(paths.in_words(error), file=sys.stderr)
        return 1


def check():
    """Check the record and print what was found; return 1 where there are problems."""
    report = runner.check(sources_folder=settings.sources_folder())
    for problem in report.problems:
        print(problem, file=sys.stderr)
    if report.problems:
        print(f"{len(report.problems)} to correct; nothing was written", file=sys.stderr)
        return 1
    print(f"{report.rows} rows in data/raw are well-formed and keep the rules")
    if report.unverified:
        print(
            f"{report.unverified} printed spans could not be looked up: the text copies are not at hand "
            "(put them beside the checkout as ../shared/sources, or name their folder in QANTAR_SOURCES)"
        )
    else:
        print("every printed span stands in its paragraph of the text copies")
    return 0


def tidy():
    """Save raw tables anew as the record wants them; return 0."""
    from qantar.editing import tidy as rewriting

    print(*(rewriting.tidy() or ["every table is saved as it should be"]), sep="\n")
    return 0


def report():
    """Print what the clean tables say against themselves, and repair nothing; return 0."""
    loaded = query.load()
    printed = loaded.claims.set_index("claim_id")["as_printed"]
    for row in comparisons.remainders(loaded).itertuples():
        left = (
            "nothing that can be told"
            if pd.isna(row.low) and pd.isna(row.high)
            else sentences.bounds_in_words(row.low, row.high)
        )
        print(f'parts and whole: {row.claim_id} "{printed[row.claim_id]}" less {row.parts} leaves {left}')
    for row in comparisons.conflicts(loaded).itertuples():
        print(
            f'exclude each other {sentences.EXCLUDES[row.dates]}: {row.claim_id} "{printed[row.claim_id]}" and {row.other_id} "{printed[row.other_id]}"'
        )
    for row in comparisons.differences(loaded).itertuples():
        what = "tells otherwise" if row.agrees == "differs" else "leaves open"
        there = "" if pd.isna(row.value_there) else f": {row.value_there}"
        print(
            f"{what}: {row.source_id}, paragraph {row.paragraph}, of {row.table} {row.row_id}, {row.differs_on}{there}"
        )
    return 0


def new(what):
    """Ask for new rows and add them to the record; return 1 where nothing was written."""

    from qantar.editing import add_rows

    return add_rows.new(what, paths.DATA, settings.sources_folder())


def build_edition(printed_by, without_names):
    """Build the edition of a day (None: that of the environment), or without names, and print where it is; return 1 where it cannot be built."""

    from qantar.book import build

    asked = settings.edition() if printed_by is None else settings.Edition(settings.checked_day(printed_by))
    asked = settings.Edition(asked.printed_by, asked.names and not without_names)
    try:
        print(f"the edition is {paths.shown(build.build_edition(asked))}/index.html")
    except (ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def verify(file):
    """Print whether a downloaded data package is whole; return 1 where it is not."""

    from qantar.book import data_package

    problems = data_package.verify(file)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    print(f"{file}: every file is as its sum says")
    return 0


def show_changes(since):
    """Print what the record at hand changes since a release, a git revision or a folder; return 1 where that cannot be told."""

    from qantar.book import changes

    report = runner.check(sources_folder=settings.sources_folder())
    if report.problems:
        print(
            *report.problems,
            f"{len(report.problems)} to correct first; what changes can only be told of a record that keeps its rules",
            sep="\n",
            file=sys.stderr,
        )
        return 1
    try:
        with (
            changes.earlier(since) as before,
            changes.up_to_date(tell=lambda line: print(line, file=sys.stderr)) as root,
        ):
            lines = changes.told(
                changes.compare(
                    before, changes.state(root), query.load(data=root / "data", edition=settings.WHOLE)
                )
            )
    except (changes.NotComparable, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(*(lines or [f"nothing that a reader sees differs from {since}"]), sep="\n")
    return 0


def release(name):
    """Make a release and print what it wrote; return 1 where the record, the book or the name stands against it."""

    try:
        for line in release.release(name):
            print(line, flush=True)
    except release.NotReleased as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
