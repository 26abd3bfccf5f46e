// The workbench's scripts: keys, the docket's selection, and news. Every page works without them.
import { followCases } from "./news";
import { readDocket } from "./docket";
import { readCase } from "./case";
import { startKeys, type Actions } from "./keys";
import { startMap } from "./mapped";

const SEARCH = "#search";
const field = document.querySelector<HTMLInputElement>("input[type=search]");
if (location.hash === SEARCH) field?.focus();
const go = (path: string) => () => location.assign(path);
const actions: Actions = {
  docket: go("/"),
  // From a page without a search, to the docket's.
  search: () => (field === null ? location.assign(`/docket${SEARCH}`) : field.focus()),
  ...readDocket(document),
  ...readCase(document),
  ...startMap(document),
};
startKeys(document, actions);
if (document.querySelector("[data-case]")) {
  followCases(document);
}
