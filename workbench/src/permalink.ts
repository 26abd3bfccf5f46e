// What an address says behind its hash, part by part, so that a link holds everything: the map's own view is "at".

function parts(): Map<string, string> {
  const pairs = location.hash.replace("#", "").split("&").filter((part) => part.includes("="));
  return new Map(pairs.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
}

/** The numbers of a part, if it is there and holds so many. */
export function numbersOf(key: string, count: number): number[] | null {
  const numbers = (parts().get(key) ?? "").split(",").map(Number);
  return numbers.length === count && numbers.every(Number.isFinite) ? numbers : null;
}

/** Lets a part hold numbers; none takes it out. */
export function keepNumbers(key: string, numbers: readonly number[]): void {
  const said = parts();
  if (numbers.length > 0) said.set(key, numbers.join(","));
  else said.delete(key);
  const hash = [...said].map(([name, value]) => `${name}=${value}`).join("&");
  history.replaceState(history.state, "", hash === "" ? location.pathname + location.search : `#${hash}`);
}
