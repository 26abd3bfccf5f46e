"""Databases of benign profiles: tables known by their columns, in a zip or folder; every fault one line."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.explain.imported import benign_class, groups, measured_in, stored
from upwind.explain.profiles import CLASSES, restored
from upwind.readers.speciate import read_speciate

TABLES = {
    "PROFILES.csv": """\
PROFILE_CODE,PROFILE_NAME,PROFILE_TYPE,CATEGORY_LEVEL_1_Generation_Mechanism,CATEGORY_LEVEL_2_Sector_Equipment
A1,vapour,GAS,Volatilization,Mobile
A2,exhaust,GAS,Combustion,Mobile; Onroad
A3,paint,GAS - VOC,Volatilization,Surface Coating; Autos
A4,soot,PM,Combustion,Mobile
A5,odd,GAS,Volatilization,Textile Products
""",
    "SPECIES.csv": """\
PROFILE_CODE,SPECIES_ID,WEIGHT_PERCENT
A1,1,60
A1,2,40
A2,3,70
A2,2,-99
A2,4,30
A3,2,99.995
A3,1,0.005
A4,5,100
A5,4,100
""",
    "SPECIES_PROPERTIES.csv": """\
SPECIES_ID,SPECIES_NAME,CAS
1,Isopentane,78-78-4
2,Toluene,108-88-3
3,Ethylene,74-85-1
4,Unheard-of oil,
5,Soot,
""",
    "PROFILE_REFERENCE_CROSSWALK.csv": """\
PROFILE_CODE,REF_Code
A1,Smith1990
A2,Jones2001
A2,Smith1990
A3,Lee2010
""",
}


def archive(folder: Path, **changed: str) -> Path:
    """Return a zip of the tables, some of them changed; an empty one is left out."""
    path = folder / "speciate.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in (TABLES | {f"{name}.csv": text for name, text in changed.items()}).items():
            if text:
                packed.writestr(f"tables/{name}", text)
    return path


def test_gas_profiles_are_read_with_their_species(tmp_path: Path) -> None:
    found, digest = read_speciate(archive(tmp_path))
    assert [profile.code for profile in found] == ["A1", "A2", "A3", "A5"]
    assert found[0].parts == {"78-78-4": 60.0, "108-88-3": 40.0}
    assert found[1].parts == {"74-85-1": 70.0, "unheard-of oil": 30.0}  # -99 is missing
    assert found[2].parts == {"108-88-3": 99.995}  # below 0.01 % is below what is kept
    assert found[1].references == {"Smith1990", "Jones2001"}
    assert len(digest) == 64


def test_a_folder_of_packed_tables_is_the_same(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / f"{name.lower()}.gz").write_bytes(gzip.compress(text.encode()))
    assert read_speciate(tmp_path)[0] == read_speciate(archive(tmp_path))[0]


def test_categories_say_the_class_and_references_the_group(tmp_path: Path) -> None:
    found, _ = read_speciate(archive(tmp_path))
    said = [benign_class(profile) for profile in found]
    assert said == ["fuel evaporation", "engine exhaust", "surface coating", "other benign"]
    number = groups(found).tolist()
    assert number[0] == number[1]  # A1 and A2 share a reference
    assert len(set(number)) == 3


def test_what_is_stored_is_restored(tmp_path: Path) -> None:
    made = measured_in(read_speciate(archive(tmp_path))[0])
    again = restored(gzip.decompress(stored(made)))
    measured = again.references >= 0
    assert measured.sum() == 4
    places = [again.keys.index(key) for key in made.keys]
    assert again.shares[measured][:, places] == pytest.approx(made.shares, rel=1e-2)
    assert [CLASSES[each] for each in again.classes[measured]] == [CLASSES[each] for each in made.classes]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"PROFILES": ""}, "no table of profiles (columns PROFILE_CODE, PROFILE_TYPE)"),
        ({"SPECIES": ""}, "no table of weights"),
        ({"SPECIES": TABLES["SPECIES.csv"].replace("60", "much")}, 'weights, row 1: "much" is not a number'),
        ({"SPECIES": TABLES["SPECIES.csv"] + "A5,99,1\n"}, "species 99 is in no table of species"),
        ({"SPECIES": "PROFILE_CODE,SPECIES_ID,WEIGHT_PERCENT\nA4,5,100\n"}, "there is no gas profile with weights"),
        ({"MORE": TABLES["SPECIES.csv"]}, "2 tables of weights"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    with pytest.raises(FormatError) as fault:
        read_speciate(archive(tmp_path, **changed))
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_damaged_archive_is_one_line(tmp_path: Path) -> None:
    path = archive(tmp_path)
    content = path.read_bytes()
    draw = np.random.default_rng(3)
    said = []
    for _ in range(60):
        worn = bytearray(content[: int(draw.integers(len(content)))] if draw.random() < 0.5 else content)
        for at in draw.integers(max(len(worn), 1), size=3):
            if worn:
                worn[at] ^= 1 << int(draw.integers(8))
        path.write_bytes(bytes(worn))
        said.append(said_of(path))
    assert not any("\n" in line for line in said)
    assert sum(map(bool, said)) > 30


def said_of(path: Path) -> str:
    """Return the line with which a database is refused, "" where it is read."""
    try:
        read_speciate(path)
    except FormatError as error:
        return str(error)
    return ""


def test_no_file_and_no_archive_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("PROFILE_CODE\n", encoding="utf-8")
    for name in ("a.zip", "no.zip"):
        with pytest.raises(FormatError, match="cannot be read"):
            read_speciate(tmp_path / name)


@pytest.mark.shared
def test_the_rule_by_category_agrees_with_the_classes_that_others_gave() -> None:
    found, _ = read_speciate(Path(__file__).parents[3] / "shared" / "data" / "chem" / "speciate")
    blind = [type(profile)(**{**_fields(profile), "benign_class": None}) for profile in found]
    agreed = [benign_class(one) == benign_class(other) for one, other in zip(found, blind, strict=True)]
    assert np.mean(agreed) > 0.995


def _fields(profile: object) -> dict[str, object]:
    return {name: getattr(profile, name) for name in type(profile).__slots__}
