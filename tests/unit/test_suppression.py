"""No small count can be worked out of what a report shows: every table that a reader could think of is tried."""

from __future__ import annotations

import itertools
import random

from upwind.outcomes.figures import FEWEST, Figure
from upwind.outcomes.suppression import HELD, SMALL, held_back

LARGEST = 14


def count(group: str, value: int) -> Figure:
    return Figure(section="s", name="n", group=group, value=value, query="", rests_on=value)


def table(values: tuple[int, ...]) -> list[Figure]:
    return [*(count(f"g{number}", value) for number, value in enumerate(values)), count("", sum(values))]


def thinkable(figure: Figure, held: dict[tuple[str, str, str], str]) -> range:
    """Return the numbers that a reader must allow a figure: what is held back as small is, and the rest is not."""
    mark, value = held.get(figure.key), int(figure.value or 0)
    if mark == SMALL:
        return range(1, FEWEST)
    return range(value, value + 1) if mark is None else range(FEWEST, LARGEST * 3)


def test_no_small_count_can_be_worked_out() -> None:
    chance = random.Random(3)
    tables = [
        tuple(chance.choice((0, 1, 2, 3, 4, 5, 6, 9, 13)) for _ in range(chance.randint(1, 3))) for _ in range(400)
    ]
    hidden = 0
    for values in tables:
        figures = table(values)
        held = held_back(figures)
        *parts, total = figures
        fitting = [
            cells
            for cells in itertools.product(*(thinkable(part, held) for part in parts))
            if sum(cells) in thinkable(total, held)
        ]
        assert values in fitting
        for number, part in enumerate(parts):
            if held.get(part.key) == SMALL:
                hidden += 1
                assert len({cells[number] for cells in fitting}) > 1, (values, held)
    assert hidden > 200


def test_what_tells_nothing_is_shown() -> None:
    assert not held_back(table((5, 9, 0)))
    assert not held_back(table((0, 0)))


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    assert held_back(table((2, 20, 9))) == {("s", "n", "g0"): SMALL, ("s", "n", "g2"): HELD}


def test_hours_of_a_few_flights_are_held_back() -> None:
    few = Figure(section="s", name="h", group="a", value=3.2, query="", is_count=False, rests_on=2)
    many = Figure(section="s", name="h", group="b", value=40.0, query="", is_count=False, rests_on=30)
    whole = Figure(section="s", name="h", group="", value=43.2, query="", is_count=False, rests_on=32)
    assert set(held_back([few, many, whole])) == {few.key, many.key}


def test_a_sum_over_names_gives_nothing_away() -> None:
    """False leads are benign sources, nothing found and errors: three figures that a reader can add up."""
    benign, nothing = (
        Figure(section="s", name=name, group="", value=value, query="", rests_on=value)
        for name, value in (("benign", 2), ("nothing", 9))
    )
    false = Figure(section="s", name="false leads", group="", value=11, query="", rests_on=11)
    held = held_back([benign, nothing, false], [(false, [benign, nothing])])
    assert held == {benign.key: SMALL, nothing.key: HELD}
