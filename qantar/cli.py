"""The command `qantar`: check the record, add to it, see what an edit changes, make and verify a release."""

import argparse
import os
import sys

import pandas as pd

from qantar import paths, settings
from qantar.checks import runner
from qantar.presentation import disagreements, sentences
from qantar.record import comparisons, derive, load

# Modules of the book and of editing are imported where they are used, so that `qantar check` starts fast.


def main(arguments: list[str] | None = None) -> int:
    """Run the command with a list of arguments (default: those of the shell); return the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        code = chosen.run(chosen)
        sys.stdout.flush()
        return code
    except settings.BadSetting as error:
        return _failed(error)
    except BrokenPipeError:  # `qantar report | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _failed(paths.in_words(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qantar", description="Figures as human-rights reports print them.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, run, description):
        added = commands.add_parser(name, help=description)
        added.set_defaults(run=run)
        return added

    command("check", check, "check the record: form, meaning, and the printed words against the texts")
    command(
        "report",
        report,
        "parts and wholes, figures that exclude each other, what differs, what no theme shows",
    )
    new = command("new", new_rows, "add rows to the record by question and answer")
    new.add_argument(
        "what", help="claim, source, case, assembly, incident, act, mention, measure, party, charge, step ..."
    )
    add = command("add", add_report, "read a report in the browser and add what it says")
    add.add_argument(
        "--second", action="store_true", help="as a second reader, who does not see the first one's rows"
    )
    command("reread", reread, "go through the typed sentences that new rows break")
    sheet = command("sheet", in_a_spreadsheet, "new rows in a spreadsheet: a workbook to type into, and back")
    sheet.add_argument("way", choices=["out", "in"], help="out: write the workbook; in: add what was typed")
    sheet.add_argument("file", help="the workbook, as new-report.xlsx")
    command("tidy", tidy, "save tables anew that a spreadsheet saved in its own way; no cell is changed")
    edit = command(
        "changes", show_changes, "what the edit in hand changes: rows, sentences, tables, charts, pages"
    )
    edit.add_argument("--since", default="HEAD", help="a release, a git revision or a folder (default: HEAD)")
    edition = command(
        "edition", build_edition, "build the book of a day, or without names, into a folder of its own"
    )
    edition.add_argument(
        "--printed-by", metavar="DAY", help="only what had been printed by this day, 2022-12-31"
    )
    edition.add_argument(
        "--without-names", action="store_true", help="nobody is named (default where NAMES=0)"
    )
    package = command("verify", verify, "whether a downloaded data package is complete and unchanged")
    package.add_argument("zip", help="the file, as downloaded")
    release = command("release", make_release, "check, build from nothing, and record a release")
    release.add_argument("name", help="year and month, as 2026.12; a second one of a month as 2026.12.1")
    return parser


def _failed(*lines: object) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1


def check(chosen: argparse.Namespace) -> int:
    """Check the record and print what was found; return 1 where there are problems."""
    found = runner.check(sources_folder=settings.sources_folder())
    if found.problems:
        return _failed(*found.problems, f"{len(found.problems)} to correct; nothing was written")
    print(f"{found.rows} rows in data/raw are well-formed and keep the rules")
    if found.unverified:
        print(
            f"{found.unverified} printed spans could not be looked up: the text copies are not at hand "
            "(put them beside the checkout as ../shared/sources, or name their folder in QANTAR_SOURCES)"
        )
    else:
        print("every printed span stands in its paragraph of the text copies")
    return _check_that_all_is_shown()


def _check_that_all_is_shown() -> int:
    """Print the rows that stand on no theme page and have no reason; return 1 where there are some."""
    from qantar.pipeline import notebooks, unshown

    if derive.stale() or any(notebooks.stale(path) for path in notebooks.in_order()):
        print("whether a page shows every row is not known until `make book` has run the theme pages again")
        return 0
    rows = unshown.unshown(load(edition=settings.WHOLE)).query("reason.isna()")
    advice = f"show it in a notebook under Themes, or say in {unshown.REASONS} why none does"
    lines = [
        f'data/raw/{row.table}.csv: {row.row_id} ("{row.words}") is on no theme page; {advice}'
        for row in rows.itertuples()
    ]
    return _failed(*lines) if lines else 0


def report(chosen: argparse.Namespace) -> int:
    """Print what the record says against itself, and what of it no theme page shows; return 0."""
    from qantar.pipeline import unshown

    record = load()
    printed = {
        claim.claim_id: f'{claim.claim_id} "{claim.as_printed}"' for claim in record.claims.itertuples()
    }
    for row in comparisons.remainders(record).itertuples():
        unknown = pd.isna(row.low) and pd.isna(row.high)
        left = "nothing that can be told" if unknown else sentences.bounds_in_words(row.low, row.high)
        print(f"parts and whole: {printed[row.claim_id]} less {row.parts} leaves {left}")
    for row in comparisons.conflicts(record).itertuples():
        how = disagreements.EXCLUDES[row.dates]
        print(f"exclude each other {how}: {printed[row.claim_id]} and {printed[row.other_id]}")
    for row in comparisons.differences(record).itertuples():
        what = "tells otherwise" if row.agrees == "differs" else "leaves open"
        there = "" if pd.isna(row.value_there) else f": {row.value_there}"
        place = f"{row.source_id}, paragraph {row.paragraph}"
        print(f"{what}: {place}, of {row.table} {row.row_id}, {row.differs_on}{there}")
    for row in comparisons.disputed(record).query("agrees == 'differs'").itertuples():
        accounts = f"{row.statement_id} from {row.compared_with}"
        print(f"account differs: {accounts}, of {row.episode_id}, {row.differs_on}")
    for row in unshown.unshown(record).itertuples():
        why = f"no reason is typed in {unshown.REASONS}" if pd.isna(row.reason) else row.reason
        print(f'on no theme page: {row.table} {row.row_id} "{row.words}": {why}')
    return 0


def new_rows(chosen: argparse.Namespace) -> int:
    """Ask for new rows and add them to the record; return 1 where nothing was written."""
    from qantar.editing import forms

    return forms.new(chosen.what, paths.DATA, settings.sources_folder())


def add_report(chosen: argparse.Namespace) -> int:
    """Serve the page on which a report is read, until Ctrl-C; return 0."""
    from qantar.editing.page import server

    server.run(paths.DATA, settings.sources_folder(), chosen.second)
    return 0


def reread(chosen: argparse.Namespace) -> int:
    """Ask of each typed sentence that a row breaks whether it is still true; return 1 where some are not.

    Without an answer a sentence stays to be read.
    """
    from qantar.pipeline import rereading

    found = runner.check(sources_folder=settings.sources_folder())
    if found.problems:
        return _failed(*found.problems, f"{len(found.problems)} to correct first, then read again")
    derive.write()
    left = []
    for broken in rereading.broken(load(edition=settings.WHOLE)):
        print(f"\n{broken}\n  {rereading.words_of(broken)}")
        if broken.row.condition and _is_yes("  Is the sentence still true? [y/N] "):
            rereading.still_true([broken.row])
        else:
            left.append(broken)
    if left:
        return _failed(f"{len(left)} to mend in their notebooks: the sentence, or the condition below it")
    print("every typed sentence holds")
    return 0


def _is_yes(question):
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False


def in_a_spreadsheet(chosen: argparse.Namespace) -> int:
    """Write a workbook for new rows, or add the rows typed into one; return 1 where nothing was written."""
    from qantar.editing import draft, workbook, workbook_rows

    try:
        if chosen.way == "out":
            lines = workbook.write(chosen.file)
        else:
            lines = workbook_rows.add(chosen.file, texts=settings.sources_folder())
    except draft.Refused as error:
        return _failed(error)
    print(*lines, sep="\n")
    return 0


def tidy(chosen: argparse.Namespace) -> int:
    """Save raw tables anew in the form of the record; return 0."""
    from qantar.editing import tidy as saving

    print(*(saving.tidy() or ["every table is saved as it should be"]), sep="\n")
    return 0


def show_changes(chosen: argparse.Namespace) -> int:
    """Print what the record at hand changes since an earlier state; return 1 where that cannot be told."""
    from qantar.book import changes, states
    from qantar.pipeline import rereading

    found = runner.check(sources_folder=settings.sources_folder())
    if found.problems:
        return _failed(
            *found.problems, f"{len(found.problems)} to correct first, then ask again what changes"
        )
    try:
        before = states.earlier(chosen.since)
        with states.up_to_date(say=_failed) as root:
            record = load(data=root / "data", edition=settings.WHOLE)
            lines = changes.as_text(changes.compare(before, states.of_checkout(root), record))
            if broken := rereading.broken(record):
                lines += [
                    "",
                    "sentences to read again (`qantar reread`):",
                    *(f"  {found}" for found in broken),
                ]
    except (states.NotComparable, RuntimeError) as error:
        return _failed(error)
    print(*(lines or [f"nothing that a reader sees differs from {chosen.since}"]), sep="\n")
    return 0


def build_edition(chosen: argparse.Namespace) -> int:
    """Build an edition and print where it is; return 1 where it cannot be built."""
    from qantar.book import build

    asked = settings.edition()
    day = asked.printed_by if chosen.printed_by is None else settings.checked_day(chosen.printed_by)
    edition = settings.Edition(day, asked.names and not chosen.without_names)
    try:
        print(f"the edition is {paths.shown(build.build_edition(edition))}/index.html")
    except (ValueError, RuntimeError) as error:
        return _failed(error)
    return 0


def verify(chosen: argparse.Namespace) -> int:
    """Print whether a downloaded data package is complete and unchanged; return 1 where it is not."""
    from qantar.book import data_package

    problems = data_package.verify(chosen.zip)
    if problems:
        return _failed(*problems)
    print(f"{chosen.zip}: every file is as its sum says")
    return 0


def make_release(chosen: argparse.Namespace) -> int:
    """Make a release and print what it wrote; return 1 where something is against it."""
    from qantar.editing import release

    try:
        for line in release.release(chosen.name):
            print(line, flush=True)
    except release.NotReleased as error:
        return _failed(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
