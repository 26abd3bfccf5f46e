"""Make src/upwind/compounds/figures.csv: every figure of every compound with its unit, its source and who checked it.

From the top of the checkout, with `pip install chemicals==1.5.2 thermo==0.6.1` (MIT) and the tables of FOLDER::

    python scripts/make_compounds.py FOLDER

FOLDER holds hazard/epa_hem4_acute_chronic_limits.csv (US EPA), hazard/idlh_aegl_erpg_handentered.csv,
odour/abraham2012_odour_thresholds.csv and properties/voc_properties.csv. Vapour pressures are refitted as
log10(p / Pa) = a - b / (T / K + c) over 250 to 330 K, or as much of it as `thermo`'s model covers. A figure counts as
verified where an agency's own table has it or two sources agree; hand-entered ones alone are not. PID factors are of
RAE Systems' Technical Note TN-106 (2010), hand-entered: three of them (m-xylene, butyl acetate, trichloroethylene) were
read there again.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chemicals
import numpy as np
import thermo

from upwind import compounds

TABLE = Path(__file__).parent.parent / "src" / "upwind" / "compounds" / "figures.csv"
COLUMNS = ("cas", "quantity", "minutes", "value", "unit", "source", "verified")

ROOM_K = 298.15
RANGE_K = (250.0, 330.0)
LAMP_EV = 10.6

CHEMICALS = f"chemicals {chemicals.__version__}"
THERMO = f"thermo {thermo.__version__}"
HEM4 = "US EPA HEM4 acute limits"
BY_HAND = "hand-entered after NIOSH IDLH, EPA AEGL, AIHA ERPG"
ABRAHAM = "Abraham et al. 2012, doi 10.1093/chemse/bjr094"
TN106 = "RAE Systems TN-106 (2010), hand-entered"
IONISATION = "hand-entered ionisation energies"
RULE_PID = "ionisation energy above the lamp's 10.6 eV"
RULE_MOX = "rule: heated metal oxides answer to what burns"

#: Factor of a 10.6 eV lamp: reading in isobutylene times this is the compound.
PID = {
    "acetone": 1.1, "methyl ethyl ketone": 0.86, "toluene": 0.50, "diethyl ether": 1.1, "acetic anhydride": 6.1,
    "benzene": 0.53, "ethylbenzene": 0.52, "o-xylene": 0.46, "m-xylene": 0.43, "p-xylene": 0.45, "styrene": 0.40,
    "n-hexane": 4.3, "n-heptane": 2.8, "n-octane": 1.8, "n-pentane": 8.4, "cyclohexane": 1.4, "ethanol": 10.0,
    "isopropanol": 6.0, "1-butanol": 4.7, "ethyl acetate": 4.6, "n-butyl acetate": 2.6, "methyl acetate": 6.6,
    "tetrahydrofuran": 1.7, "methyl isobutyl ketone": 0.80, "cyclohexanone": 0.90, "acetaldehyde": 6.0,
    "trichloroethylene": 0.54, "tetrachloroethylene": 0.57, "vinyl chloride": 2.0, "chlorobenzene": 0.40,
    "ammonia": 9.7, "hydrogen sulfide": 3.3, "phosphine": 3.9, "methylamine": 1.2, "isoprene": 0.63,
    "alpha-pinene": 0.31, "limonene": 0.33, "ethylene": 9.0, "propylene": 1.4, "1,3-butadiene": 0.85,
    "carbon disulfide": 1.2, "dimethyl sulfide": 0.44, "methyl mercaptan": 0.54, "methyl tert-butyl ether": 0.90,
    "pyridine": 0.70, "nitric oxide": 5.2, "acetic acid": 22.0, "1,4-dioxane": 1.3, "2-butoxyethanol": 1.2,
    "methyl methacrylate": 1.5, "N,N-dimethylformamide": 0.70,
}  # fmt: skip
READ_AGAIN = frozenset({"m-xylene", "n-butyl acetate", "trichloroethylene"})

#: Reading of an electrochemical cell made for one gas, in parts of another's concentration. Makers differ by twofold.
CELLS = {
    ("carbon monoxide", "hydrogen"): 0.4, ("carbon monoxide", "ethylene"): 0.5, ("carbon monoxide", "ethanol"): 0.1,
    ("hydrogen sulfide", "sulfur dioxide"): 0.1, ("hydrogen sulfide", "methyl mercaptan"): 0.4,
    ("ammonia", "hydrogen sulfide"): 1.3, ("ammonia", "methylamine"): 1.0, ("chlorine", "nitrogen dioxide"): 0.5,
    ("sulfur dioxide", "nitrogen dioxide"): -1.0, ("phosphine", "hydrogen sulfide"): 0.8,
    ("hydrogen chloride", "hydrogen bromide"): 1.0, ("formaldehyde", "ethanol"): 0.01,
}  # fmt: skip
CELLS_SOURCE = "order of magnitude of makers' tables, hand-entered"

#: AEGL of all five times [ppm], by compound and level, each read where its source says; verified where that is an
#: agency's own page. They fill what the tables of FOLDER lack.
AEGL_MINUTES = (10, 30, 60, 240, 480)
NRC_4 = "NRC, AEGL vol. 4, 2004, p. 78 (doi 10.17226/10902)"
EPA_LIST = "US EPA, Final AEGLs (162), October 3, 2014, read in a copy"
WIKIPEDIA = "EPA's AEGL as Wikipedia's article on AEGLs gives them"
NIHS = "NRC, AEGL vol. 6, 2008, as Japan's NIHS gives it"
MALONE = "NRC, AEGL vol. 9, 2010, as table 3 of doi 10.1016/j.niox.2017.09.011 gives it"
AEGL = (
    ("hydrogen chloride", 1, (1.8, 1.8, 1.8, 1.8, 1.8), NRC_4, True),
    ("carbon tetrachloride", 2, (27, 18, 13, 7.6, 5.8), EPA_LIST, True),
    ("carbon tetrachloride", 3, (700, 450, 340, 200, 150), EPA_LIST, True),
    ("chlorine", 1, (0.50, 0.50, 0.50, 0.50, 0.50), WIKIPEDIA, False),
    ("chlorine", 2, (2.8, 2.8, 2.0, 1.0, 0.71), WIKIPEDIA, False),
    ("chlorine", 3, (50, 28, 20, 10, 7.1), WIKIPEDIA, False),
    ("ammonia", 1, (30, 30, 30, 30, 30), NIHS, False),
    ("ammonia", 2, (220, 220, 160, 110, 110), NIHS, False),
    ("ammonia", 3, (2700, 1600, 1100, 550, 390), NIHS, False),
    ("hydrogen sulfide", 1, (0.75, 0.60, 0.51, 0.36, 0.33), MALONE, False),
    ("hydrogen sulfide", 2, (41, 32, 27, 20, 17), MALONE, False),
    ("hydrogen sulfide", 3, (76, 59, 50, 37, 31), MALONE, False),
)

Row = tuple[str, str, float, float, str, str, bool]


def main() -> None:
    """Write the table."""
    warnings.simplefilter("ignore")  # the packages warn of fits that are then not used
    folder = Path(sys.argv[1])
    found = [row for compound in compounds.every() for row in properties(compound)]
    found += [*ionisation(folder), *odours(folder), *agency(folder), *by_hand(folder), *other_times(), *cells()]
    known = {compound.cas for compound in compounds.every()}
    rows = sorted({row[:3]: row for row in reversed(found) if row[0] in known}.values())
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for cas, quantity, minutes, value, unit, source, verified in rows:
            told = f"{minutes:g}" if minutes else ""
            table.writerow([cas, quantity, told, f"{value:.5g}", unit, source, "yes" if verified else "no"])
    print(f"{len(rows)} figures of {len({row[0] for row in rows})} compounds")


def properties(compound: compounds.Compound) -> Iterator[Row]:
    """Yield what the packages know of a compound."""
    cas = compound.cas
    for name, limit in (
        ("lower_flammable_limit", chemicals.LFL(CASRN=cas)),
        ("upper_flammable_limit", chemicals.UFL(CASRN=cas)),
    ):
        if limit is not None:
            yield (cas, name, 0, 100.0 * limit, "vol%", CHEMICALS, True)
            if name.startswith("lower"):
                yield (cas, "metal_oxide_answers", 0, 1.0, "1", RULE_MOX, False)
    yield from pressures(cas)
    try:
        density: Any = thermo.Chemical(cas, T=ROOM_K).rhol
    except Exception:  # noqa: BLE001 (the package raises anything for what it does not know)
        density = None
    boiling = chemicals.Tb(CASRN=cas)
    if density is not None and boiling is not None and boiling > ROOM_K:
        yield (cas, "liquid_density", 0, float(density), "kg/m3", THERMO, True)
    if boiling is not None:
        yield (cas, "boiling_point", 0, float(boiling), "K", CHEMICALS, True)
    if compound.name in PID:
        yield (cas, "pid_factor_10.6_eV", 0, PID[compound.name], "1", TN106, compound.name in READ_AGAIN)


def pressures(cas: str) -> Iterator[Row]:
    """Yield the coefficients of the vapour pressure, the range they hold for, and the worst error of the fit."""
    try:
        model = thermo.VaporPressure(CASRN=cas)
        temperatures = np.linspace(*RANGE_K, 33)
        values = np.array([model(kelvin) or np.nan for kelvin in temperatures], dtype=float)
    except Exception:  # noqa: BLE001 (as above)
        return
    held = np.isfinite(values) & (values > 0.0)
    if held.sum() < 8:  # noqa: PLR2004 (three coefficients need more)
        return
    kelvin, logs = temperatures[held], np.log10(values[held])
    fits = []
    for offset in np.linspace(-120.0, 20.0, 281):
        table = np.stack([np.ones_like(kelvin), -1.0 / (kelvin + offset)], axis=1)
        solution = np.linalg.lstsq(table, logs, rcond=None)[0]
        fits.append((float(np.abs(table @ solution - logs).max()), float(offset), solution))
    error, offset, (first, second) = min(fits, key=lambda fit: fit[0])
    source = f"{THERMO} ({model.method}), refitted"
    for name, value, unit in (
        ("vapour_pressure_a", first, "log10(Pa)"),
        ("vapour_pressure_b", second, "K"),
        ("vapour_pressure_c", offset, "K"),
        ("vapour_pressure_from", kelvin[0], "K"),
        ("vapour_pressure_to", kelvin[-1], "K"),
        ("vapour_pressure_error", 100.0 * (10.0**error - 1.0), "%"),
    ):
        yield (cas, name, 0, float(value), unit, source, True)


def ionisation(folder: Path) -> Iterator[Row]:
    """Yield ionisation energies, and which compounds a PID's lamp cannot ionise."""
    for row in read(folder / "properties" / "voc_properties.csv"):
        if row["IE_eV_handentered"]:
            energy = float(row["IE_eV_handentered"])
            yield (row["CAS"], "ionisation_energy", 0, energy, "eV", IONISATION, False)
            if energy > LAMP_EV:
                yield (row["CAS"], "pid_is_blind_10.6_eV", 0, 1.0, "1", RULE_PID, False)


