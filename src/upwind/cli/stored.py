"""What the commands that use a store share: where it is, and that every use of it is logged."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from upwind.readers.sites import read_candidates
from upwind.records import Candidate
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import COMMAND_LINE, Draft
from upwind.store.ledger import append
from upwind.store.places import default_url, open_store, shelf_of
from upwind.store.session import Session
from upwind.store.sites import OF_FLIGHT, arrive, attach, seed
from upwind.store.store import Store

__all__ = ["COMMAND_LINE", "add_store", "keep_sites", "note_use", "opened", "url_of"]


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare where the store is."""
    parser.add_argument(
        "--store",
        metavar="URL",
        help="sqlite:///FILE or postgresql://USER@HOST/DATABASE (default: a file in the user's data folder)",
    )


def url_of(arguments: argparse.Namespace) -> str:
    """Return the URL of the store that was asked for."""
    return arguments.store or default_url()


@contextmanager
def opened(arguments: argparse.Namespace, *words: str) -> Iterator[Store]:
    """Give the store, in whose log it now stands that the command line was used, and by what words.

    The command line on the store's host can do everything; that it was used must not be hidden.
    """
    with open_store(url_of(arguments)) as store:
        note_use(store, *words)
        yield store


def note_use(store: Store, *words: str) -> None:
    """Enter in the log by what words the command line was used."""
    body = {"command": " ".join(words), "uid": os.getuid()}
    store.write(lambda session: append(session, Draft(who=COMMAND_LINE, what=What.COMMAND, body=body)))


def keep_sites(
    store: Store, url: str, path: Path, evidence: Mapping[str, Sequence[Path]], truth: Verdict | None = None
) -> tuple[int, int]:
    """Return how many candidate sites of a file are new or changed in the store, and how many it holds.

    Parameters
    ----------
    evidence
        The files of each flight by its id; they go on the shelf, for the sites that the flight saw or was silent about.
    truth
        What the sites are known to be, where they are seeded to measure reviewers.
    """
    candidates = read_candidates(path)
    shelf = shelf_of(url)
    kept = {
        flight: [(f"{flight}{OF_FLIGHT}{file.name}", shelf.put(file.read_bytes())) for file in files]
        for flight, files in evidence.items()
    }

    def come(session: Session) -> int:
        ids = arrive(session, COMMAND_LINE, candidates, path.name)
        for candidate in candidates if kept else ():
            for name, digest in (pair for flight in _flights_of(candidate) for pair in kept.get(flight, ())):
                attach(session, candidate.id, name, digest)
        if truth is not None:
            for name in ids:
                seed(session, COMMAND_LINE, name, truth)
        return len(ids)

    return store.write(come), len(candidates)


def _flights_of(candidate: Candidate) -> list[str]:
    """Return the flights that saw a site, and those that passed it and were silent: both are evidence."""
    said = candidate.feature["properties"]
    silent = (term["evidence"] for term in said.get("terms") or () if term["kind"] == "silent")
    return list(dict.fromkeys([*(said.get("flights") or ()), *silent]))
