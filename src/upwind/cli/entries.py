"""What a person sees of an audit in the terminal: its entries, and the finding that must stop a script."""

from __future__ import annotations

from collections.abc import Sequence

from upwind.cli.screen import table
from upwind.flights.audit.entries import Audit
from upwind.flights.borders.airspace import CYCLE, VALID_FROM, VALID_TO
from upwind.records import Entry

__all__ = ["finding_of", "show_cycle", "show_entries"]

#: Entries that are shown on the screen; all are in the file.
_MOST_SHOWN = 25
#: A finding names so many states.
_MOST_STATES = 5


def finding_of(refused: Sequence[Entry]) -> str:
    """Return the finding in one line: how many entries nobody allowed, into what, and why the first."""
    first = refused[0]
    every = list(dict.fromkeys(entry.state for entry in refused))
    states = ", ".join(every[:_MOST_STATES]) + (f" and {more} more" if (more := len(every) - _MOST_STATES) > 0 else "")
    many = "1 entry is" if len(refused) == 1 else f"{len(refused):,} entries are"
    where = f"{first.state} ({first.name or first.kind})"
    who = " ".join(filter(None, (first.track, first.flight, first.platform)))
    return (
        f"{many} unauthorised ({states}): {who} was in {where} from {first.start:%Y-%m-%d %H:%M:%SZ}: {first.why_not}"
    )


def show_cycle(audits: Sequence[Audit]) -> None:
    """Print a line where flights are of another time than the airspace that upwind brings along."""
    times = [one.flown.time for one in audits]
    if any(time[0] < VALID_FROM.timestamp() or time[-1] >= VALID_TO.timestamp() for time in times):
        print(f"Special-use airspace is of {VALID_FROM:%Y-%m-%d} to {VALID_TO:%Y-%m-%d} (AIRAC {CYCLE});")
        print("upwind audit --airspace FILE takes that of another time.")


def show_entries(audits: Sequence[Audit]) -> None:
    """Print a row an entry, unauthorised ones first, and what is to be known of the tracks."""
    entries = [entry for one in audits for entry in one.entries]
    entries.sort(key=lambda entry: (bool(entry.authorised_by), entry.start))
    heads = ["state", "kind", "flight", "from", "to", "points", "verdict", "authorised by"]
    rows = [_row(entry) for entry in entries[:_MOST_SHOWN]]
    samples = sum(len(one.flown.time) for one in audits)
    title = f"{len(entries):,} entries in {samples:,} samples of {len(audits)} track{'s' * (len(audits) != 1)}"
    if rows:
        table(title, heads, rows, right=("points",))
    else:
        print(f"{title}: no state's land, territorial sea or special-use airspace was entered")
    if len(entries) > len(rows):
        print(f"… and {len(entries) - len(rows):,} more in the file")
    for one in audits:
        for note in one.flown.trajectory.notes:
            print(f"{one.flown.trajectory.name}: {note}")


def _row(entry: Entry) -> Sequence[str]:
    end = f"{entry.end:%H:%M:%S}" if entry.end.date() == entry.start.date() else f"{entry.end:%Y-%m-%d %H:%M:%S}"
    return [
        entry.state,
        entry.name or entry.kind,
        entry.flight or entry.track,
        f"{entry.start:%Y-%m-%d %H:%M:%S}",
        end,
        f"{entry.points:,}",
        entry.verdict + (", disputed" if entry.disputed else "") + (", suspect" if entry.suspect else ""),
        ", ".join(entry.authorised_by) or "nobody",
    ]
