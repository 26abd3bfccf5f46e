"""Deliveries in the store: what was put into a partner's drop folder, and the signed receipts that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwind.errors import FindingError
from upwind.release.receipts import Receipt, partner_of, read_receipt
from upwind.review.kinds import What
from upwind.review.log import Draft, LogEntry
from upwind.store.ledger import append
from upwind.store.releases import Released, partner, release_of
from upwind.store.responses import entries_about, own, settle
from upwind.store.session import Session

__all__ = ["deliverable", "receive", "record_delivery"]


def deliverable(session: Session, release: str) -> Released:
    """Return a release that may still be delivered.

    Raises
    ------
    FindingError
        It was called back.
    """
    found = release_of(session, release)
    if found.recalled:
        msg = f"recalled: {release}, since {found.recalled}"
        raise FindingError(msg)
    return found


def record_delivery(session: Session, who: str, released: Released, body: Mapping[str, Any]) -> LogEntry:
    """Return the entry of a delivery."""
    said = {"release": released.release, "sha256": released.sha256, **body}
    return append(session, Draft(who=who, what=What.DELIVERY, case=released.case, body=said))


def receive(session: Session, who: str, octets: bytes) -> tuple[Receipt, LogEntry]:
    """Return a partner's signed receipt and its entry, which holds it as it was signed; the same again is the same.

    Raises
    ------
    FindingError
        It is not signed by a key that the partner gave, or is of a package that was never sealed here.
    """
    code = partner_of(octets)
    receipt = read_receipt(octets, partner(session, code).signers)
    released = own(session, code, receipt.release)
    sealed = {entry.body["sha256"] for entry in entries_about(session, released, What.RELEASE)}
    if receipt.sha256 not in sealed:
        msg = f"foreign: {receipt.release} was never sealed as the package that this receipt is of"
        raise FindingError(msg)
    text = octets.decode()
    for entry in entries_about(session, released, What.RECEIPT, What.RECALLED):
        if entry.body.get("signed") == text:
            return receipt, entry
    if receipt.state:
        said = {"state": receipt.state, "why": receipt.why}
        return receipt, settle(session, who, code, receipt.release, said, signed=text)
    body = {"release": receipt.release, "sha256": receipt.sha256, "signed": text}
    return receipt, append(session, Draft(who=who, what=What.RECEIPT, case=released.case, body=body))
