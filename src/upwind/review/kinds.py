"""What the log tells of: one word a kind of entry.

A kind that nothing here knows changes no standing, so that releases, receipts, answers and recalls stand in the same
log: a kind is a word here, and, where it changes a standing, a line in `standing`.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["What"]


class What(StrEnum):
    """The kinds of entries, and what their bodies hold."""

    #: A candidate site came, or more is known of it: `sha256` of its Feature, `probability` as text, `from` where.
    SITE = "site"
    #: A person took a case for a while: `stage`, `round`, `until`.
    CLAIM = "claim"
    #: A person decided about a case: what `Judgement.as_body` says, with `stage`, `round` and `withheld`; `nonce` is
    #: drawn, so that nobody finds out a verdict by trying which one gives the digest that later entries rest on.
    JUDGEMENT = "judgement"
    #: A judgement anew: `corrects` (its seq), and a judgement's body.
    CORRECTION = "correction"
    #: One's own step taken back, nobody having built on it: `undoes` (its seq).
    UNDO = "undo"
    #: Review begins anew: `why`.
    REOPENED = "reopened"
    #: The case is another one's: `of`.
    DUPLICATE = "duplicate"
    #: The case is looked at together with another: `into`.
    MERGE = "merge"
    #: The case is several places: `into`, the ids that stand for them.
    SPLIT = "split"
    #: To be looked at when it is flown over again: `why`.
    WATCH = "watch"
    #: A flight is wanted: `why`.
    FLIGHT_REQUEST = "flight-request"
    #: Whose the case is: `to`.
    ASSIGN = "assign"
    #: A word about the case: `text`, and `mentions`, the accounts it calls.
    COMMENT = "comment"
    #: A leased case given back before it was judged.
    GIVE_BACK = "give-back"
    #: A leased case passed on at the end of a shift: `to`, `text`.
    HAND_OVER = "hand-over"
    #: A case whose truth is known, to measure reviewers: `truth`, a verdict.
    KNOWN = "known"
    #: An account came to be: `name`, `roles`, `partner`.
    ACCOUNT = "account"
    #: An administrator asks for a role that another one must grant too: `name`, `role`.
    GRANT_ASKED = "grant-asked"
    #: A role was granted: `name`, `role`, `by`, the administrators.
    GRANT = "grant"
    #: A role was taken away: `name`, `role`.
    REVOKE = "revoke"
    #: A way in was made or ended: `name`, `kind` ("token", "link", "session", "password", "one-time codes", "no
    #: one-time codes"; "session ended", "none": all were ended); never the secret.
    ACCESS = "access"
    #: An account was cleared for a marking: `name`, `clearance`, "" for nothing any more.
    CLEARANCE = "clearance"
    #: The command line was used: `command`, its words.
    COMMAND = "command"
    #: Evidence was deleted by the rules of retention: `digests`, `why`.
    FORGOTTEN = "forgotten"
    #: What was agreed with a partner: `partner`, `agreement` (its text), `sha256` of it, `recipient`, and `signers`,
    #: the keys that sign receipts.
    PARTNER = "partner"
    #: An answer on whether a place is already worked on: `asked`, `is_free`.
    DECONFLICTION = "deconfliction"
    #: A draft was built: `release`, `series`, `partner`, `time`, `expires`, `sha256` of it.
    DRAFT = "draft"
    #: An officer signed a draft: `release`, `key`.
    SIGNATURE = "signature"
    #: All have signed, and it is sealed: what a draft says, `signers`, and `sha256` of the package.
    RELEASE = "release"
    #: A release is called back: `release`, `series`, `reason`.
    RECALL = "recall"
    #: A partner has a release in hand: `release`, `sha256` of the package as it came, and `signed`, the partner's own
    #: signed receipt where it came as a file.
    RECEIPT = "receipt"
    #: A partner's answer to a release: `release`, and what `outcomes.answers.Answer.as_body` says.
    ANSWER = "answer"
    #: What we replied to a partner's question: `release`, `text`.
    REPLY = "reply"
    #: What a holder did with a recalled release: `release`, `state` ("destroyed", "retained"), `why`, and `signed`.
    RECALLED = "recalled"
    #: A list of recalls was signed: `version`, `sha256` of it, `expires`, and `root`, the version of the trust.
    RECALL_LIST = "recall-list"
    #: A package was put into a drop folder: `release`, `to`, `sha256`, and the versions `recalls` and `root` with it.
    DELIVERY = "delivery"
    #: A partner's step is overdue: `release`, `waits_for`, `since`, `due`, `standing`, and `to`, whom it is for.
    REMINDER = "reminder"
    #: Somebody complains about a release and what was done upon it: `release`, `by` (whose complaint), `text`.
    COMPLAINT = "complaint"
    #: A flight was flown and audited: `flight`, `platform`, `from`, `to`, `seconds`, `sha256`, and `entries`, each with
    #: `state`, `kind` and whether it `is_authorised`; those of late also `from`, `to`, `verdict`, `disputed`
    #: and `authorised_by`, the authorisations with `basis`, `recorded_by` and their own times, or `why_not`.
    FLIGHT = "flight"
    #: A run left a search map: `mission`, `sha256` of the file, `flights`, `until`, the end of the last of
    #: them, and `box`, the degrees as texts that it covers.
    SEARCH_MAP = "search-map"
    #: An account asked for what it may not have: `right`.
    DENIED = "denied"
