"""What a person sees in the terminal: one table, and progress on long work. rich is imported when first used."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["progress", "standing", "table", "tell"]

#: Nobody reads a terminal line longer than this in one go. [columns]
WIDEST = 100

#: Shorter work shows no progress. [s]
PATIENCE_S = 2.0


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """Give a function that takes the part done (0 to 1) and, on a terminal, draws a bar with the time left.

    Nothing is drawn in the first two seconds, nor where standard error is not a terminal.

    Examples
    --------
    >>> with progress("locating methane") as advance:
    ...     for step in range(10):
    ...         advance((step + 1) / 10)
    """
    bar = _Bar(label)
    try:
        yield bar.advance
    finally:
        bar.close()


@contextmanager
def standing() -> Iterator[Callable[[str], None]]:
    """Give a function that takes a line of how things stand and, on a terminal, writes it over the one before.

    Nothing is written where standard error is not a terminal; at the end the line is taken off the screen.
    """
    shows = sys.stderr.isatty()

    def say(line: str) -> None:
        if shows:
            print(f"\r\x1b[2K{line[: get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True)

    try:
        yield say
    finally:
        say("")


class _Bar:
    """A progress bar that starts late or never."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._start = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None

    def advance(self, part: float) -> None:
        """Say how much is done, 0 to 1."""
        if self._shown is None and self._is_due():
            self._shown = self._open()
        if self._shown is not None:
            bar, task = self._shown
            bar.update(task, completed=min(max(part, 0.0), 1.0))

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._shown is not None:
            self._shown[0].stop()

    def _is_due(self) -> bool:
        return time.monotonic() - self._start > PATIENCE_S and sys.stderr.isatty()

    def _open(self) -> tuple[Progress, TaskID]:
        from rich import progress as rich  # noqa: PLC0415 (a tenth of a second that short work need not pay)
        from rich.console import Console  # noqa: PLC0415

        columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.TaskProgressColumn())
        bar = rich.Progress(*columns, rich.TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        task = bar.add_task(self._label, total=1.0)
        bar.start()
        return bar, task


def tell(sentences: Iterable[str]) -> None:
    """Print sentences, each on lines of its own, none wider than a person reads in one go but for what is one word."""
    for sentence in sentences:
        print(textwrap.fill(sentence, WIDEST, break_long_words=False, break_on_hyphens=False))


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
) -> None:
    """Print one table of at most 100 columns, its rows in the order given.

    Parameters
    ----------
    title
        The finding, above the table; empty for none.
    columns
        The heads, units in them.
    rows
        One text a column each; a cell too wide is folded.
    right
        The heads whose columns stand flush right: numbers.
    whole
        The heads whose columns are never folded: names to be typed again.
    """
    from rich import box  # noqa: PLC0415 (as above)
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    drawn = Table(box=box.SIMPLE_HEAD, title=Text(title) if title else None, title_justify="left", pad_edge=False)
    drawn.collapse_padding = True
    for head in columns:
        drawn.add_column(
            Text(head), overflow="fold", no_wrap=head in whole, justify="right" if head in right else "left"
        )
    for row in rows:
        drawn.add_row(*map(Text, row))
    console.print(drawn)
