"""The settings of Sphinx without Jupyter Book 1, read from _config.yml.

In the root of a checkout this file makes `sphinx-build . FOLDER` do what `jupyter-book build .` does.
"""

from pathlib import Path

import yaml

_config = yaml.safe_load((Path(__file__).parent / "_config.yml").read_text(encoding="utf-8"))

project = html_title = _config["title"]
author = _config["author"]
copyright = _config["copyright"]
exclude_patterns = _config["exclude_patterns"]
html_favicon = _config["html"]["favicon"]
myst_enable_extensions = _config["parse"]["myst_enable_extensions"]
nb_execution_mode = _config["execute"]["execute_notebooks"]
external_toc_path = "_toc.yml"
external_toc_exclude_missing = _config["only_build_toc_files"]
html_sourcelink_suffix = ""
_sphinx = _config["sphinx"]["config"]
globals().update(_sphinx)
extensions = [name for name in _sphinx["extensions"] if name != "jupyter_book"]
