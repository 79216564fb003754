"""A far larger record: the one that the benchmark measures is valid, and the pipeline runs on a Dask cluster as it does here."""

import os
import socket
import subprocess
import sys

import pytest
from conftest import copy_checkout, edit_cell, run
from distributed import Client

from qantar import paths, settings
from qantar.checks import runner
from qantar.record import derive, tables

sys.path.insert(0, str(paths.ROOT / "benchmarks"))
import growth

COPIED = set(tables.raw_names()) - {"measures", "places", "organisations", "articles", "phrases"}


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    """A record three times the one at hand, with its clean tables, and how many rows the benchmark says that it has."""
    folder = tmp_path_factory.mktemp("growth") / "data"
    rows = growth.multiply(3, folder, sources_folder=settings.sources_folder())
    derive.write(folder)
    return folder, rows


def test_the_record_that_the_benchmark_measures_passes_the_check_spans_and_all(larger):
    folder, rows = larger
    report = runner.check(folder, folder / "texts" if settings.sources_folder() else None)
    assert report.problems == []
    assert report.rows == rows
    assert report.unverified == 0 or settings.sources_folder() is None


@pytest.mark.parametrize("prefix", ["", tables.CLEAN_PREFIX], ids=["raw", "clean"])
def test_the_larger_record_has_every_row_of_sources_and_things_three_times(larger, prefix):
    for name in tables.raw_names() if not prefix else tables.clean_names():
        here, there = (tables.read_table(prefix + name, data) for data in (paths.DATA, larger[0]))
        assert len(there) == (3 if name in COPIED else 1) * len(here), name


def test_every_copy_of_a_thing_becomes_what_the_thing_became(larger):
    """What is read off steps and sentences does not run over from one copy into another."""
    for name, columns in {
        "cases": ["state", "latest_step", "accused_low"],
        "parties": ["charges", "sentence", "state"],
        "charges": ["became"],
    }.items():
        here, there = (
            tables.read_table(tables.CLEAN_PREFIX + name, data)[columns] for data in (paths.DATA, larger[0])
        )
        for n in range(3):
            part = there.iloc[n * len(here) : (n + 1) * len(here)].reset_index(drop=True)
            assert part.equals(here), f"{name}, copy {n + 1}"


# --- the pipeline on a cluster ----------------------------------------------------------------------------------------

ONE_NOTEBOOK = ("-k", "assembly_restrictions")  # and what comes before it: the check and the clean tables


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A copy of the checkout, and a scheduler with two workers, started as the page on scale says; gives the copy and the address."""
    copy = copy_checkout(tmp_path_factory.mktemp("cluster"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    env = {**os.environ, "PYTHONPATH": str(copy), "QANTAR_SOURCES": str(copy / "no-texts")}
    dask = [sys.executable, "-m", "dask"]
    host, port = address.removeprefix("tcp://").split(":")
    started = [
        subprocess.Popen([*dask, *arguments], cwd=copy, env=env, stderr=subprocess.DEVNULL)
        for arguments in (
            ["scheduler", "--host", host, "--port", port, "--no-dashboard"],
            ["worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
        )
    ]
    with Client(address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
    yield copy, address
    for process in reversed(started):
        process.terminate()
        process.wait(30)


def on_cluster(copy, address, **environment):
    """Run the pipeline of a copy on the cluster; return the finished process and how many tasks the workers ran (they begin anew for each run)."""
    done = run(
        ["-m", "pytask", "--config", "cluster.toml", *ONE_NOTEBOOK],
        copy,
        DASK_SCHEDULER_ADDRESS=address,
        **environment,
    )
    with Client(address) as client:
        return done, sum(client.run(lambda dask_worker: dask_worker.state.executed_count).values())


def test_on_a_cluster_an_edit_is_cleaned_and_its_notebook_run_as_on_one_machine(cluster, checkout):
    copy, address = cluster
    for root in (copy, checkout):
        edit_cell(root / "data", "restrictions", 2, "note", "A note that a test wrote.")
    there, tasks = on_cluster(copy, address)
    assert there.returncode == 0, there.stdout + there.stderr
    assert tasks == 2, "the workers ran the check and the notebook, nothing was run here"
    here = run(["-m", "pytask", *ONE_NOTEBOOK], checkout)
    assert here.returncode == 0, here.stdout
    written = [
        path.relative_to(checkout)
        for folder in ("data/clean", "notebooks")
        for path in sorted((checkout / folder).iterdir())
    ]
    assert "A note that a test wrote." in (copy / "data" / "clean" / "restrictions.csv").read_text(
        encoding="utf-8"
    )
    for path in [*written, "pytask.lock"]:
        assert (copy / path).read_bytes() == (checkout / path).read_bytes(), path


def test_on_a_cluster_a_name_that_is_withheld_here_stops_the_build_in_the_same_sentence(cluster, tmp_path):
    copy, address = cluster
    raw, made = copy / "data" / "raw" / "claims.csv", copy / "data" / "clean" / "claims.csv"
    before, good = raw.read_bytes(), made.read_bytes()
    edit_cell(copy / "data", "claims", 2, "note", "As qualm said.")
    (tmp_path / "withheld.txt").write_text("Qualm\n", encoding="utf-8")
    done, _ = on_cluster(copy, address, QANTAR_WITHHELD=str(tmp_path / "withheld.txt"))
    raw.write_bytes(before)
    assert done.returncode != 0
    assert "data/raw/claims.csv, row 2, column note: a withheld name may be a name" in " ".join(
        done.stdout.split()
    )
    assert "nothing was written" in done.stdout
    assert "❱" not in done.stdout, "a sentence, without the lines of code"
    assert made.read_bytes() == good
