"""One flight, written in every kind of telemetry that is read."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable

import numpy as np

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
