"""A proton-transfer mass spectrometer as exercises have it: channels that each smell all compounds of one mass.

Its noise grows with the root of what it counts; it is late, and what the air holds anyway drifts, some of it with the
traffic. 1 ppb stands out of the noise of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from upwind import compounds
from upwind.arrays import FloatArray
from upwind.exercise.conditions import Range, draw
from upwind.exercise.sensors import Drift, GasSensor, ambient, sense
from upwind.exercise.wind import Weather

__all__ = ["FOUR", "TEN", "Channel", "Nose", "ppb", "smell"]

GAS_CONSTANT = 8.31446


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One protonated mass.

    `name` is what its column is called, `smells` all compounds that it takes for that one, `ambient` what city air
    holds anyway [ppb], `traffic` the part of the ambient's drift that it shares with the others.
    """

    name: str
    smells: tuple[str, ...]
    ambient: Range
    traffic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nose:
    """A sensor: white noise of a second [ppb], counts a ppb and second, and how late it is [s]."""

    channels: tuple[Channel, ...]
    noise_ppb: Range = (0.25, 0.5)
    counts: float = 50.0
    transport_s: Range = (0.5, 1.5)
    response_s: Range = (0.4, 1.0)


#: Ambients are those of a small town's air, by order of magnitude (unverified).
_CHANNELS = {
    "methanol": Channel(name="methanol", smells=("methanol",), ambient=(3.0, 10.0), traffic=0.1),
    "ethanol": Channel(name="ethanol", smells=("ethanol", "formic acid"), ambient=(2.0, 8.0), traffic=0.3),
    "acetone": Channel(name="acetone", smells=("acetone",), ambient=(1.0, 4.0), traffic=0.1),
    "methyl ethyl ketone": Channel(
        name="methyl ethyl ketone", smells=("methyl ethyl ketone", "tetrahydrofuran"), ambient=(0.1, 0.4), traffic=0.2
    ),
    "diethyl ether": Channel(
        name="diethyl ether", smells=("diethyl ether", "1-butanol"), ambient=(0.02, 0.1), traffic=0.1
    ),
    "benzene": Channel(name="benzene", smells=("benzene",), ambient=(0.1, 0.5), traffic=0.9),
    "ethyl acetate": Channel(
        name="ethyl acetate", smells=("ethyl acetate", "1,4-dioxane"), ambient=(0.05, 0.2), traffic=0.1
    ),
    "toluene": Channel(name="toluene", smells=("toluene",), ambient=(0.3, 1.5), traffic=0.9),
    "xylenes": Channel(
        name="xylenes",
        smells=("xylenes", "o-xylene", "m-xylene", "p-xylene", "ethylbenzene"),
        ambient=(0.2, 1.0),
        traffic=0.9,
    ),
    "1,2,4-trimethylbenzene": Channel(
        name="1,2,4-trimethylbenzene", smells=("1,2,4-trimethylbenzene",), ambient=(0.05, 0.3), traffic=0.9
    ),
}
#: What a mission's file holds: small, and enough to tell a paint shop from something else.
FOUR = Nose(channels=tuple(_CHANNELS[name] for name in ("acetone", "diethyl ether", "toluene", "xylenes")))
#: What grades.
TEN = Nose(channels=tuple(_CHANNELS.values()))
#: Standard deviation of the ambient's drift over an hour, as a part of its level.
DRIFT: Range = (0.05, 0.2)


def ppb(nose: Nose, gas: Mapping[str, float], weather: Weather) -> FloatArray:
    """Return what each channel smells of 1 kg/m3 of a gas (parts by mass), shape (channel,). [ppb]"""
    molar_volume = GAS_CONSTANT * weather.temperature_k / weather.pressure_pa
    return np.array(
        [
            sum(gas.get(name, 0.0) / _molar_mass(name) for name in channel.smells) * molar_volume * 1e9
            for channel in nose.channels
        ]
    )


def _molar_mass(name: str) -> float:
    """Return a compound's molar mass [kg/mol]."""
    compound = compounds.find(name)
    if compound is None:
        msg = f"{name!r} is no compound of the one table"
        raise KeyError(msg)
    return compound.molar_mass_g_mol / 1000.0


def smell(rng: np.random.Generator, nose: Nose, brought: FloatArray, tick_s: float) -> tuple[FloatArray, FloatArray]:
    """Return what a nose reads at every tick, and the noise of a second in each channel.

    Parameters
    ----------
    brought
        What the sources bring, shape (channel, tick). [ppb]
    tick_s
        Ticks are so far apart.

    Returns
    -------
    tuple of FloatArray
        Readings (channel, tick) [ppb], never below 0 by more than noise; and noise (channel,) [ppb].
    """
    time = np.arange(brought.shape[1]) * np.float64(tick_s)
    shared = ambient(rng, Drift(level=0.0, ramp=float(rng.normal()), wave=0.3, walk=0.5), time)
    transport, response = draw(rng, nose.transport_s), draw(rng, nose.response_s)
    read, noises = [], []
    for channel, air in zip(nose.channels, brought, strict=True):
        level, noise = draw(rng, channel.ambient), draw(rng, nose.noise_ppb)
        own = ambient(rng, Drift(level=0.0, ramp=float(rng.normal()), wave=0.3, walk=0.5), time)
        drift = draw(rng, DRIFT) * (channel.traffic * shared + (1.0 - channel.traffic) * own)
        around = level * np.maximum(1.0 + drift, 0.1)
        quiet = GasSensor(transport_s=transport, response_s=response, noise=0.0, resolution=0.0)
        clean = sense(rng, quiet, (air + around)[None], tick_s)[0]
        spread = np.sqrt(noise**2 + np.maximum(clean, 0.0) / nose.counts)
        read.append(clean + spread * rng.standard_normal(clean.size))
        noises.append(noise)
    return np.array(read), np.array(noises)
