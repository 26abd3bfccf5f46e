"""The judgement form: its fields as a browser sends them, and as a document that a judgement is read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["HYPOTHESES", "SOURCES", "judgement_said"]

#: Rows that the form has; what takes more goes through the API.
HYPOTHESES, SOURCES = range(4), range(6)


def judgement_said(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says, as `review.judgement.read_judgement` takes it; rows left empty are none."""
    said: dict[str, Any] = {field: form.get(field, "") for field in ("verdict", "likelihood", "confidence", "reason")}
    said["benign"] = _parts(form.get("benign", ""), "\n")
    said["hypotheses"] = [_hypothesis(form, number) for number in HYPOTHESES if _is_used(form, f"hypothesis-{number}-")]
    said["sources"] = [_source(form, number) for number in SOURCES if _is_used(form, f"source-{number}-")]
    return said


def _is_used(form: Mapping[str, str], row: str) -> bool:
    return any(value.strip() for name, value in form.items() if name.startswith(row))


def _hypothesis(form: Mapping[str, str], number: int) -> dict[str, Any]:
    fields = {name: form.get(f"hypothesis-{number}-{name}", "") for name in ("name", "consistent", "inconsistent")}
    return {"name": fields["name"], **{name: _parts(fields[name], ",") for name in ("consistent", "inconsistent")}}


def _source(form: Mapping[str, str], number: int) -> dict[str, Any]:
    credibility = form.get(f"source-{number}-credibility", "")
    return {
        "id": form.get(f"source-{number}-id", "").strip(),
        "reliability": form.get(f"source-{number}-reliability", ""),
        "credibility": int(credibility) if credibility in set("123456") else None,
    }


def _parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]
