"""Names of benign classes, of kinds of mapped places, reports and airspace: every one has a Spanish name of its own."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from makers.pages import same_words

from upwind.explain.answer import UNEXPLAINED
from upwind.explain.kinds import every_kind
from upwind.explain.profiles import CLASSES
from upwind.readers import arinc424, openair
from upwind.records import Remark, Shortfall
from upwind.render.explained import REMARKS, remark_words
from upwind.render.leave import SHORTFALLS, shortfall_words
from upwind.render.words import LANGUAGES, kind_name, listed

NAMED = tomllib.loads(files("upwind.render").joinpath("names.toml").read_text(encoding="utf-8"))
REPORTS = set(tomllib.loads(files("upwind.sites").joinpath("ratios.toml").read_text(encoding="utf-8"))) - {"other"}
AIRSPACE = {*arinc424._KINDS.values(), *openair._KINDS.values(), "excluded", "geofence"}


def test_every_name_has_a_spanish_one_and_none_is_left_over() -> None:
    assert set(NAMED) == {*CLASSES, UNEXPLAINED, *(kind.name for _, kind in every_kind()), *REPORTS, *AIRSPACE}
    assert kind_name("nail salon", "es") == "salón de uñas"
    assert kind_name("what nobody knows", "es") == "what nobody knows"


@pytest.mark.parametrize("says", REMARKS)
def test_a_remark_is_said_in_every_language(says: str) -> None:
    remark = Remark(says=says, compounds=("acetone",), explanations=("printing", "unexplained"), kind="farm", least=0.4)
    english, spanish = (remark_words(remark, language) for language in LANGUAGES)
    assert english != spanish
    assert "acetone" not in spanish


@pytest.mark.parametrize("says", SHORTFALLS)
def test_a_shortfall_is_said_in_every_language(says: str) -> None:
    names = ("state", "flown", "platform", "limit", "height", "outside", "all", "number")
    short = Shortfall(says=says, said={"unit": "days"} | dict.fromkeys(names, "7"))
    english, spanish = (shortfall_words([short, short], language) for language in LANGUAGES)
    assert not same_words(english, spanish)


def test_spanish_says_u_before_an_o() -> None:
    assert listed(["metano", "tolueno", "o-xileno"], "es") == "metano o tolueno u o-xileno"
    assert listed(["methane", "o-xylene"], "en") == "methane or o-xylene"
    assert listed([], "es") == ""
