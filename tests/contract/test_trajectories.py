"""Every kind of telemetry of the registry, given the same flight in its own format, hands over the same trajectory."""

from __future__ import annotations

import gzip
import json
import math
import struct
import time as clock
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from upwind.arrays import TRAJECTORY, check
from upwind.errors import FormatError, UpwindError
from upwind.readers.files import open_file
from upwind.readers.trajectories import TELEMETRY, Telemetry, read_trajectory, telemetry_of
from upwind.records import Trajectory

#: 2020-09-14T21:48:00Z, off San Diego; a climb at 1,000 m, one position a second.
START = 1600120080
COUNT = 40
TIME = START + np.arange(COUNT, dtype=np.float64)
LONGITUDE = -117.2 - np.arange(COUNT) * 0.0005
LATITUDE = 32.69 + np.arange(COUNT) * 0.0004
ALTITUDE = 1000.0 + np.arange(COUNT)
ISO = [f"{np.datetime64(START + second, 's')}Z" for second in range(COUNT)]
FOOT = 0.3048
Make = Callable[[], bytes]


def rows() -> list[tuple[int, float, float, float]]:
    """Return second, longitude, latitude, altitude of each position."""
    columns = (values.tolist() for values in (TIME, LONGITUDE, LATITUDE, ALTITUDE))
    return [(int(time), *place) for time, *place in zip(*columns, strict=True)]


def traffic_json() -> bytes:
    written = [
        {
            "timestamp": time * 1000,
            "icao24": "ae0455",
            "callsign": "PSWRD35" if time > START + 2 else None,
            "latitude": latitude,
            "longitude": longitude,
            "altitude": altitude / FOOT,
            "onground": False,
        }
        for time, longitude, latitude, altitude in rows()
    ]
    return json.dumps(written).encode()


def vectors_csv() -> bytes:
    head = "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,baroaltitude,geoaltitude"
    lines = [
        f"{time},ae0455,{latitude!r},{longitude!r},60,320,1,PSWRD35 ,false,false,false,,{altitude},"
        for time, longitude, latitude, altitude in rows()
    ]
    return "\n".join([head, *lines, ""]).encode()


def parity(bits: int) -> int:
    """Return the 24 bits that make a squitter divide by the generator (long division, bit by bit)."""
    rest = bits << 24
    for place in range(111, 23, -1):
        if rest >> place & 1:
            rest ^= 0x1FFF409 << (place - 24)
    return rest


def zones(latitude: float) -> int:
    """Return the number of longitude zones (ICAO Doc 9871, C.2.6.2 d)."""
    part = (1 - math.cos(math.pi / 30)) / math.cos(math.radians(latitude)) ** 2
    return math.floor(2 * math.pi / math.acos(1 - part))


