// Which key does what. The page lists them in a dialog, in the reader's language; a person may bind others, which stay
// in this browser.

export type Actions = Partial<Record<string, () => void>>;

const STORED = "upwind-keys";
/** What each action's key is unless bound anew; two keys in a row are parted by a blank. */
const DEFAULTS: Record<string, string> = {
  next: "j",
  previous: "k",
  open: "Enter",
  take: "t",
  claim: "c",
  confirmed: "1",
  rejected: "2",
  unsure: "3",
  likelihood: "l",
  note: "n",
  map: "m",
  earlier: "[",
  later: "]",
  measure: "d",
  passes: "p",
  docket: "g d",
  flights: "g f",
  search_map: "g s",
  search: "/",
  undo: "z",
  help: "?",
};
/** So long the first key of two is remembered. [ms] */
const PAUSE_MS = 1000;

function bound(): Record<string, string> {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORED) ?? "{}") as Record<string, string>) };
  } catch {
    return { ...DEFAULTS };
  }
}

function bind(action: string, key: string): void {
  const own = { ...bound(), [action]: key };
  const changed = Object.entries(own).filter(([name, said]) => DEFAULTS[name] !== said);
  localStorage.setItem(STORED, JSON.stringify(Object.fromEntries(changed)));
}

/** Whether somebody is writing: keys are letters there, not orders. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input:not([type=radio]), select, textarea") !== null;
}

function showKeys(dialog: HTMLDialogElement): void {
  const keys = bound();
  for (const button of dialog.querySelectorAll<HTMLButtonElement>("[data-bind]")) {
    button.textContent = keys[button.dataset["bind"] ?? ""] ?? "";
  }
}

function startBinding(dialog: HTMLDialogElement): void {
  dialog.addEventListener("click", (click) => {
    const button = (click.target as HTMLElement).closest<HTMLButtonElement>("[data-bind]");
    if (button === null) return;
    button.textContent = "…";
    const take = (press: KeyboardEvent) => {
      press.preventDefault();
      press.stopPropagation();
      if (press.key !== "Escape") bind(button.dataset["bind"] ?? "", press.key);
      button.removeEventListener("keydown", take);
      showKeys(dialog);
    };
    button.addEventListener("keydown", take);
  });
}

export function startKeys(page: Document, actions: Actions): void {
  const dialog = page.querySelector<HTMLDialogElement>("dialog#keys");
  if (dialog !== null) {
    startBinding(dialog);
    actions["help"] = () => {
      showKeys(dialog);
      dialog.showModal();
    };
    page.querySelector("[data-help]")?.addEventListener("click", actions["help"]);
  }
  let first = "";
  let since = 0;
  page.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey || isWriting(press.target) || dialog?.open) return;
    const now = press.timeStamp; // when it was pressed: a map that starts may keep it waiting
    const pair = now - since < PAUSE_MS ? `${first} ${press.key}` : press.key;
    const keys = Object.entries(bound());
    const action = keys.find(([, key]) => key === pair)?.[0] ?? keys.find(([, key]) => key === press.key)?.[0];
    [first, since] = [press.key, now];
    const act = action === undefined ? undefined : actions[action];
    if (act === undefined) return;
    // Enter on a link or button does what that says.
    if (press.key === "Enter" && (press.target as HTMLElement).closest("a, button")) return;
    press.preventDefault();
    first = "";
    act();
  });
}
