// The workbench's scripts: keys, the docket's selection, and news. Every page works without them.
import { followCases } from "./news";
import { readDocket } from "./docket";
import { readCase } from "./case";
import { keepLease } from "./heartbeat";
import { startKeys, type Actions } from "./keys";
import { startMap } from "./mapped";
import { post } from "./post";

const SEARCH = "#search";
const field = document.querySelector<HTMLInputElement>("input[type=search]");
if (location.hash === SEARCH) field?.focus();

/** Keys of links that a page has. */
function followLinks(page: Document, links: Record<string, string>): Actions {
  const found = Object.entries(links).flatMap(([action, selector]) => {
    const link = page.querySelector<HTMLAnchorElement>(selector);
    return link === null ? [] : [[action, () => link.click()]];
  });
  return Object.fromEntries(found) as Actions;
}

const go = (path: string) => () => location.assign(path);
const actions: Actions = {
  docket: go("/"),
  take: () => post("/docket/next"),
  // From a page without a search, to the docket's.
  search: () => (field === null ? location.assign(`/docket${SEARCH}`) : field.focus()),
  ...followLinks(document, { flights: 'nav a[href="/flights"]', search_map: 'nav a[href="/search-map"]', passes: "[data-passes]" }),
  ...readDocket(document),
  ...readCase(document),
  ...startMap(document),
};
startKeys(document, actions);
keepLease(document);
if (document.querySelector("[data-case]")) {
  followCases(document);
}
