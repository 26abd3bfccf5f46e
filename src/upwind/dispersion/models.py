"""Every dispersion model there is; one more is a file and a line here."""

from __future__ import annotations

from upwind.dispersion.puff import GaussianPuff
from upwind.dispersion.receptors import DispersionModel
from upwind.dispersion.site import Site
from upwind.dispersion.steady import GaussianPlume

__all__ = ["MODELS"]

MODELS: tuple[DispersionModel, ...] = (
    GaussianPlume(site=Site(family="similarity")),
    GaussianPlume(site=Site(family="angular")),
    GaussianPlume(site=Site(family="rural")),
    GaussianPlume(site=Site(family="urban", roughness_m=0.5)),
    GaussianPuff(site=Site(family="similarity")),
)
