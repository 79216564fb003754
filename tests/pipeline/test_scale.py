"""A far larger record: what the benchmark measures is valid, and the pipeline runs on a Dask cluster."""

import contextlib
import os
import subprocess
import sys

import pytest
from conftest import TEXTS, edit_cell, run
from distributed import Client

from qantar import paths
from qantar.checks import runner
from qantar.record import derive, tables

sys.path.insert(0, str(paths.ROOT / "benchmarks"))
import growth

COPIED = set(tables.raw_names()) - {"measures", "places", "organisations", "articles", "phrases"}
STATES = {
    "cases": ["state", "latest_step", "accused_low"],
    "parties": ["charges", "sentence", "state"],
    "charges": ["became"],
}


@pytest.fixture(scope="module")
def larger(frozen, tmp_path_factory):
    """A record three times the frozen one, with its clean tables, and its number of rows by the benchmark."""
    folder = tmp_path_factory.mktemp("growth") / "data"
    rows = growth.multiply(3, folder, frozen, TEXTS)
    derive.write(folder)
    return folder, rows


def test_the_record_that_the_benchmark_measures_passes_every_check(larger):
    folder, rows = larger
    assert runner.check(folder, folder / "texts") == ([], rows, 0)


def test_a_larger_record_has_every_row_of_sources_and_events_three_times(larger, frozen):
    for name in [*tables.raw_names(), *(tables.CLEAN_PREFIX + name for name in tables.clean_names())]:
        here, there = (len(tables.read_table(name, data)) for data in (frozen, larger[0]))
        assert there == here * (3 if name.removeprefix(tables.CLEAN_PREFIX) in COPIED else 1), name


@pytest.mark.parametrize("name", STATES)
def test_every_copy_of_a_case_ends_as_the_case_did(larger, frozen, name):
    here, there = (
        tables.read_table(tables.CLEAN_PREFIX + name, data)[STATES[name]] for data in (frozen, larger[0])
    )
    for n in range(3):
        copy = there.iloc[n * len(here) : (n + 1) * len(here)].reset_index(drop=True)
        assert copy.equals(here), f"copy {n + 1}"


@pytest.fixture
def cluster(small_copy):
    """The address of a scheduler with two workers, which were started as book/scale.md says."""
    env = {**os.environ, "PYTHONPATH": str(small_copy), "QANTAR_SOURCES": str(small_copy / "no-texts")}
    file = str(small_copy.parent / "scheduler.json")
    with contextlib.ExitStack() as processes:
        for role in (["scheduler", "--port", "0"], ["worker", "--nworkers", "2", "--nthreads", "1"]):
            command = [sys.executable, "-m", "dask", *role, "--scheduler-file", file, "--no-dashboard"]
            process = processes.enter_context(subprocess.Popen(command, cwd=small_copy, env=env))
            processes.callback(process.terminate)
        with Client(scheduler_file=file, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            yield client.scheduler.address


def test_on_a_cluster_files_are_the_same_and_settings_reach_the_workers(cluster, small_copy, small):
    tasks = ["-m", "pytask", "-k", "trials"]
    (small_copy / "withheld.txt").write_text("Qualm\n", encoding="utf-8")
    edit_cell(small_copy / "data", "acts", 2, "note", "As qualm said.")
    there = {"DASK_SCHEDULER_ADDRESS": cluster, "QANTAR_WITHHELD": str(small_copy / "withheld.txt")}
    done = run([*tasks, "--config", "cluster.toml"], small_copy, **there)
    assert "column note: a withheld name" in " ".join(done.stdout.split()), done.stdout
    done = run([*tasks, "--config", "cluster.toml"], small_copy, DASK_SCHEDULER_ADDRESS=cluster)
    assert done.returncode == 0, done.stdout
    with Client(cluster) as client:
        counts = client.run(lambda dask_worker: dask_worker.state.executed_count)
    assert sum(counts.values()) == 2, "the check and the notebook"
    made = [small_copy / name for name in ("data/clean/acts.csv", "notebooks/trials.ipynb", "pytask.lock")]
    on_cluster = [path.read_bytes() for path in made]
    for path in made:
        path.write_bytes((small / path.relative_to(small_copy)).read_bytes())
    assert run(tasks, small_copy).returncode == 0
    assert [path.read_bytes() for path in made] == on_cluster
