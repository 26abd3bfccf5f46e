"""The table of compounds: names find, formulas weigh, numbers check."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from upwind.compounds import Compound, every, find

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "chem" / "properties" / "voc_properties.csv"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("methane", "methane"),
        ("CH4", "methane"),
        ("Metano", "methane"),
        ("co2", "carbon dioxide"),
        ("carbon_dioxide", "carbon dioxide"),
        ("bioxido de azufre", "sulfur dioxide"),
        ("SO2", "sulfur dioxide"),
        ("MEK", "methyl ethyl ketone"),
        ("1-2-4-Trimethylbenzene", "1,2,4-trimethylbenzene"),
        ("7647-01-0", "hydrogen chloride"),
        ("methane (Picarro)", "methane"),
        ("nC4H10", "n-butane"),
    ],
)
def test_a_name_finds_its_compound(name: str, found: str) -> None:
    compound = find(name)
    assert compound is not None
    assert compound.name == found


@pytest.mark.parametrize("name", ["TVOC", "VOC", "C4H8O", "", "(x)", "time"])
def test_a_mixture_or_a_shared_formula_finds_none(name: str) -> None:
    assert find(name) is None


def test_every_name_means_one_compound() -> None:
    for compound in every():
        for name in (compound.name, *compound.synonyms, compound.cas):
            assert find(name) == compound, name


@pytest.mark.parametrize("compound", every(), ids=lambda compound: compound.name)
def test_the_check_digit_of_a_cas_number_holds(compound: Compound) -> None:
    digits = compound.cas.replace("-", "")
    assert sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), 1)) % 10 == int(digits[-1])


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="needs the measured data that lie beside the checkout")
def test_molar_masses_are_those_of_the_package_chemicals() -> None:
    with SHARED.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            compound = find(row["name"])
            assert compound is not None, row["name"]
            assert compound.cas == row["CAS"]
            assert compound.molar_mass_g_mol == pytest.approx(float(row["MW_g_mol"]), rel=3e-4)


@pytest.mark.parametrize(
    ("name", "mass"), [("methane", 16.043), ("sulfur dioxide", 64.058), ("toluene", 92.141), ("SF6", 146.048)]
)
def test_molar_masses_of_the_handbook(name: str, mass: float) -> None:
    compound = find(name)
    assert compound is not None
    assert compound.molar_mass_g_mol == pytest.approx(mass, abs=1e-3)
