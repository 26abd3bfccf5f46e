// Distance and bearing on the ellipsoid of WGS84.

const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;
/** Sines of angles on the auxiliary sphere settle within this. */
const SETTLED = 1e-12;
const TURNS = 200;

export interface Way {
  /** [m] */
  readonly metres: number;
  /** At the first place, clockwise from north. [deg] */
  readonly bearing: number;
}

/**
 * The shortest way from one place to another (Vincenty 1975, Survey Review 23, unverified);
 * longitude and latitude in degrees. Its truth is pyproj, in a test.
 */
export function wayBetween(from: readonly [number, number], to: readonly [number, number]): Way {
  const across = (to[0] - from[0]) * RAD;
  const [u1, u2] = [from[1], to[1]].map((latitude) => Math.atan((1 - F) * Math.tan(latitude * RAD))) as [number, number];
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = across;
  for (let turn = 0; turn < TURNS; turn++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sine = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sine === 0) return { metres: 0, bearing: 0 };
    const cosine = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sine, cosine);
    const sa = (c1 * c2 * sl) / sine;
    const ca2 = 1 - sa * sa;
    const middle = ca2 === 0 ? 0 : cosine - (2 * s1 * s2) / ca2;
    const c = (F / 16) * ca2 * (4 + F * (4 - 3 * ca2));
    const next = across + (1 - c) * F * sa * (sigma + c * sine * (middle + c * cosine * (2 * middle * middle - 1)));
    const settled = Math.abs(next - lambda) < SETTLED;
    lambda = next;
    if (!settled && turn < TURNS - 1) continue;
    const k = (ca2 * (A * A - B * B)) / (B * B);
    const large = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)));
    const small = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)));
    const last = cosine * (2 * middle * middle - 1) - (small / 6) * middle * (4 * sine * sine - 3) * (4 * middle * middle - 3);
    const metres = B * large * (sigma - small * sine * (middle + (small / 4) * last));
    const bearing = Math.atan2(c2 * sl, c1 * s2 - s1 * c2 * cl) / RAD;
    return { metres, bearing: (bearing + 360) % 360 };
  }
  return { metres: NaN, bearing: NaN };
}
