"""Which concentrations count for a compound, for how long, and what stands in where the first choice is missing.

Toxic limits are taken in this order: AEGL; ERPG, which are of 60 min; NIOSH's IDLH, of 30 min, for level 3, and a tenth
of it for level 2 (EPA, FEMA and DOT 1987, Technical Guidance for Hazards Analysis; unverified). A limit of a longer
time than asked for is taken as it is, which protects more; one of a shorter time is brought down along equal toxic load
``C^n t`` (ten Berge et al. 1986, doi 10.1016/0304-3894(86)85003-8, unverified), with n = 1, the most protective, unless
a published n is known. Where a shorter and a longer one are known, equal toxic load through both tells what lies
between.

Flammable zones are those of 60 % and of 10 % of the lower limit: the first allows for pockets richer than the mean, as
NOAA's ALOHA does, the second is where meters raise their alarm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from upwind.compounds import Compound
from upwind.compounds.figures import Figure, figures
from upwind.records import Limit

__all__ = ["MINUTES", "limits_of", "load_exponent", "mg_per_ppm"]

#: Exposure times of the AEGL. [min]
MINUTES = (10.0, 30.0, 60.0, 240.0, 480.0)
#: Volume of a mole of air at 25 degrees C and one atmosphere. [l]
_MOLAR_VOLUME = 24.465
#: n of the toxic load, by CAS number: National Research Council, Acute Exposure Guideline Levels 4, 2004
#: (doi 10.17226/10902): hydrogen chloride p. 122, hydrogen fluoride p. 124, chlorine as its AEGL-3 fall with time.
_EXPONENTS = {"7647-01-0": 1.0, "7664-39-3": 2.0, "7782-50-5": 2.0}
#: What stands in for an AEGL of a level, each with the share of it that counts.
_STAND_INS = {
    3: (("erpg_3", "ERPG-3", 1.0), ("idlh", "IDLH", 1.0)),
    2: (("erpg_2", "ERPG-2", 1.0), ("idlh", "IDLH/10", 0.1)),
    1: (("erpg_1", "ERPG-1", 1.0),),
}
_FLAMMABLE = (0.6, 0.1)


def load_exponent(compound: Compound) -> float:
    """Return n of the toxic load ``C^n t``; 1, which protects most, where no published one is known."""
    return _EXPONENTS.get(compound.cas, 1.0)


def mg_per_ppm(compound: Compound) -> float:
    """Return the mass concentration of a mole fraction of 1 ppm at 25 degrees C. [mg m-3]"""
    return compound.molar_mass_g_mol / _MOLAR_VOLUME


def limits_of(compound: Compound) -> tuple[Limit, ...]:
    """Return every limit of a compound, the gravest first; a level that nothing stands in for is left out."""
    known = figures(compound)
    toxic = [_level(compound, level, minutes) for level in (3, 2, 1) for minutes in MINUTES]
    return (*filter(None, toxic), *_flammable(compound, known), *_odour(compound, known))


def _level(compound: Compound, level: int, minutes: float) -> Limit | None:
    for quantity, name, share in ((f"aegl_{level}", f"AEGL-{level}", 1.0), *_STAND_INS[level]):
        rows = [each for each in figures(compound) if each.quantity == quantity and each.minutes is not None]
        if rows:
            return _brought_to(compound, (f"level {level}", name, share), minutes, rows)
    return None


def _brought_to(compound: Compound, which: tuple[str, str, float], minutes: float, rows: list[Figure]) -> Limit:
    """Return a limit for an exposure time from those that are known."""
    kind, name, share = which
    by_time = sorted(rows, key=lambda each: each.minutes or 0.0)
    shorter = [each for each in by_time if (each.minutes or 0.0) <= minutes][-1:]
    longer = [each for each in by_time if (each.minutes or 0.0) >= minutes][:1]
    if shorter and longer and _mg_m3(compound, shorter[0]) > _mg_m3(compound, longer[0]):
        used = shorter + longer
        value, words = _between(compound, used, minutes)
    elif longer:
        used = longer
        value, words = _mg_m3(compound, longer[0]), longer[0].words
        words += "" if longer[0].minutes == minutes else f", taken for {minutes:g} min as it is"
    else:
        used = shorter
        value, words = _brought_down(compound, shorter[0], minutes)
    return Limit(
        kind=kind,
        minutes=minutes,
        mg_m3=value * share,
        basis=f"{name} {words}",
        stands_in=used[-1].minutes != minutes or not name.startswith("AEGL"),
        verified=all(each.is_verified for each in used),
    )


def _brought_down(compound: Compound, shorter: Figure, minutes: float) -> tuple[float, str]:
    """Return what equal toxic load makes of a shorter limit, and how that is told. [mg m-3]"""
    n, known = load_exponent(compound), "published" if compound.cas in _EXPONENTS else "assumed"
    value = _mg_m3(compound, shorter) * ((shorter.minutes or 0.0) / minutes) ** (1.0 / n)
    return value, f"{shorter.words}, brought to {minutes:g} min by equal toxic load, n = {n:g} ({known})"


def _between(compound: Compound, ends: Sequence[Figure], minutes: float) -> tuple[float, str]:
    """Return what equal toxic load through two limits gives between their times, and how that is told. [mg m-3]"""
    (first, last), (begin, end) = [_mg_m3(compound, each) for each in ends], [each.minutes or 0.0 for each in ends]
    n = math.log(end / begin) / math.log(first / last)
    words = f"between {ends[0].words} and {ends[1].words}, by equal toxic load through both, n = {n:.2g}"
    return first * (begin / minutes) ** (1.0 / n), words


def _flammable(compound: Compound, known: tuple[Figure, ...]) -> list[Limit]:
    lower = next((each for each in known if each.quantity == "lower_flammable_limit"), None)
    if lower is None:
        return []
    return [
        Limit(
            kind=f"flammable {share:.0%}".replace("%", " %"),
            minutes=None,
            mg_m3=share * _mg_m3(compound, lower),
            basis=f"{100 * share:g} % of the lower flammable limit {lower.words}",
            stands_in=False,
            verified=lower.is_verified,
        )
        for share in _FLAMMABLE
    ]


def _odour(compound: Compound, known: tuple[Figure, ...]) -> list[Limit]:
    threshold = next((each for each in known if each.quantity == "odour_threshold"), None)
    if threshold is None:
        return []
    words = f"odour threshold {threshold.words}"
    mass = _mg_m3(compound, threshold)
    verified = threshold.is_verified
    return [Limit(kind="odour", minutes=None, mg_m3=mass, basis=words, stands_in=False, verified=verified)]


def _mg_m3(compound: Compound, figure: Figure) -> float:
    ppm = {"ppm": 1.0, "vol%": 1e4}
    return figure.value if figure.unit == "mg/m3" else figure.value * ppm[figure.unit] * mg_per_ppm(compound)