def odours(folder: Path) -> Iterator[Row]:
    """Yield thresholds that half of a panel smells."""
    for row in read(folder / "odour" / "abraham2012_odour_thresholds.csv"):
        compound = compounds.find(row["name"]) or compounds.find(row["IUPACName"])
        if compound is not None:
            yield (compound.cas, "odour_threshold", 0, 10.0 ** -float(row["Log (1/ODT)"]), "ppm", ABRAHAM, True)


def agency(folder: Path) -> Iterator[Row]:
    """Yield limits of the EPA's own table."""
    for row in read(folder / "hazard" / "epa_hem4_acute_chronic_limits.csv"):
        for level in (1, 2):
            for hours in (1, 8):
                text = row[f"AEGL-{level} ({hours}-hr) (mg/m3)"].strip()
                if text and float(text) > 0.0:
                    yield (row["CAS"], f"aegl_{level}", 60 * hours, float(text), "mg/m3", HEM4, True)
            text = row[f"ERPG-{level} (mg/m3)"].strip()
            if text and float(text) > 0.0:
                yield (row["CAS"], f"erpg_{level}", 60, float(text), "mg/m3", HEM4, True)


def by_hand(folder: Path) -> Iterator[Row]:
    """Yield limits entered by hand, of the kinds and compounds that the EPA's table lacks."""
    kinds = [("IDLH_ppm", "idlh", 30)]
    kinds += [(f"AEGL{level}_60", f"aegl_{level}", 60) for level in (1, 2, 3)]
    kinds += [(f"ERPG{level}", f"erpg_{level}", 60) for level in (1, 2, 3)]
    have = {(cas, quantity, minutes) for cas, quantity, minutes, *_ in agency(folder)}
    for row in read(folder / "hazard" / "idlh_aegl_erpg_handentered.csv"):
        for column, quantity, minutes in kinds:
            if row[column] and (row["CAS"], quantity, minutes) not in have:
                yield (row["CAS"], quantity, minutes, float(row[column]), "ppm", BY_HAND, False)


def other_times() -> Iterator[Row]:
    """Yield AEGL of every time of the compounds that they were looked up for."""
    for name, level, values, source, verified in AEGL:
        compound = compounds.find(name)
        if compound is None:
            msg = f"{name} is in no table"
            raise ValueError(msg)
        for minutes, value in zip(AEGL_MINUTES, values, strict=True):
            yield (compound.cas, f"aegl_{level}", minutes, value, "ppm", source, verified)


def cells() -> Iterator[Row]:
    """Yield what electrochemical cells read of gases that they are not made for."""
    for (cell, gas), part in CELLS.items():
        compound = compounds.find(gas)
        if compound is None:
            msg = f"{gas} is in no table"
            raise ValueError(msg)
        yield (compound.cas, f"cell_for_{cell.replace(' ', '_')}", 0, part, "1", CELLS_SOURCE, False)


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table."""
    with path.open(newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


if __name__ == "__main__":
    main()
