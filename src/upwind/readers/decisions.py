"""What people decided about sites: a row a decision, in order, as `decisions` of a mission names them.

Columns: `decision` (`merge`: all evidence of `other` is of `site`; `split`: `evidence` is of `other`, no longer of
`site`; `part`: `evidence` is of no site), `site`, `other` and `evidence` (keys of sightings and ids of reports as the
events in `sites.geojson` name them, with blanks between; of a split that leaves it empty, all that `other` was founded
on). Other columns, such as who and why, are passed over.
"""

from __future__ import annotations

import csv
import io

from upwind.readers.files import File, shown
from upwind.readers.keys import nearest
from upwind.records import Decision, SiteEvent

__all__ = ["decisions_of"]

_NEEDED = ("decision", "site", "other", "evidence")
_KINDS = {"merge": Decision.MERGED, "split": Decision.SPLIT, "part": Decision.PARTED}


def decisions_of(file: File) -> tuple[SiteEvent, ...]:
    """Return the decisions of a table, in its order.

    Raises
    ------
    FormatError
        A column is missing, or a row does not say what its decision needs.
    """
    file.require_text()
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig", errors="replace"), newline=""), restval="")
    heads = rows.fieldnames or []
    for column in _NEEDED:
        if column not in heads:
            raise file.fault(1, "", f'there is no column "{column}"', nearest(column, list(heads)))
    return tuple(_event(file, rows.line_num, row) for row in rows if any(row[column].strip() for column in _NEEDED))


def _event(file: File, line: int, row: dict[str, str]) -> SiteEvent:
    said, site, other = (row[column].strip() for column in _NEEDED[:3])
    kind = _KINDS.get(said)
    if kind is None:
        raise file.fault(
            line, 'column "decision"', f"{shown(said)!r} is no decision", f"give one of {', '.join(_KINDS)}"
        )
    evidence = tuple(row["evidence"].split())
    if not site:
        raise file.fault(line, 'column "site"', "the cell is empty", "give the site's id, as in sites.geojson")
    if kind is Decision.PARTED and not evidence:
        raise file.fault(line, 'column "evidence"', "the cell is empty", "give keys of sightings or ids of reports")
    if kind is not Decision.PARTED and other in ("", site):
        raise file.fault(line, 'column "other"', "this names no other site", "give the id of another site")
    return SiteEvent(decision=kind, site=site, other=other, evidence=evidence)
