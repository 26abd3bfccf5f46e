"""The surface layer against numbers that others published."""

from __future__ import annotations

import math

import pytest

from upwind.dispersion.stability import (
    KARMAN,
    friction_ratio,
    obukhov_of_class,
    pasquill_class,
    phi_h,
    psi_m,
    sigma_v_ratio,
)


def phi_m(zeta: float) -> float:
    """Return the gradient of wind of Dyer 1974, doi 10.1007/BF00240838."""
    return (1.0 - 16.0 * zeta) ** -0.25 if zeta < 0.0 else 1.0 + 5.0 * zeta


@pytest.mark.parametrize("zeta", [-5.0, -2.0, -0.5, -0.1, -0.01, 0.01, 0.2, 0.9])
def test_psi_m_is_the_integral_of_the_published_gradient(zeta: float) -> None:
    # psi_m = integral from 0 to zeta of (1 - phi_m)/s ds (Paulson 1970, equation 3), by the midpoint rule in log s.
    count = 20_000
    step = math.log(1e9) / count
    integral = sum((1.0 - phi_m(zeta * math.exp(-(i + 0.5) * step))) * step for i in range(count))
    assert psi_m(zeta) == pytest.approx(integral, rel=1e-4)


@pytest.mark.parametrize(
    ("zeta", "published"),
    # Businger-Dyer values: psi_m(-1) and psi_m(-0.1) with gamma = 16, psi_m = -5 zeta when stable.
    [(0.0, 0.0), (0.1, -0.5), (0.5, -2.5), (1.0, -5.0)],
)
def test_psi_m_when_neutral_and_stable(zeta: float, published: float) -> None:
    assert psi_m(zeta) == pytest.approx(published)


def test_phi_h_is_dyers() -> None:
    assert phi_h(-1.0) == pytest.approx(17.0**-0.5)
    assert phi_h(0.5) == pytest.approx(3.5)


def test_the_neutral_wind_is_logarithmic() -> None:
    assert friction_ratio(10.0, 0.01, 0.0) == pytest.approx(math.log(1000.0) / KARMAN)


def test_the_wind_grows_faster_with_height_when_stable() -> None:
    growth = [friction_ratio(10.0, 0.03, one) / friction_ratio(2.0, 0.03, one) for one in (-0.1, -0.01, 0.0, 0.01, 0.1)]
    assert growth == sorted(growth)


def test_lateral_turbulence_is_panofskys_when_convective() -> None:
    # Panofsky et al. 1977, doi 10.1007/BF02186086: sigma_v/u* = (12 - 0.5 zi/L)^(1/3); zi = 800 m, L = -20 m.
    assert sigma_v_ratio(-0.05) == pytest.approx(32.0 ** (1.0 / 3.0))


#: 1/L = a + b log10(z0) in the middle of a class: Golder 1972 in the fit that Seinfeld and Pandis 2006 print.
GOLDER = ((-0.096, 0.029), (-0.037, 0.029), (-0.002, 0.018), (0.0, 0.0), (0.004, -0.018), (0.035, -0.036))


@pytest.mark.parametrize("pasquill", range(6))
def test_a_class_stands_where_golder_puts_it(pasquill: int) -> None:
    a, b = GOLDER[pasquill]
    published = a + b * math.log10(0.1)
    assert obukhov_of_class(pasquill) == pytest.approx(published, rel=0.2, abs=1e-9)
    assert pasquill_class(published) == pasquill


@pytest.mark.parametrize(
    ("length_m", "pasquill"),
    # Golder's figure as coded in EPA's CTDMPLUS (subroutine LSTAB), at z0 = 0.1 m: A to -10.5 m, B to -30.4 m,
    # C to -104 m, D, E from 112 m, F from 26.9 m; halfway, in 1/L, within each.
    [(-8.0, 0), (-15.6, 1), (-47.1, 2), (-1e4, 3), (1e4, 3), (43.4, 4), (15.0, 5)],
)
def test_an_obukhov_length_has_epas_class(length_m: float, pasquill: int) -> None:
    assert pasquill_class(1.0 / length_m) == pasquill
