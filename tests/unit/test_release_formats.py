"""What others read in a package's files: STIX by OASIS's own reader, KML, Cursor-on-Target, and people in Spanish."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from defusedxml import ElementTree
from makers.pages import same_words
from makers.releases import NOW, content, site

from upwind.release.content import Content
from upwind.release.formats import FORMATS, cot
from upwind.release.words import told
from upwind.render.words import LANGUAGES

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "intel" / "stix"
KML = "{http://www.opengis.net/kml/2.2}"
COLOURS = ("", "//TLP:GREEN", "//TLP:AMBER")


def contents() -> list[Content]:
    return [
        content(cell_m=cell_m, marking=f"UNCLASSIFIED//REL TO USA, MEX{colour}")
        for cell_m in (None, 1000.0)
        for colour in COLOURS
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_stix_is_read_without_anything_custom() -> None:
    stix2 = pytest.importorskip("stix2")
    for each in contents():
        bundle = stix2.parse(FORMATS["site.stix.json"](each).decode(), allow_custom=False)
        kinds = {one["type"]: one for one in bundle["objects"]}
        assert set(kinds) == {"marking-definition", "identity", "location", "report"}
        assert kinds["report"]["object_refs"] == [kinds["location"]["id"]]
        assert kinds["location"]["object_marking_refs"] == [kinds["marking-definition"]["id"]]
        assert (kinds["location"]["latitude"], kinds["location"]["longitude"]) == (
            each.site.latitude,
            each.site.longitude,
        )


@pytest.mark.shared
def test_the_colours_are_those_of_oasis() -> None:
    if not SHARED.exists():
        pytest.skip("the published markings are not there")
    said = json.loads((SHARED / "tlp2" / "tlp2_markings.json").read_text(encoding="utf-8"))
    published = {one["id"]: one for one in said["objects"]}
    for each in contents():
        objects = json.loads(FORMATS["site.stix.json"](each))["objects"]
        own = next(one for one in objects if one["type"] == "marking-definition")
        assert own == {name: published[own["id"]][name] for name in own}


def test_kml_tells_the_declared_place_and_no_other() -> None:
    for each in contents():
        root = ElementTree.fromstring(FORMATS["site.kml"](each))
        points = [one.findtext(f"{KML}coordinates") for one in root.iter(f"{KML}Point")]
        assert points == [f"{each.site.longitude:.7f},{each.site.latitude:.7f}"]
        rings = [one.findtext(f"{KML}coordinates") for one in root.iter(f"{KML}LineString")]
        assert len(rings) == (each.site.cell is not None)
        for ring in rings:
            corners = [tuple(map(float, corner.split(","))) for corner in str(ring).split()]
            assert corners[0] == corners[-1]
            assert len(set(corners)) == 4


def test_cursor_on_target_is_of_unknown_affiliation_and_can_be_taken_off() -> None:
    for each in contents():
        event = ElementTree.fromstring(FORMATS["site.cot"](each))
        assert event.get("type") == "a-u-G"
        taken = ElementTree.fromstring(cot.deleted(each.series, NOW, NOW + timedelta(days=1)))
        assert taken.get("type") == "t-x-d-d"
        assert [one.get("uid") for one in taken.iter("link")] == [event.get("uid")]
        assert not re.search(r'type="a-[hsj]', FORMATS["site.cot"](each).decode())


def test_compounds_have_their_names_in_each_language() -> None:
    told_of = content(
        site(compounds=["acetone", "hydrogen chloride"], gas="toluene"), allow=("gas", "compounds"), cell_m=1000.0
    )
    spanish, english = (str(told(told_of, language)) for language in ("es", "en"))
    for name in ("tolueno", "acetona", "cloruro de hidrógeno"):
        assert name in spanish
        assert name not in english
    assert "acetone" in english


def test_a_dossier_says_that_the_data_cannot_tell_and_passes_on_no_prior() -> None:
    prior = [{"class": "printing", "probability": 0.05}]
    told_of = site(explanations=prior, unexplained={"probability": 0.3}, abstained=True)
    made = content(told_of, allow=("gas", "explanations", "unexplained"))
    assert made.site.properties == {"gas": "acetone", "explanations": []}
    said = dict(told(made, "en"))["Harmless explanations that were weighed"]
    assert said[0].startswith("The data cannot tell")


def test_no_word_of_a_dossier_is_left_in_the_other_language() -> None:
    weighed = [{"class": name, "probability": 0.1} for name in ("fuel evaporation", "printing", "other benign")]
    made = content(site(explanations=weighed), allow=("probability", "gas", "explanations"))
    texts = (" ".join(f"{head} {' '.join(lines)}" for head, lines in told(made, language)) for language in LANGUAGES)
    alike = {word for word in same_words(*texts) if len(set(word)) > 2}
    # Beside what is spelt alike, the basis of the agreement, in the words of whoever signed it.
    assert alike <= {"gas", "legal", "exercise"}
