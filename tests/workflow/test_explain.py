"""`upwind explain` as a person runs it: a file in, a file out, one line where the input is bad."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from upwind.cli import main
from upwind.explain import CLASSES

TABLE = """\
sample,compound,cas,value,unit,detection_limit,uncertainty
pump,n-butane,,20,ppb,,2
pump,isopentano,,30,ppb,,3
pump,toluene,108-88-3,6,ppb,0.1,
pump,benceno,,1,ppb,0.1,
pump,éter etílico,,,ppb,0.2,
shed,éter etílico,,40,wt%,,
shed,acetona,,40,wt%,,
shed,n-butane,,8,wt%,,
shed,isopentane,,12,wt%,,
lone,acetone,,5,ppb,,
"""


def test_a_table_becomes_a_document(tmp_path: Path) -> None:
    (tmp_path / "samples.csv").write_text(TABLE, encoding="utf-8")
    command = [sys.executable, "-m", "upwind", "explain", "samples.csv", "--out", "out.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "not for action" in done.stdout
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert document["status"] == "unreviewed lead, not for action"
    pump, shed, lone = document["samples"]
    for sample in (pump, shed, lone):
        assert {each["class"] for each in sample["explanations"]} == set(CLASSES)
        total = sum(each["probability"] for each in sample["explanations"]) + sample["unexplained"]["probability"]
        assert total == pytest.approx(1.0, abs=1e-9)
        assert {"probability", "log_bayes_factor", "compounds"} <= set(sample["unexplained"])
        assert {"abstained", "cannot_separate", "would_separate"} <= set(sample)
        for each in sample["explanations"]:
            assert all({"compound", "log_likelihood_ratio"} == set(line) for line in each["evidence"])
    assert pump["explanations"][0]["class"] == "fuel evaporation"
    assert pump["unexplained"]["probability"] < 0.1
    assert shed["unexplained"]["probability"] > 0.5
    assert set(shed["unexplained"]["compounds"]) == {"acetone", "diethyl ether"}
    assert lone["abstained"]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    table = tmp_path / "samples.csv"
    table.write_text(TABLE, encoding="utf-8")
    for name in ("one.json", "two.json"):
        assert main(["explain", str(table), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_bad_input_is_one_line_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "samples.csv", tmp_path / "out.json"
    table.write_text("compound,value,unit\nacetone,1,furlong\n", encoding="utf-8")
    assert main(["explain", str(table), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert 'samples.csv:2: column "unit"' in said.err
    assert said.err.count("\n") == 1
    assert not out.exists()


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path / "no.csv"), "--out", str(tmp_path / "out.json")]) == 1
    assert "no.csv: cannot be read" in capsys.readouterr().err


def test_imported_profiles_are_taken_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    table, out, archive = tmp_path / "samples.csv", tmp_path / "out.json", tmp_path / "speciate.zip"
    table.write_text("compound,value,unit\nacetone,40,wt%\ntoluene,60,wt%\n", encoding="utf-8")
    assert main(["explain", str(table), "--out", str(out), "--profiles", "imported"]) == 1
    assert "upwind import profiles" in capsys.readouterr().err
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(
            "profiles.csv",
            "PROFILE_CODE,PROFILE_TYPE,CATEGORY_LEVEL_1,CATEGORY_LEVEL_2,REF_CODE\n"
            "1,GAS,Volatilization,Graphic Arts,A\n2,GAS,Volatilization,Graphic Arts,B\n3,GAS,Volatilization,Mobile,C\n",
        )
        packed.writestr(
            "weights.csv",
            "PROFILE_CODE,SPECIES_ID,WEIGHT_PERCENT\n1,1,40\n1,2,60\n2,1,35\n2,2,65\n3,2,5\n3,3,95\n",
        )
        packed.writestr(
            "species.csv",
            "SPECIES_ID,SPECIES_NAME,CAS\n1,Acetone,67-64-1\n2,Toluene,108-88-3\n3,Isopentane,78-78-4\n",
        )
    assert main(["import", "profiles", str(archive)]) == 0
    assert "3 gas profiles of 3 references" in capsys.readouterr().out
    assert main(["explain", str(table), "--out", str(out)]) == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    assert [each["name"] for each in document["upwind"]["inputs"]] == ["samples.csv", "profiles.csv.gz"]
    assert document["samples"][0]["explanations"][0]["class"] == "printing"
    assert main(["explain", str(table), "--out", str(out), "--profiles", "shipped"]) == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["upwind"]["inputs"]) == 1
    (tmp_path / "data" / "upwind" / "profiles.csv.gz").write_bytes(b"damaged")
    assert main(["explain", str(table), "--out", str(out)]) == 1
    assert "import them again" in capsys.readouterr().err


def test_a_map_names_the_place_that_explains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, shops, out = tmp_path / "samples.csv", tmp_path / "shops.csv", tmp_path / "out.json"
    table.write_text(
        "compound,value,unit\nacetone,30,ppb\nethyl acetate,25,ppb\nn-butyl acetate,6,ppb\nisopropanol,5,ppb\n",
        encoding="utf-8",
    )
    shops.write_text(
        "longitude,latitude,name,shop,opening_hours\n-110.4997,31.25,Salón Sol,nails,Mo-Sa 09:00-19:00\n",
        encoding="utf-8",
    )
    command = ["explain", str(table), "--map", str(shops), "--at", "-110.5,31.25,50", "--out", str(out)]
    assert main([*command, "--time", "2026-03-03T19:00:00Z", "--zone", "America/Phoenix"]) == 0
    assert "known place Salón Sol (nail salon) at" in capsys.readouterr().out
    (sample,) = json.loads(out.read_text(encoding="utf-8"))["samples"]
    (place,) = sample["places"]
    assert place["open"] is True
    assert {each["of"] for each in place["evidence"]} == {"position", "compounds", "hours", "rate"}
    total = sum(each["probability"] for each in sample["explanations"]) + sample["unexplained"]["probability"]
    assert total == pytest.approx(1.0, abs=1e-9)
    assert main([*command[:2], "--at", "-110.5,31.25,50", "--out", str(out)]) == 1
    assert "go together" in capsys.readouterr().err
    for wrong in (["--at", "-110.5,31.25"], ["--wind-from", "700"], ["--zone", "Nowhere/At_All"]):
        assert main([*command, *wrong]) == 2
