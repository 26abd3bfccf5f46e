"""`upwind explain`: compounds of air samples in, ranked explanations out."""

from __future__ import annotations

import argparse
from pathlib import Path

from upwind import __version__
from upwind.cli.files import require_place, write_beside
from upwind.cli.screen import table
from upwind.explain import UNEXPLAINED, explain
from upwind.readers.files import open_file
from upwind.readers.samples import read_samples
from upwind.records import Explained
from upwind.render.content import Input, Provenance
from upwind.render.explained import explained_document
from upwind.render.geojson import written

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
columns of SAMPLES.csv: sample, compound, cas, value, unit, detection_limit, uncertainty, sensor
  compound and value and unit are needed; an empty value is below the detection limit
  units: ppb, ppm, ug/m3, mg/m3, or wt% of the whole gas mixture

examples:
  upwind explain samples.csv --out explained.json
"""

#: Samples shown on screen; all are in the file.
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("samples", type=Path, metavar="SAMPLES.csv", help="a row a compound")
    parser.add_argument("--out", type=Path, required=True, metavar="F.json", help="where the explanations go")


def run(arguments: argparse.Namespace) -> int:
    """Explain every sample and write the answers."""
    require_place(arguments.out)
    samples = read_samples(arguments.samples)
    answers = [explain(sample) for sample in samples]
    file = open_file(arguments.samples)
    provenance = Provenance(
        version=__version__,
        seed=0,
        command=f"upwind explain {arguments.samples.name}",
        inputs=(Input(name=file.name, sha256=file.sha256),),
    )
    write_beside(arguments.out, written(explained_document(answers, provenance)))
    heads = ("sample", "best explanation", "probability", UNEXPLAINED, "listed in excess")
    table("", heads, [_row(answer) for answer in answers[:_SHOWN]], right=("probability", UNEXPLAINED))
    print(f"Unreviewed leads, not for action: a vapour never proves anything. Results are in {arguments.out}")
    return 0


def _row(answer: Explained) -> tuple[str, ...]:
    """Return a sample's line on screen."""
    best = answer.explanations[0]
    words = "(abstains) " if answer.abstained else ""
    return (
        answer.sample or "-",
        f"{words}{best.name}",
        f"{best.probability:.0%}",
        f"{answer.unexplained.probability:.0%}",
        ", ".join(answer.unexplained.compounds) or "-",
    )
