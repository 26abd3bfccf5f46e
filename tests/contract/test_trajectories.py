"""Every kind of telemetry of the registry, given the same flight in its own format, hands over the same trajectory."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

#: 2020-09-14T21:48:00Z, off San Diego; a climb at 1,000 m, one position a second.
from makers import telemetry
from makers.telemetry import (
    ALTITUDE,
    COUNT,
    FOOT,
    LATITUDE,
    LONGITUDE,
    MAKERS,
    START,
    TIME,
    gpx,
    kml,
    local_set,
    mavlink,
    modes_csv,
    rows,
    transport_stream,
    ulog,
)

from upwind.arrays import TRAJECTORY, check
from upwind.errors import FormatError, UpwindError
from upwind.readers.files import open_file
from upwind.readers.trajectories import TELEMETRY, Telemetry, read_trajectory, telemetry_of
from upwind.records import Trajectory

#: Formats that cannot say a latitude beyond 90 degrees.
BOUNDED = ("Mode S frames", "MISB KLV")
every_kind = pytest.mark.parametrize("kind", TELEMETRY, ids=lambda kind: kind.name)

#: How much of a position a format keeps: Mode S has 17 bits a zone and 25 ft, ST 0601 0.3 m. [deg], [m]
DEGREES = {"Mode S frames": 5e-5}
METRES = {"Mode S frames": 4.0, "MISB KLV": 0.2}


def made(folder: Path, kind: Telemetry) -> Path:
    name, make, *_ = MAKERS[kind.name]
    path = folder / name
    path.write_bytes(make())
    return path


def one_line(path: Path) -> Trajectory | None:
    """Return the trajectory, None where it is refused in one line; anything else raised fails the test."""
    try:
        return read_trajectory(path)
    except UpwindError as error:
        text = str(error)
        assert "\n" not in text
        assert len(text) <= 400
        assert path.name in text
        assert "; " in text
        return None


@every_kind
def test_it_hands_over_the_flight_as_flown(tmp_path: Path, kind: Telemetry) -> None:
    path = made(tmp_path, kind)
    track = read_trajectory(path)
    _, _, height, flight, platform = MAKERS[kind.name]
    check({spec.name: getattr(track, spec.name) for spec in TRAJECTORY}, TRAJECTORY)
    assert track.name == path.name
    assert track.sha256 == open_file(path).sha256 if kind.name == "GPX" else len(track.sha256) == 64
    assert track.time.tolist() == TIME.tolist()
    assert track.longitude == pytest.approx(LONGITUDE, abs=DEGREES.get(kind.name, 1e-6))
    assert track.latitude == pytest.approx(LATITUDE, abs=DEGREES.get(kind.name, 1e-6))
    assert getattr(track, height) == pytest.approx(ALTITUDE, abs=METRES.get(kind.name, 0.01))
    assert np.diff(track.row).tolist() == [1] * (COUNT - 1)
    assert (track.flights, track.platforms) == ((flight,), (platform,))
    assert track.flight.tolist() == track.platform.tolist() == [0] * COUNT


@every_kind
def test_no_height_is_made_up(tmp_path: Path, kind: Telemetry) -> None:
    track = read_trajectory(made(tmp_path, kind))
    assert np.isnan(track.height).all() or kind.name == "IWG1"  # the radar altitude alone is above ground
    if kind.name == "IWG1":
        assert track.height == pytest.approx(ALTITUDE - 20)


@every_kind
def test_its_content_and_not_the_name_decides(tmp_path: Path, kind: Telemetry) -> None:
    other = made(tmp_path, kind).rename(tmp_path / "flight.dat")
    assert telemetry_of(open_file(other)) is kind
    packed = tmp_path / "flight.dat.gz"
    packed.write_bytes(gzip.compress(other.read_bytes()))
    for path in (other, packed):
        assert read_trajectory(path).time.tolist() == TIME.tolist()


@every_kind
def test_what_is_left_of_a_file_that_is_cut_off_is_read_and_said(tmp_path: Path, kind: Telemetry) -> None:
    path = made(tmp_path, kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.7) - 1])
    track = read_trajectory(path)
    count = len(track.time)
    assert COUNT * 0.6 < count < COUNT * 0.75
    assert track.time.tolist() == TIME[:count].tolist()
    assert track.latitude == pytest.approx(LATITUDE[:count], abs=DEGREES.get(kind.name, 1e-6))
    assert track.notes


@every_kind
def test_a_packed_file_that_is_cut_off_is_read_as_far_as_it_unpacks(tmp_path: Path, kind: Telemetry) -> None:
    path = tmp_path / "flight.gz"
    packed = gzip.compress(made(tmp_path, kind).read_bytes(), compresslevel=0)
    path.write_bytes(packed[: int(len(packed) * 0.7)])
    track = read_trajectory(path)
    assert track.time.tolist() == TIME[: len(track.time)].tolist()
    assert track.notes[0] == "the packed file is cut off: read as far as it unpacks"


@pytest.mark.parametrize("kind", [kind for kind in TELEMETRY if kind.name not in BOUNDED], ids=lambda kind: kind.name)
def test_a_position_without_a_fix_stays_and_one_off_the_globe_goes(
    tmp_path: Path, kind: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    latitude, longitude = LATITUDE.copy(), LONGITUDE.copy()
    latitude[0] = longitude[0] = 0.0
    latitude[5] = 91.0
    monkeypatch.setattr(telemetry, "LATITUDE", latitude)
    monkeypatch.setattr(telemetry, "LONGITUDE", longitude)
    track = read_trajectory(made(tmp_path, kind))
    assert track.row.tolist() == [0, 1, 2, 3, 4, *range(6, COUNT)]
    assert (track.longitude[0], track.latitude[0]) == (0.0, 0.0)
    assert any("1 position off the globe" in note for note in track.notes)


@every_kind
def test_any_cut_gives_a_trajectory_or_one_line(tmp_path: Path, kind: Telemetry) -> None:
    path = made(tmp_path, kind)
    whole = path.read_bytes()
    for end in {*range(0, min(len(whole), 300), 7), *range(0, len(whole), max(1, len(whole) // 40))}:
        path.write_bytes(whole[:end])
        one_line(path)


@every_kind
def test_any_damage_gives_a_trajectory_or_one_line(tmp_path: Path, kind: Telemetry) -> None:
    path = made(tmp_path, kind)
    whole = path.read_bytes()
    random = np.random.default_rng(5)
    for turn in range(120):
        broken = bytearray(whole)
        for place in random.integers(0, len(broken), 1 + turn % 20):
            broken[place] = int(random.integers(0, 256))
        if turn % 3 == 0:
            start = int(random.integers(0, len(broken)))
            del broken[start : start + int(random.integers(1, 100))]
        path.write_bytes(bytes(broken))
        one_line(path)


@every_kind
def test_a_name_alone_promises_nothing(tmp_path: Path, kind: Telemetry) -> None:
    random = np.random.default_rng(6)
    for suffix in (*kind.suffixes, ".csv", ".txt", ".parquet"):
        for content in (b"", b"\n", random.bytes(1), random.bytes(5000), b"hello world\n" * 50, b"{}", b"<a/>"):
            path = tmp_path / f"noise{suffix}"
            path.write_bytes(content)
            assert one_line(path) is None


@pytest.mark.parametrize("name", ["MAVLink telemetry log", "MISB KLV"])
def test_a_recording_that_begins_anywhere_is_read_by_its_name(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, next(kind for kind in TELEMETRY if kind.name == name))
    path.write_bytes(path.read_bytes()[1001:])
    track = read_trajectory(path)
    assert track.time.tolist() == TIME[-len(track.time) :].tolist()
    assert COUNT * 0.5 < len(track.time) < COUNT


def test_a_receiver_that_never_knew_the_date_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flight.ulg"
    whole = ulog()
    for second in range(COUNT):
        whole = whole.replace(struct.pack("<Q", (START + second) * 1_000_000), bytes(8))
    path.write_bytes(whole)
    with pytest.raises(FormatError, match="40 positions without a time"):
        read_trajectory(path)


def test_a_damaged_place_in_a_ulog_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "flight.ulg"
    whole = ulog()
    message = 3 + 2 + 8 + 8 + 16 + 1
    start = len(whole) - 20 * message
    path.write_bytes(whole[:start] + b"\xff" * 90 + whole[start + message :])
    track = read_trajectory(path)
    assert len(track.time) in (COUNT - 1, COUNT - 2)
    assert track.notes[0].startswith("damaged in 1 place, ")


TIMELESS = {
    "line.kml": b'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>2,3,4 3,4,5'
    b"</coordinates></LineString></Placemark></kml>",
    "track.gpx": b'<gpx><trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1" lon="3"/></trkseg></trk></gpx>',
    "frames.avr": b"*8D40621D58C382D690C8AC2863A7;\n*8D40621D58C386435CC412692AD6;\n",
    "frames.bin": b"\x1a\x33" + bytes(30),
    "rows.json": b'[{"icao24": "ae0455", "latitude": 32.0, "longitude": -117.0}]',
}


@pytest.mark.parametrize("name", TIMELESS)
def test_positions_without_times_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(TIMELESS[name])
    with pytest.raises(FormatError, match=r"time|date"):
        read_trajectory(path)


@pytest.mark.parametrize("root", ["gpx", "kml", "event"])
def test_entities_are_refused(tmp_path: Path, root: str) -> None:
    path = tmp_path / "bomb.xml"
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><{root} lat="1">&b;</{root}>'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match="entities"):
        read_trajectory(path)


def test_an_archive_of_kml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "flight.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("files/icon.png", b"")
        archive.writestr("doc.kml", kml())
    assert read_trajectory(path).time.tolist() == TIME.tolist()
    path.write_bytes(path.read_bytes()[:-30])
    assert one_line(path) is None


def test_a_bare_stream_of_sets_is_read_and_a_wrong_checksum_is_not(tmp_path: Path) -> None:
    path = tmp_path / "flight.klv"
    sets = [local_set(*row) for row in rows()]
    broken = bytearray(sets[3])
    broken[-4] ^= 1
    path.write_bytes(b"".join([*sets[:3], bytes(broken), *sets[4:]]))
    track = read_trajectory(path)
    assert track.row.tolist() == [0, 1, 2, *range(4, COUNT)]
    assert track.notes == ("1 of 40 metadata sets left out: cut off, or of a wrong checksum",)


def test_transport_packets_may_be_lost_or_be_apart_by_192_octets(tmp_path: Path) -> None:
    path = tmp_path / "flight.m2ts"
    stream = transport_stream()
    packets = [stream[start : start + 188] for start in range(0, len(stream), 188)]
    path.write_bytes(b"".join(b"\x00\x01\x02\x03" + packet for packet in packets))
    assert read_trajectory(path).time.tolist() == TIME.tolist()
    path.write_bytes(b"".join(packets[:10]) + b"noise" * 50 + b"".join(packets[12:]))
    assert read_trajectory(path).time.tolist() == [*TIME[:5].tolist(), *TIME[6:].tolist()]


def test_published_frames_give_the_published_place(tmp_path: Path) -> None:
    # J. Sun, The 1090 Megahertz Riddle, 2nd edition, section 5.3 (unverified): the two frames and their position.
    path = tmp_path / "pair.csv"
    frames = ("8D40621D58C386435CC412692AD6", "8D40621D58C382D690C8AC2863A7")
    path.write_text(
        "".join(f"{1457996402 + second},{frame}\n" for second, frame in enumerate(frames)), encoding="utf-8"
    )
    track = read_trajectory(path)
    assert track.latitude[-1] == pytest.approx(52.2572, abs=1e-4)
    assert track.longitude[-1] == pytest.approx(3.91937, abs=1e-4)
    assert track.pressure_altitude[-1] == pytest.approx(38_000 * FOOT)


def test_frames_of_bad_parity_are_counted_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "frames.csv"
    lines = modes_csv().decode().splitlines()
    time, frame, *rest = lines[7].split(",")
    lines[7] = ",".join([time, frame[:-1] + ("0" if frame[-1] != "0" else "1"), *rest])
    path.write_text("\n".join(lines), encoding="utf-8")
    track = read_trajectory(path)
    assert 7 not in track.row.tolist()
    assert "1 frame of bad parity left out" in track.notes


OPENSKY = {"icao24": "ae0455", "callsign": "PSWRD35 ", "startTime": START, "endTime": START + 9}
SHAPES = {
    "aircraft.json": {
        "now": START + 0.5,
        "aircraft": [
            {"hex": "ae0455", "flight": "PSWRD35 ", "alt_baro": 1000, "alt_geom": 900, "lat": 32.69, "lon": -117.2}
            | {"seen_pos": 0.5},
            {"hex": "~2a0001", "alt_baro": "ground", "lat": 32.7, "lon": -117.1, "seen_pos": 0.5},
            {"hex": "a00001", "flight": "N1"},
        ],
    },
    "trace_full_ae0455.json": {
        "icao": "ae0455",
        "timestamp": START,
        "trace": [
            [0, 32.69, -117.2, 1000, 1, 2, 0, 3, {"flight": "PSWRD35 "}, "adsb_icao", 900],
            [0.0, 32.7, -117.1, "ground", 1, 2, 0, 3, None],
        ],
    },
    "states.json": {
        "time": START + 9,
        "states": [
            ["ae0455", "PSWRD35 ", "US", START, START + 5, -117.2, 32.69, 304.8, False, 1, 2, 3, None, 274.32],
            ["a00001", None, "US", None, START, -117.1, 32.7, None, True, 1, 2, 3, None, None],
            ["a00002", "N2", "US", None, START, None, None, None, False, 1, 2, 3, None, None],
        ],
    },
    "track.json": OPENSKY | {"path": [[START, 32.69, -117.2, 304.8, 10, False], [START, 32.7, -117.1, None, 10, True]]},
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_adsb_json_says_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(SHAPES[name], indent=1), encoding="utf-8")
    track = read_trajectory(path)
    assert track.time.tolist() == [START, START]
    assert track.longitude.tolist() == [-117.2, -117.1]
    assert track.latitude.tolist() == [32.69, 32.7]
    assert track.row.tolist() == [0, 1]
    assert track.pressure_altitude[0] == pytest.approx(304.8)
    assert np.isnan(track.height[0])
    assert track.height[1] == 0.0  # on the ground
    assert track.flights[0] == "ae0455"
    assert track.platforms[0] == "PSWRD35"
    if name != "track.json":
        assert track.ellipsoidal_height[0] == pytest.approx(274.32)


def test_a_line_a_snapshot_is_read(tmp_path: Path) -> None:
    path = tmp_path / "snapshots.jsonl"
    line = json.dumps(SHAPES["aircraft.json"])
    path.write_text(f"{line}\n{line}\n{line[:50]}", encoding="utf-8")
    track = read_trajectory(path)
    assert track.row.tolist() == [0, 1, 3, 4]
    assert track.notes == ("1 of 3 lines left out: no JSON",)


def test_text_of_dataflash_says_what_the_binary_says(tmp_path: Path) -> None:
    path = tmp_path / "flight.log"
    lines = ["FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns"]
    lines.append("FMT, 130, 30, GPS, QBIHLLe, TimeUS,Status,GMS,GWk,Lat,Lng,Alt")
    for time, longitude, latitude, altitude in rows():
        week, second = divmod(time + 18 - 315_964_800, 604_800)
        lines.append(f"GPS, 1, 3, {second * 1000}, {week}, {latitude!r}, {longitude!r}, {altitude}")
    path.write_text("\n".join(lines), encoding="utf-8")
    track = read_trajectory(path)
    assert track.time.tolist() == TIME.tolist()
    assert track.altitude == pytest.approx(ALTITUDE)


def test_two_tracks_of_one_name_are_two_flights(tmp_path: Path) -> None:
    path = tmp_path / "two.gpx"
    text = gpx().decode()
    track = text[text.index("<trk>") : text.index("</gpx>")]
    path.write_text(text.replace("</gpx>", f"{track}</gpx>"), encoding="utf-8")
    assert read_trajectory(path).flights == ("F1", "F1 (2)")


def test_raw_positions_stand_in_where_a_vehicle_sends_no_fused_ones(tmp_path: Path) -> None:
    path = tmp_path / "raw.tlog"
    says = struct.pack("<QiiiHHHHBBi", 0, 326900000, -1172000000, 1000000, 1, 1, 1, 1, 3, 9, 965000)
    frame = struct.pack(">Q", START * 1_000_000) + mavlink(24, 24, says, second=True)
    path.write_bytes(frame * 3)
    track = read_trajectory(path)
    assert track.latitude.tolist() == [32.69] * 3
    assert track.ellipsoidal_height.tolist() == [965.0] * 3
