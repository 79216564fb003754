"""`import qantar` is all that an analyst has to know."""

import subprocess
import sys

import pytest

import qantar
from qantar.presentation import charts, claim_tables, markdown, sentences
from qantar.record import Record, load, views


def test_the_package_offers_the_record_and_charts():
    assert (qantar.load, qantar.Record, qantar.charts) == (load, Record, charts)
    assert dir(qantar) == ["Record", "__version__", "charts", "load"]
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        _ = qantar.laod


def test_importing_it_is_cheap():
    heavy = "import qantar, sys; sys.exit({'pandas', 'matplotlib'} & set(sys.modules) and 'heavy' or 0)"
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0


@pytest.mark.parametrize(
    "module", [charts, claim_tables, markdown, sentences, views], ids=lambda m: m.__name__
)
def test_tab_lists_what_is_meant_for_use_and_nothing_else(module):
    assert dir(module) == sorted(module.__all__)
    own = {"amount", "is_computed"} if module is sentences else set()
    for name in set(module.__all__) - own:
        thing = getattr(module, name)
        assert not hasattr(thing, "__module__") or thing.__module__.startswith(module.__name__), name
    if module is not charts:
        public = {n for n, t in vars(module).items() if getattr(t, "__module__", "") == module.__name__}
        assert {name for name in public if not name.startswith("_")} <= set(module.__all__)
