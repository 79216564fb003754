"""The tasks of task_build.py on a Dask cluster: `pytask --config cluster.toml` (book/scale.md tells what it needs).

The cluster is the one whose scheduler DASK_SCHEDULER_ADDRESS names; where it names none, one of this machine, for as long as the run takes.
"""

import os

from distributed import Client
from pytask import hookimpl
from pytask_parallel import ParallelBackend, registry

_TOLD = ("NAMES", "QANTAR_SOURCES", "QANTAR_WITHHELD")


@hookimpl(trylast=True)
def pytask_parse_config(config):
    """Send the tasks to the cluster, as many at a time as it has threads; its workers begin anew, with the code at hand and the environment of this run."""
    client = Client()
    client.restart()
    client.run(_be_told, {name: os.environ[name] for name in _TOLD if name in os.environ})
    config["n_workers"] = sum(client.ncores().values())
    registry.register_parallel_backend(ParallelBackend.DASK, lambda n_workers: client.get_executor())


def _be_told(environment):
    """Take over what the record asks of the environment: a name that is withheld here must not be shown by a worker."""
    for name in _TOLD:
        os.environ.pop(name, None)
    os.environ.update(environment)
