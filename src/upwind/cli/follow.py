"""`upwind locate --follow`: read growing tracks again and again, and rewrite the GeoJSON while they grow."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType

import numpy as np

from upwind import __version__
from upwind.cli.files import write_beside
from upwind.errors import InputError, UnfinishedError
from upwind.invert import Settings
from upwind.invert.live import Live, caught_up, is_due, refitted
from upwind.pipeline import read_flight
from upwind.readers.files import open_file
from upwind.records import Located, Track
from upwind.render.content import Input, Provenance
from upwind.render.geojson import located_collection, reported, written
from upwind.render.numbers import percent

__all__ = ["Watch", "follow", "in_words"]

#: How often the files are looked at. [s]
_LOOK_S = 0.5
#: After so long without a new row, all is fitted again: there is time. [s]
_QUIET_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is followed and where its answer goes.

    It ends after `idle_timeout_s` without a new row [s], or once it is `stopped`.
    """

    tracks: tuple[Path, ...]
    wind: Path | None
    out: Path
    idle_timeout_s: float
    stopped: Event = field(default_factory=Event)

    def signature(self) -> tuple[object, ...]:
        """Return what changes whenever a file does."""
        paths = [*self.tracks, *([self.wind] if self.wind is not None else [])]
        stats = [path.stat() for path in paths if path.exists()]
        return tuple((stat.st_size, stat.st_mtime_ns) for stat in stats)


def follow(watch: Watch, settings: Settings, say: Callable[[str], None]) -> list[Track] | None:
    """Rewrite the answer while the tracks grow; return them when they have not for the watch's idle time.

    Parameters
    ----------
    watch
        What is followed.
    settings
        As for `locate`; without gases, all that the tracks have.
    say
        Takes a line of how it stands.

    Returns
    -------
    list or None
        None where a person stopped it, an answer being written.

    Raises
    ------
    FormatError
        A row is wrong, or there were too few to the end (`UnfinishedError`). What was written stays.
    """
    tracks: list[Track] = []
    is_written = False
    try:
        with _noting_interrupts(watch):
            for tracks, located in _answers(watch, settings, say):
                provenance = _provenance(watch, tracks, settings.seed)
                write_beside(watch.out, written(located_collection(located, provenance)))
                is_written = True
                say("; ".join([_rows(tracks), *map(in_words, located)]))
    except KeyboardInterrupt:
        if not is_written:
            raise
        return None
    return tracks


@contextmanager
def _noting_interrupts(watch: Watch) -> Iterator[None]:
    """Note an interrupt, too: while kernels compile, the exception it raises may end in a compiler's callback."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        watch.stopped.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _answers(
    watch: Watch, settings: Settings, say: Callable[[str], None]
) -> Iterator[tuple[list[Track], tuple[Located, ...]]]:
    """Give the tracks whenever they have grown, and the answer for each gas."""
    lives: dict[str, Live] = {}
    rngs: dict[str, np.random.Generator] = {}
    for tracks, is_anew in _readings(watch):
        gases = _gases(tracks, settings)
        for number, gas in enumerate(gases):
            rng = rngs.setdefault(gas, np.random.default_rng([settings.seed, number]))
            live = caught_up(rng, lives[gas], tracks) if gas in lives and not is_anew else None
            if live is None or is_due(live):
                say(f"{_rows(tracks)}, fitting {gas}")
                live = refitted(rng, tracks, gas, settings)
            lives[gas] = live
        yield tracks, tuple(lives[gas].located for gas in gases)


def in_words(located: Located) -> str:
    """Return the answer for one gas in a few words."""
    sources = reported(located)
    chances = ", ".join(percent(source.probability) for source in sources)
    found = f"{len(sources)} found, probability {chances}" if sources else located.why
    return f"{located.gas}: {located.status}, {found}"


def _readings(watch: Watch) -> Iterator[tuple[list[Track], bool]]:
    """Give the tracks whenever they have other rows, and whether to take them anew: they were quiet, or have fewer.

    Ends when they have been idle for too long; raises then what was wrong, if they never held enough.
    """
    rows, seen, quiet = 0, None, True
    changed = time.monotonic()
    unfinished: UnfinishedError | None = None
    while time.monotonic() - changed < watch.idle_timeout_s:
        if watch.stopped.is_set():
            raise KeyboardInterrupt
        if (signature := watch.signature()) != seen:
            seen = signature
            tracks, unfinished = _read(watch)
            if tracks and (count := sum(len(track.time) for track in tracks)) != rows:
                is_shorter, rows, quiet = count < rows, count, False
                yield tracks, is_shorter
                changed = time.monotonic()
                continue
        if not quiet and time.monotonic() - changed > _QUIET_S:
            quiet = True
            yield tracks, True
        time.sleep(_LOOK_S)
    if rows == 0 and unfinished is not None:
        raise unfinished


def _read(watch: Watch) -> tuple[list[Track], UnfinishedError | None]:
    """Return the tracks, or none and why where a file holds too little as yet."""
    try:
        return read_flight(watch.tracks, watch.wind, growing=True), None
    except UnfinishedError as error:
        return [], error


def _gases(tracks: Sequence[Track], settings: Settings) -> tuple[str, ...]:
    """Return the gases to locate, in the order that `locate` takes them."""
    present = tuple(dict.fromkeys(gas.name for track in tracks for gas in track.gases))
    for gas in settings.gases:
        if gas not in present:
            msg = f"gas {gas!r} is in no track; there is {', '.join(present) or 'none'}"
            raise InputError(msg)
    return settings.gases or present


def _rows(tracks: Sequence[Track]) -> str:
    return f"{sum(len(track.time) for track in tracks):,} readings"


def _provenance(watch: Watch, tracks: Sequence[Track], seed: int) -> Provenance:
    inputs = [Input(name=track.name, sha256=track.sha256) for track in tracks]
    if watch.wind is not None:
        inputs.append(Input(name=watch.wind.name, sha256=open_file(watch.wind).sha256))
    return Provenance(version=__version__, seed=seed, command="", inputs=tuple(inputs))