def squitter(longitude: float, latitude: float, altitude: float, *, odd: int) -> str:
    """Return the frame of an airborne position (ICAO Doc 9871, C.2.6: compact position reporting)."""
    size = 2**17
    north = 360 / (60 - odd)
    y = math.floor(size * (latitude % north) / north + 0.5)
    east = 360 / max(1, zones(north * (y / size + latitude // north)) - odd)
    x = math.floor(size * (longitude % east) / east + 0.5)
    steps = round((altitude / FOOT + 1000) / 25)
    height = (steps >> 4) << 5 | 1 << 4 | steps & 0xF
    report = 11 << 51 | height << 36 | odd << 34 | (y % size) << 17 | x % size
    bits = 0x8D << 80 | 0xAE0455 << 56 | report
    return f"{bits << 24 | parity(bits):028X}"


def modes_csv() -> bytes:
    lines = [
        f"{time},{squitter(longitude, latitude, altitude, odd=time % 2)},ae0455,11"
        for time, longitude, latitude, altitude in rows()
    ]
    return "\n".join([f"{START - 1},{squitter(-117.2, 32.69, 1000, odd=1)},ae0455,11", *lines, ""]).encode()


def crc_x25(octets: bytes) -> int:
    """Return CRC-16/MCRF4XX, bit by bit."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc


def mavlink(message: int, extra: int, says: bytes, *, second: bool) -> bytes:
    """Return a frame of MAVLink 1 or 2."""
    if second:
        body = struct.pack("<BBBBBB", len(says), 0, 0, 7, 1, 1) + message.to_bytes(3, "little") + says
    else:
        body = struct.pack("<BBBBB", len(says), 7, 1, 1, message) + says
    return bytes([0xFD if second else 0xFE]) + body + struct.pack("<H", crc_x25(body + bytes([extra])))


def tlog() -> bytes:
    parts = []
    for number, (time, longitude, latitude, altitude) in enumerate(rows()):
        clock = struct.pack(">Q", time * 1_000_000)
        fields = (number, round(latitude * 1e7), round(longitude * 1e7), round(altitude * 1e3), 5000, 0, 0, 0, 0)
        parts.append(clock + mavlink(33, 104, struct.pack("<IiiiihhhH", *fields), second=number % 2 == 1))
        parts.append(clock + mavlink(0, 50, struct.pack("<IBBBBB", 0, 2, 3, 81, 4, 3), second=False))
    return b"".join(parts)


def ulog_message(kind: str, says: bytes) -> bytes:
    return struct.pack("<HB", len(says), ord(kind)) + says


def ulog() -> bytes:
    layout = "vehicle_gps_position:uint64_t timestamp;uint64_t time_utc_usec;int32_t lat;int32_t lon;int32_t alt;"
    layout += "int32_t alt_ellipsoid;uint8_t fix_type;uint8_t[3] _padding0;"
    parts = [b"ULog\x01\x12\x35\x01" + struct.pack("<Q", 0)]
    parts.append(ulog_message("F", layout.encode()))
    parts.append(ulog_message("I", b"\x0fchar[3] sys_nam" + b"PX4"))
    parts.append(ulog_message("A", struct.pack("<BH", 0, 3) + b"vehicle_gps_position"))
    for number, (time, longitude, latitude, altitude) in enumerate(rows()):
        utc = time * 1_000_000 if number > 1 else 0
        place = (round(latitude * 1e7), round(longitude * 1e7), round(altitude * 1e3), round(altitude * 1e3) - 35_000)
        boot = 5_000_000 + number * 1_000_000
        parts.append(ulog_message("D", struct.pack("<HQQiiiiB", 3, boot, utc, *place, 3)))
    return b"".join(parts)


def dataflash() -> bytes:
    def layout(kind: int, length: int, name: str, fields: str, labels: str) -> bytes:
        texts = (name.encode(), fields.encode(), labels.encode())
        return b"\xa3\x95\x80" + struct.pack("<BB4s16s64s", kind, length, *texts)

    parts = [layout(128, 89, "FMT", "BBnNZ", "Type,Length,Name,Format,Columns")]
    parts.append(layout(130, 30, "GPS", "QBIHLLe", "TimeUS,Status,GMS,GWk,Lat,Lng,Alt"))
    for number, (time, longitude, latitude, altitude) in enumerate(rows()):
        week, second = divmod(time + 18 - 315_964_800, 604_800)
        place = (round(latitude * 1e7), round(longitude * 1e7), round(altitude * 100))
        parts.append(b"\xa3\x95\x82" + struct.pack("<QBIHiii", number, 3, second * 1000, week, *place))
    return b"".join(parts)


def local_set(time: int, longitude: float, latitude: float, altitude: float) -> bytes:
    """Return a set of MISB ST 0601 with its checksum."""
    items = [
        (2, struct.pack(">Q", time * 1_000_000)),
        (3, b"MISSION07"),
        (4, b"AF-7"),
        (13, struct.pack(">i", round(latitude / 90 * (2**31 - 1)))),
        (14, struct.pack(">i", round(longitude / 180 * (2**31 - 1)))),
        (15, struct.pack(">H", round((altitude + 900) / 19_900 * 65_535))),
    ]
    says = b"".join(bytes([tag, len(value)]) + value for tag, value in items) + b"\x01\x02"
    text = bytes.fromhex("060e2b34020b01010e01030101000000") + bytes([0x81, len(says) + 2]) + says
    total = sum(octet << (8 if place % 2 == 0 else 0) for place, octet in enumerate(text)) & 0xFFFF
    return text + struct.pack(">H", total)


def transport_stream() -> bytes:
    packets = []
    for number, row in enumerate(rows()):
        load = local_set(*row)
        load = b"\x00\x00\x01\xbd" + struct.pack(">H", len(load) + 3) + b"\x84\x00\x00" + load
        stuffing = 184 - len(load) - 2
        packets.append(b"\x47\x41\x01" + bytes([0x30 | number % 16, stuffing + 1, 0]) + b"\xff" * stuffing + load)
        packets.append(b"\x47\x1f\xff\x10" + b"\xff" * 184)
    return b"".join(packets)


def kml() -> bytes:
    times = "".join(f"<when>{time}</when>" for time in ISO)
    places = "".join(f"<gx:coord>{x!r} {y!r} {z}</gx:coord>" for _, x, y, z in rows())
    pairs = "".join(
        f"<when>{time}</when><gx:coord>{x!r} {y!r} {z}</gx:coord>"
        for time, (_, x, y, z) in zip(ISO, rows(), strict=True)
    )
    assert len(pairs) == len(times) + len(places)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><name>F1</name><gx:Track>'
        f"<altitudeMode>absolute</altitudeMode>{pairs}</gx:Track></Placemark></Document></kml>"
    ).encode()


def gpx() -> bytes:
    points = "".join(
        f'<trkpt lat="{latitude!r}" lon="{longitude!r}"><ele>{altitude}</ele><time>{time}</time></trkpt>'
        for time, (_, longitude, latitude, altitude) in zip(ISO, rows(), strict=True)
    )
    return (
        '<?xml version="1.0"?>\n<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="test">'
        f"<metadata><name>no flight</name></metadata><trk><name>F1</name><trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def cot() -> bytes:
    events = (
        f'<event version="2.0" uid="U-7" type="a-n-A" time="{time}" start="{time}" stale="{time}" how="m-g">'
        f'<point lat="{latitude!r}" lon="{longitude!r}" hae="{altitude}" ce="9999999.0" le="9999999.0"/>'
        f'<detail><contact callsign="SEVEN"/></detail></event>\n'
        for time, (_, longitude, latitude, altitude) in zip(ISO, rows(), strict=True)
    )
    return b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n" + "".join(events).encode()


def iwg1() -> bytes:
    lines = (
        f"IWG1,{time.rstrip('Z')},{latitude!r},{longitude!r},{altitude},{altitude - 35},{altitude / FOOT!r},"
        f"{(altitude - 20) / FOOT!r},60,,,,\r\n"
        for time, (_, longitude, latitude, altitude) in zip(ISO, rows(), strict=True)
    )
    return "".join(lines).encode()


#: By kind: a file's name, what makes it, which height it tells, its flight, its platform.
MAKERS: dict[str, tuple[str, Make, str, str, str]] = {
    "PX4 ULog": ("flight.ulg", ulog, "altitude", "", ""),
    "ArduPilot DataFlash": ("flight.BIN", dataflash, "altitude", "", ""),
    "MAVLink telemetry log": ("flight.tlog", tlog, "altitude", "system 1", "system 1"),
    "MISB KLV": ("flight.ts", transport_stream, "altitude", "MISSION07", "AF-7"),
    "KML": ("flight.kml", kml, "altitude", "F1", ""),
    "GPX": ("flight.gpx", gpx, "altitude", "F1", ""),
    "Cursor on Target": ("flight.cot", cot, "ellipsoidal_height", "U-7", "SEVEN"),
    "ADS-B JSON": ("flight.json", traffic_json, "pressure_altitude", "ae0455", "PSWRD35"),
    "IWG1": ("flight.iwg1", iwg1, "altitude", "", ""),
    "Mode S frames": ("flight.csv", modes_csv, "pressure_altitude", "ae0455", "ae0455"),
    "OpenSky state vectors": ("vectors.csv", vectors_csv, "pressure_altitude", "ae0455", "PSWRD35"),
}
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
    monkeypatch.setitem(globals(), "LATITUDE", latitude)
    monkeypatch.setitem(globals(), "LONGITUDE", longitude)
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


SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def measured(place: str) -> Path:
    """Return a measured file that lies beside the checkout."""
    path = SHARED / place
    if not path.is_file():
        pytest.skip(f"needs {place} of the measured data that lie beside the checkout")
    return path


@pytest.mark.shared
def test_pswrd35_off_san_diego() -> None:
    began = clock.perf_counter()
    track = read_trajectory(measured("flight/adsb/aircraft_carrier.json.gz"))
    assert clock.perf_counter() - began < 1
    assert len(track.time) == 7335  # the located ones of 9,024 rows
    assert (track.platforms, track.flights, track.notes) == (("PSWRD35",), ("ae0455",), ())
    assert track.row[0] == 1
    assert track.row[-1] <= 9023
    assert track.time[0] == 1600120072


@pytest.mark.shared
def test_fire_aircraft_keep_their_flights_apart() -> None:
    track = read_trajectory(measured("flight/adsb/calfire.json.gz"))
    assert len(track.time) == 9955
    assert track.ellipsoidal_height[0] == pytest.approx(1000 * FOOT)
    assert track.flights[track.flight[0]] == "N342WN_014"
    assert track.platforms[track.platform[0]] == "N342WN"


@pytest.mark.shared
def test_real_squitters_move_as_an_airliner_does() -> None:
    track = read_trajectory(measured("flight/modes/sample_data_adsb.csv"))
    assert len(track.time) > 900  # of 937 airborne positions
    assert set(np.unique(np.diff(track.time))) <= set(range(30))
    east = np.radians(np.diff(track.longitude)) * np.cos(np.radians(track.latitude[1:]))
    metres = 6_371_000 * np.hypot(east, np.radians(np.diff(track.latitude)))
    assert np.all(metres <= 260 * (np.diff(track.time) + 2))  # 494 knots over ground, times late by up to 2 s
    assert track.pressure_altitude == pytest.approx(36_000 * FOOT, abs=50)


@pytest.mark.shared
def test_a_log_of_a_flight_controller_in_trondheim() -> None:
    track = read_trajectory(measured("flight/px4/sample_log_small.ulg"))
    assert len(track.time) == 32
    assert track.latitude == pytest.approx(63.417, abs=1e-3)
    assert track.longitude == pytest.approx(10.408, abs=1e-3)
    assert np.datetime64(int(track.time[0]), "s") == np.datetime64("2021-04-21T06:30:58")
    assert np.all((track.ellipsoidal_height - track.altitude > 39) & (track.ellipsoidal_height - track.altitude < 41))


@pytest.mark.shared
def test_a_telemetry_log_begins_without_a_fix() -> None:
    began = clock.perf_counter()
    track = read_trajectory(measured("flight/ardupilot/dronekit_flight.tlog"))
    assert clock.perf_counter() - began < 4
    assert len(track.time) == 2833
    assert (track.longitude[0], track.latitude[0]) == (0.0, 0.0)
    assert (track.longitude[-1], track.latitude[-1]) == (149.1657436, -35.3623295)  # as pymavlink 2.4.50 reads it
    assert track.altitude[-1] == 590.35
    assert track.time[-1] == 1436057055.147776
    assert track.notes == ("cut off after 76,791 messages",)


@pytest.mark.shared
def test_a_dataflash_log_that_is_cut_off() -> None:
    track = read_trajectory(measured("flight/ardupilot/pymavlink_test.BIN"))
    assert track.notes == ("cut off after 1,731 messages",)
    assert track.time == pytest.approx(1509241630 + np.arange(5) * 0.2)  # as pymavlink 2.4.50 reads it
    assert track.latitude == pytest.approx(-35.3626275, abs=3e-7)
    assert track.altitude[0] == pytest.approx(588.82)


@pytest.mark.shared
@pytest.mark.parametrize("video", ["h264", "h265", "mpeg2"])
def test_sets_of_the_standards_own_example(video: str) -> None:
    track = read_trajectory(measured(f"flight/klv/{video}_klv.ts"))
    assert len(track.time) == 30
    assert (track.flights[0], track.platforms[0]) == ("MISSION01", "AF-101")
    # MISB ST 0601.8, example values of tags 2, 13, 14 and 15 (those that kwiver's test streams begin with).
    assert np.datetime64(int(track.time[0] * 1000), "ms") == np.datetime64("2008-10-24T00:13:29.913")
    assert track.latitude[0] == pytest.approx(60.1768229669783, abs=1e-9)
    assert track.longitude[0] == pytest.approx(128.426759042045, abs=1e-9)
    assert track.altitude[0] == pytest.approx(14190.7195, abs=1e-3)


@pytest.mark.shared
def test_the_universal_set_of_an_older_aircraft() -> None:
    track = read_trajectory(measured("flight/klv/aphill_klv_10s.ts"))
    assert len(track.time) == 300
    assert (track.latitude[0], track.longitude[0]) == pytest.approx((38.160, -77.356), abs=1e-3)
    assert track.time[-1] - track.time[0] == pytest.approx(10, abs=0.1)
    assert track.notes == ()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["Drawing Shapes - Circle", "Marker - 2525", "Marker - Spot"])
def test_samples_of_cursor_on_target(name: str) -> None:
    track = read_trajectory(measured(f"intel/cot/{name}.cot"))
    assert np.datetime64(int(track.time[0]), "s") == np.datetime64("2020-12-16T19:59:34")
    assert (track.latitude[0], track.longitude[0]) == pytest.approx((38.85, -77.07), abs=0.02)
    assert np.isnan(track.ellipsoidal_height[0])  # 9999999
