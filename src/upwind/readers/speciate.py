"""EPA SPECIATE as tables of text (CSV): profiles, their weights, species, and which references each profile is from.

A zip archive or a folder holds them; a table is known by its columns, not by its name, and may be packed with gzip.
Only gas profiles are taken. Columns (any capitals): `PROFILE_CODE`, `PROFILE_TYPE`, `CATEGORY_LEVEL_1_…` and
`CATEGORY_LEVEL_2_…` of the profiles; `PROFILE_CODE`, `SPECIES_ID`, `WEIGHT_PERCENT` of the weights; `SPECIES_ID`,
`CAS`, `SPECIES_NAME` of the species; `PROFILE_CODE` and `REF_CODE` (or `REFERENCE_CODE`) of the references, where they
do not stand with the profiles. `BENIGN_CLASS` and `GROUP` beside a profile go before what its category and references
say.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from upwind.compounds.species import keys_of
from upwind.errors import FormatError
from upwind.readers.files import LARGEST, shown

__all__ = ["GasProfile", "read_speciate"]

#: Of the whole; less is left out. [wt%]
LEAST_PERCENT = 0.01

_CAS = re.compile(r"\d{2,7}-\d\d-\d")
_REMEDY = "give a zip or folder with the tables of SPECIATE as CSV: profiles, weights, species"
_TEXT = (".csv", ".csv.gz", ".txt")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GasProfile:
    """One profile: `parts` by species key [wt%], the `category` it stands in, and who published it.

    `category` is generation mechanism and sector; `benign_class` and `group` are None where the table has no such
    column.
    """

    code: str
    category: tuple[str, str]
    benign_class: str | None
    group: str | None
    references: frozenset[str]
    parts: Mapping[str, float]


def read_speciate(path: Path) -> tuple[tuple[GasProfile, ...], str]:
    """Return the gas profiles of a database, and the sha256 of what was read.

    Raises
    ------
    FormatError
        A table is missing, is none, or speaks of a profile or species that no other table knows.
    """
    tables, digest = _tables(path)
    profiles = _with(path, tables, "profiles", ("PROFILE_CODE", "PROFILE_TYPE"))
    species = _with(path, tables, "species", ("SPECIES_ID", "CAS", "SPECIES_NAME"))
    weights = _with(path, tables, "weights", ("PROFILE_CODE", "SPECIES_ID", "WEIGHT_PERCENT"))
    keys = {row["SPECIES_ID"]: _key(row) for row in species}
    references = _references(tables)
    parts: dict[str, dict[str, float]] = {row["PROFILE_CODE"]: {} for row in profiles if _is_gas(row)}
    for number, row in enumerate(weights, start=1):
        if row["PROFILE_CODE"] in parts:
            key, percent = _weight(path, number, row, keys)
            own = parts[row["PROFILE_CODE"]]
            if percent >= LEAST_PERCENT:  # -99 is missing
                own[key] = own.get(key, 0.0) + percent
    found = tuple(
        GasProfile(
            code=row["PROFILE_CODE"],
            category=(_starting(row, "CATEGORY_LEVEL_1"), _starting(row, "CATEGORY_LEVEL_2")),
            benign_class=row.get("BENIGN_CLASS"),
            group=row.get("GROUP"),
            references=references.get(row["PROFILE_CODE"], frozenset([f"profile {row['PROFILE_CODE']}"])),
            parts=parts[row["PROFILE_CODE"]],
        )
        for row in profiles
        if parts.get(row["PROFILE_CODE"])
    )
    if not found:
        raise FormatError(str(path), "", "there is no gas profile with weights in it", _REMEDY)
    return found, digest


def _tables(path: Path) -> tuple[list[list[Row]], str]:
    """Return every table of a zip or folder, and the digest of their bytes."""
    digest = hashlib.sha256()
    tables = []
    try:
        for name, content in _contents(path):
            digest.update(content)
            tables.append(_rows(path, name, content))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError, csv.Error) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(str(path), "", f"cannot be read ({shown(str(error), 80)})", _REMEDY) from None
    return tables, digest.hexdigest()


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and unpacked content of every file that may be a table."""
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.name.lower().endswith(_TEXT):
                yield file.name, _unpacked(file.name, file.read_bytes())
        return
    with zipfile.ZipFile(path) as archive:
        tables = [member for member in archive.infolist() if member.filename.lower().endswith(_TEXT)]
        if sum(member.file_size for member in tables) > LARGEST:
            msg = f"its tables hold more than {LARGEST >> 20} MB"
            raise ValueError(msg)
        for member in sorted(tables, key=lambda member: member.filename):
            yield member.filename, _unpacked(member.filename, archive.read(member))


def _unpacked(name: str, content: bytes) -> bytes:
    if not name.lower().endswith(".gz"):
        return content
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        return stream.read(LARGEST)


def _rows(path: Path, name: str, content: bytes) -> list[Row]:
    """Return the rows of a table by their columns in capitals."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if reader.fieldnames is None:
        raise FormatError(str(path), shown(name), "the table is empty", _REMEDY)
    columns = {field: field.strip().upper() for field in reader.fieldnames}
    return [{columns[field]: (cell or "").strip() for field, cell in row.items() if field in columns} for row in reader]


def _with(path: Path, tables: Sequence[list[Row]], name: str, columns: Sequence[str]) -> list[Row]:
    """Return the one table that has these columns."""
    found = [rows for rows in tables if rows and all(column in rows[0] for column in columns)]
    if len(found) != 1:
        fault = f"{len(found) or 'no'} table{'s' * (len(found) > 1)} of {name} (columns {', '.join(columns)})"
        raise FormatError(str(path), "", fault, _REMEDY)
    return found[0]


def _references(tables: Sequence[list[Row]]) -> Mapping[str, frozenset[str]]:
    """Return the references of every profile."""
    found: dict[str, set[str]] = {}
    for rows in tables:
        for row in rows:
            said = row.get("REF_CODE") or row.get("REFERENCE_CODE") or ""
            if row.get("PROFILE_CODE") and said:
                found.setdefault(row["PROFILE_CODE"], set()).update(part.strip() for part in said.split(";"))
    return {code: frozenset(names) for code, names in found.items()}


def _is_gas(row: Row) -> bool:
    return row["PROFILE_TYPE"].upper().startswith("GAS")


def _weight(path: Path, number: int, row: Row, keys: Mapping[str, str]) -> tuple[str, float]:
    """Return the species and percent of a row of weights."""
    if row["SPECIES_ID"] not in keys:
        fault = f"species {shown(row['SPECIES_ID'])} is in no table of species"
        raise FormatError(str(path), f"weights, row {number}", fault, "give all tables of one version")
    try:
        return keys[row["SPECIES_ID"]], float(row["WEIGHT_PERCENT"])
    except ValueError:
        fault = f'"{shown(row["WEIGHT_PERCENT"])}" is not a number'
        raise FormatError(str(path), f"weights, row {number}", fault, "write a weight in percent") from None


def _starting(row: Row, column: str) -> str:
    return next((cell for name, cell in row.items() if name.startswith(column)), "")


def _key(row: Row) -> str:
    """Return the key of a species: by its first CAS number, or by its name, or its name alone where no list has it."""
    (first, *_) = _CAS.findall(row["CAS"]) or [""]
    (key, *_) = sorted(keys_of(row["SPECIES_NAME"], first)) or [first or row["SPECIES_NAME"].casefold()]
    return key
