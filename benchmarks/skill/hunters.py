"""Who hunts with the posterior of `upwind`: by the legs it proposes, or move by move as infotaxis does."""

from __future__ import annotations

import numpy as np
from benchmarks.skill.hunt_grade import Stated, Told, rows_of
from benchmarks.skill.infotaxis import Infotaxis

from upwind.arrays import FloatArray
from upwind.flights.adaptive.belief import from_cells
from upwind.flights.adaptive.candidates import Ground
from upwind.flights.adaptive.gain import Eye, gain_of, outcomes_of, taught
from upwind.flights.adaptive.propose import Craft, Effort, propose, time_of
from upwind.invert.cells import Cells, cells_over, focused, heard, highest, is_narrow, probabilities
from upwind.invert.observations import Observations, gather
from upwind.records import Track

__all__ = ["ByLegs", "ByMoves", "Moved"]

COARSE_M, FINE_M = 12.5, 4.0
#: Readings are taken in so many seconds at a time.
STRETCH_S = 8.0
#: What was read in so long decides about ambient and wind. [s]
LATELY_S = 420
DRAWS, OUTCOMES = 128, 48
ACCELERATION = 2.5


class _Believing:
    """Keeps the posterior over cells up, coarse and then fine."""

    def __init__(self, told: Told) -> None:
        self.told = told
        half = 0.5 * told.side_m
        self.box = (-half, half, -half, half)
        self.coarse: Cells = cells_over(np.array(self.box), COARSE_M)
        self.fine: Cells | None = None
        self.rng = np.random.default_rng([told.seed, 31])
        self.taken_s = 0.0
        self.wind, self.unit = (0.0, 0.0), 1.0
        self.place, self.velocity = (0.0, 0.0), (0.0, 0.0)

    def hear(self, track: Track) -> None:
        """Take in what was read, as soon as there are some seconds of it."""
        easting, northing = self.told.frame.to_local(track.longitude[-2:], track.latitude[-2:])
        self.place = (float(easting[-1]), float(northing[-1]))
        self.velocity = (float(np.diff(easting)[0]), float(np.diff(northing)[0]))
        if track.time[-1] - track.time[0] < self.taken_s + STRETCH_S:
            return
        self.taken_s = float(track.time[-1] - track.time[0])
        self._learn(track)

    def _gathered(self, track: Track) -> Observations:
        observations = gather((track,), track.gases[0].name, self.told.frame, (10**9, 10**9))
        if observations is None:
            msg = "a hunt's track has wind"
            raise AssertionError(msg)
        return observations

    def _learn(self, track: Track) -> None:
        # What is older than the ambient and the wind that count is in the cells already.
        observations = self._gathered(rows_of(track, max(len(track.time) - LATELY_S, 0) // 20 * 20, len(track.time)))
        part = slice(-60, None)
        radians, speed = np.radians(track.wind.wind_from[part]), track.wind.wind_speed[part]
        self.wind = (float(-(speed * np.sin(radians)).mean()), float(-(speed * np.cos(radians)).mean()))
        self.unit = float(np.median(observations.unit))
        self.coarse = heard(self.coarse, observations, self.told.lag_s)
        if self.fine is not None and self._is_lost(self.fine):
            self.fine = None
        if self.fine is None:
            self.fine = self._focused(track)
        else:
            self.fine = heard(self.fine, observations, self.told.lag_s)

    def _focused(self, track: Track) -> Cells | None:
        """Return finer cells that have heard all, where the coarse ones say that it is time for them."""
        if not is_narrow(self.coarse):
            return None
        return focused(self.coarse, self._gathered(track), self.told.lag_s, FINE_M)

    def _is_lost(self, fine: Cells) -> bool:
        """Tell whether some of the coarse posterior lies outside the fine cells."""
        share, _ = probabilities(self.coarse)
        edge = 0.5 * fine.side_m
        inside = (self.coarse.east > fine.east.min() - edge) & (self.coarse.east < fine.east.max() + edge)
        inside &= (self.coarse.north > fine.north.min() - edge) & (self.coarse.north < fine.north.max() + edge)
        return float(share[inside].sum()) < 0.97  # noqa: PLR2004 - beside what was left out on purpose

    @property
    def now(self) -> Cells:
        return self.coarse if self.fine is None else self.fine

    def stated(self) -> Stated | None:
        """Return the fewest cells that hold nine tenths of the probability."""
        cells = self.now
        within = highest(probabilities(cells)[0], 0.9)
        return Stated(middles=np.column_stack([cells.east, cells.north])[within], cell_m=cells.side_m)

    def eye(self) -> Eye:
        """Return how a leg is read."""
        speed = max(float(np.hypot(*self.wind)), 0.4)
        return Eye(
            height_m=self.told.height_m,
            speed_m_s=self.told.speed_m_s,
            wind_m_s=speed,
            toward=(self.wind[0] / speed, self.wind[1] / speed),
            noises=self.unit / 3600.0 / (2.0 * self.told.noise),
            response_s=0.45 * self.told.lag_s,
        )

    def craft(self) -> Craft:
        """Return where the drone is."""
        return Craft(
            place=self.place,
            velocity=self.velocity,
            speed_m_s=self.told.speed_m_s,
            acceleration=ACCELERATION,
        )


class ByLegs(_Believing):
    """Flies the first proposal; in the comparison nobody has to approve it."""

    def __init__(self, told: Told, *, ahead: int = 3) -> None:
        super().__init__(told)
        self.ahead = ahead

    def leg(self) -> FloatArray:
        """Return the corners of the leg proposed first."""
        belief = from_cells(self.rng, self.now, DRAWS, certain=True)
        ground = Ground(box=(self.box[0], self.box[1], self.box[2], self.box[3]), toward=self.eye().toward)
        effort = Effort(outcomes=OUTCOMES, ahead=self.ahead)
        return propose(self.rng, belief, self.craft(), ground, self.eye(), effort)[0].corners


class ByMoves(_Believing):
    """Infotaxis with the posterior of `upwind`: of four moves of ten metres that which teaches most for its time."""

    def leg(self) -> FloatArray:
        """Return where the best move ends."""
        belief = from_cells(self.rng, self.now, DRAWS, certain=True)
        outcomes = outcomes_of(belief, OUTCOMES)
        here = np.array(self.place)
        best, target = -np.inf, here
        for move in 10.0 * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]):
            end = here + move
            if np.abs(end).max() > self.box[1]:
                continue
            gain = float(gain_of(taught(self.rng, belief, np.array([here, end]), self.eye(), outcomes)).mean())
            rate = gain / time_of(self.craft(), end[None])[0]
            if rate > best:
                best, target = rate, end
        return target[None]


class Moved(_Believing):
    """Flies as the grid of infotaxis says, but states the region of `upwind`'s posterior."""

    def __init__(self, told: Told, *, aware: bool) -> None:
        super().__init__(told)
        self.mover = Infotaxis(told, aware=aware)

    def hear(self, track: Track) -> None:
        """Let both take it in."""
        super().hear(track)
        self.mover.hear(track)

    def leg(self) -> FloatArray:
        """Return the move of infotaxis."""
        return self.mover.leg()
