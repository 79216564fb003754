"""The tasks of task_build.py on a Dask cluster: `pytask --config cluster.toml`, as book/scale.md explains."""

import os

from distributed import Client
from pytask import hookimpl
from pytask_parallel import ParallelBackend, registry


@hookimpl(trylast=True)
def pytask_parse_config(config):
    """Use the cluster at DASK_SCHEDULER_ADDRESS, or a local one; restart its workers with our settings."""
    client = Client()
    client.restart()
    settings = {name: os.environ.get(name, "") for name in ("QANTAR_SOURCES", "QANTAR_WITHHELD")}
    client.run(lambda: os.environ.update(settings))  # a function, since os.environ itself would be copied
    config["n_workers"] = sum(client.ncores().values())
    registry.register_parallel_backend(ParallelBackend.DASK, lambda n_workers: client.get_executor())
