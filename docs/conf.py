"""How the documentation is built; `scripts/docs` does it, warnings as errors."""

from __future__ import annotations

from upwind import __version__

project = "upwind"
author = "The upwind maintainers"
release = __version__
html_title = f"upwind {__version__}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "adr/template.md"]

myst_enable_extensions = ["amsmath", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_static_path: list[str] = []
html_copy_source = False
