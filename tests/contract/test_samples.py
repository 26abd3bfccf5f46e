"""Tables of compounds: every layout that is promised is read, and every fault is one line that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from upwind.errors import FormatError
from upwind.readers.samples import read_samples
from upwind.records import Reading

ACETONE, MEK, TOLUENE, THF = "67-64-1", "78-93-3", "108-88-3", "109-99-9"


def read(folder: Path, text: str) -> tuple[Reading, ...]:
    """Return the readings of a table of one sample."""
    (folder / "samples.csv").write_text(text, encoding="utf-8")
    (sample,) = read_samples(folder / "samples.csv")
    return sample.readings


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("acetone", {ACETONE}),
        ("acetona", {ACETONE}),
        ("2-propanone", {ACETONE}),
        ("butanona", {MEK}),
        ("MEK", {MEK}),
        ("metil etil cetona", {MEK}),
        ("tolueno", {TOLUENE}),
        ("Tolueno", {TOLUENE}),
        ("MEK or THF", {MEK, THF}),
        ("N-butane", {"106-97-8"}),
        ("Isobutane (or 2-Methylpropane)", {"75-28-5"}),
        ("p-xileno", {"108-38-3"}),
    ],
)
def test_english_and_spanish_names_are_known(tmp_path: Path, name: str, keys: set[str]) -> None:
    (reading,) = read(tmp_path, f"compound,value,unit\n{name},5,ppb\n")
    assert reading.keys == keys


def test_the_cas_number_decides(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, f"compound,cas,value,unit\nacetone,{TOLUENE},5,ppb\n")
    assert reading.keys == {TOLUENE}


def test_the_first_of_several_cas_numbers_is_the_main_one(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, "compound,cas,value,unit\nM & p-xylene,108-38-3; 106-42-3,5,wt%\n")
    assert reading.keys == {"108-38-3"}


def test_a_ptr_ms_channel_means_all_its_isobars(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, "compound,value,unit,sensor\nMEK,5,ppb,PTR-MS\n")
    assert {MEK, THF} <= reading.keys


def test_units_agree(tmp_path: Path) -> None:
    table = "compound,value,unit\nacetone,1000,ppb\nacetone,1,ppm\nacetone,2.374,mg/m3\nacetone,2374,ug/m3\n"
    amounts = [reading.amount for reading in read(tmp_path, table)]
    assert amounts == pytest.approx([2374.0] * 4, rel=1e-3)  # 58.08 g/mol over 24.465 l/mol


@pytest.mark.parametrize("empty", ["", "nd", "NaN"])
def test_an_empty_value_is_below_the_limit(tmp_path: Path, empty: str) -> None:
    (reading,) = read(tmp_path, f"compound,value,unit,detection_limit\nacetone,{empty},ug/m3,0.5\n")
    assert reading.amount != reading.amount
    assert reading.limit == 0.5


def test_semicolons_and_decimal_commas_are_read(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, "compound;value;unit\nacetona;2,5;ug/m3\n")
    assert reading.amount == 2.5


def test_samples_keep_the_order_in_which_they_first_stand(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("sample,compound,value,unit\nb,acetone,1,ppb\na,acetone,1,ppb\nb,toluene,1,ppb\n", encoding="utf-8")
    assert [(sample.name, len(sample.readings)) for sample in read_samples(path)] == [("b", 2), ("a", 1)]


def test_a_sum_names_nothing_and_an_unknown_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("compound,value,unit\nTVOC,900,ppb\nunobtainium,3,ppb\nacetone,1,ppb\n", encoding="utf-8")
    (sample,) = read_samples(path)
    assert [reading.keys for reading in sample.readings] == [{ACETONE}]
    assert sample.not_recognised == ("unobtainium",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("compound,value,unit\n", "no row below the header"),
        ("compound,valu,unit\nacetone,1,ppb\n", 'no column "value"; rename "valu"'),
        ("name,value,unit\nacetone,1,ppb\n", 'no column "compound"'),
        ("compound,value,unit\nacetone,1,furlong\n", 'samples.csv:2: column "unit": "furlong" is no unit'),
        ("compound,value,unit\nacetone,1\n", "2 cells, the header has 3"),
        ("compound,value,unit\nacetone,many,ppb\n", '"many" is not a number'),
        ("compound,value,unit\nacetone,-4,ppb\n", "-4 is no amount"),
        ("compound,value,unit\nacetone,1,ppb\ntoluene,1,wt%\n", "both wt% and concentrations"),
        ("compound,value,unit\nunobtainium,1,ppb\n", "no compound is known (unobtainium)"),
        ("compound,value,unit\nTVOC,1,ppb\n", "no row is of a single compound"),
        ("compound,value,unit\n,1,ppb\n", "no compound and no CAS number"),
        ("compound,value,value,unit\nacetone,1,1,ppb\n", 'column "value" stands twice'),
        ("\x00\x01\x02" * 1000, "binary"),
    ],
)
def test_a_fault_is_told_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FormatError) as fault:
        read(tmp_path, text)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_pid_reads_isobutylene_equivalents(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    rows = ["PID,,2.5,ppm,,", "isobutylene equivalents,,2500,ppb,,", "acetone,,2.75,ppm,,PID", "TVOC,,2.5,ppm,,PID"]
    rows += ["acetone,,5,ppb,,", "anything,,3,ppm,,MOX", "TVOC,,3,ppm,,", "PID,,,ppm,0.1,"]
    path.write_text("\n".join(["compound,cas,value,unit,detection_limit,sensor", *rows]) + "\n", encoding="utf-8")
    (sample,) = read_samples(path)
    assert [reading.compound for reading in sample.readings] == ["acetone"]
    assert [total.sensor for total in sample.sums] == ["PID", "PID", "PID", "PID", "MOX", "sum", "PID"]
    # set to acetone, of factor 1.1 (RAE Systems TN-106), it shows 1.1 times what it would, set to isobutylene
    assert [total.value for total in sample.sums[:4]] == pytest.approx([2.5] * 4)
    assert sample.sums[-1].limit == pytest.approx(0.1)
    assert all(total.value != total.value for total in sample.sums[4:])
