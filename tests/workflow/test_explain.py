"""`upwind explain` as a person runs it: a file in, a file out, one line where the input is bad."""

from __future__ import annotations

import json
import subprocess
import sys
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
