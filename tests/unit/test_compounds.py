"""The table of compounds: names find, formulas weigh, numbers check."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from upwind.compounds import Compound, every, find
from upwind.compounds.figures import figure, figures, vapour_pressure_pa

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


def test_listed_compounds_are_those_of_the_public_tables() -> None:
    listed = {compound.name: compound.un_1988 for compound in every() if compound.un_1988}
    assert {name for name, table in listed.items() if table == "II"} == {
        "acetone",
        "diethyl ether",
        "methyl ethyl ketone",
        "toluene",
        "piperidine",
        "hydrogen chloride",
    }
    assert "ammonia" not in listed


@pytest.mark.parametrize("compound", every(), ids=lambda compound: compound.name)
def test_every_figure_has_a_source_and_a_sane_value(compound: Compound) -> None:
    for each in figures(compound):
        assert each.source
        assert each.unit
        assert ("unverified" in each.words) is not each.is_verified
    lower, upper = (figure(compound, f"{name}_flammable_limit") for name in ("lower", "upper"))
    assert lower is None or upper is None or 0.0 < lower.value < upper.value <= 100.0


@pytest.mark.parametrize(
    ("name", "kilopascal"),  # CRC Handbook of Chemistry and Physics, 25 degrees C
    [("acetone", 30.8), ("toluene", 3.79), ("benzene", 12.7), ("ethanol", 7.87), ("n-hexane", 20.2)],
)
def test_vapour_pressures_of_the_handbook(name: str, kilopascal: float) -> None:
    compound = find(name)
    assert compound is not None
    assert vapour_pressure_pa(compound, 298.15) / 1000.0 == pytest.approx(kilopascal, rel=0.02)
    assert vapour_pressure_pa(compound, 400.0) != vapour_pressure_pa(compound, 400.0)


def test_levels_of_danger_rise() -> None:
    for compound in every():
        for minutes in (60.0, 480.0):
            levels = [figure(compound, f"aegl_{level}", minutes) for level in (1, 2, 3)]
            values = [level.value for level in levels if level is not None and level.unit == "mg/m3"]
            assert values == sorted(values), compound.name
