// The review page. All texts are put in by textContent: what models wrote is shown, never obeyed.
"use strict";

const byId = (id) => document.getElementById(id);
let reviewer = "";
let item = null;
let reasons = [];
let busy = false;
let last = 0;
const visited = [];

async function ask(name, values) {
  const answer = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reviewer, ...values }),
  });
  const type = answer.headers.get("content-type") || "";
  const told = type.startsWith("application/json") ? await answer.json() : { error: await answer.text() };
  if (told.progress) showProgress(told.progress);
  return { status: answer.status, ...told };
}

function say(text) {
  byId("status").textContent = text;
}

function warn(text) {
  byId("alert").textContent = text;
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// One request of the person at a time: a key that is held down decides once.
async function doing(work) {
  if (busy) return;
  busy = true;
  warn("");
  try {
    await work();
  } catch (error) {
    warn(`The server does not answer (${error.message}). Nothing was decided; start it again and reload.`);
  } finally {
    busy = false;
  }
}

function chosen() {
  return {
    state: byId("f-state").value,
    method: byId("f-method").value,
    grade: byId("f-grade").value,
    risk: byId("f-risk").value,
    search: byId("f-search").value,
  };
}

function showProgress(progress) {
  byId("progress").max = Math.max(1, progress.items);
  byId("progress").value = progress.decided;
  const numbers = `${progress.decided} of ${progress.items} decided, ${progress.mine} by you`;
  byId("progress-text").textContent = numbers;
}

function sides(spans) {
  const both = element("div", "", "sides");
  for (const [skipped, mark] of [["new", "del"], ["gone", "ins"]]) {
    const side = document.createElement("pre");
    side.tabIndex = 0;
    side.setAttribute("aria-label", skipped === "new" ? "before" : "after");
    for (const [what, text] of spans) {
      if (what === skipped) continue;
      side.append(what === "same" ? text : element(mark, text));
    }
    both.append(side);
  }
  return both;
}

function showEvidence(one) {
  const row = document.createElement("li");
  row.append(element("span", one.outcome, one.outcome), ` ${one.kind}, ${one.check}: ${one.claim}`);
  const details = document.createElement("details");
  details.append(element("summary", "What ran"));
  const { inputs, observed, basis, versions, forgeable } = one;
  details.append(element("pre", JSON.stringify({ basis, inputs, observed, versions, forgeable }, null, 2)));
  row.append(details);
  return row;
}

function state() {
  const parts = [];
  if (item.mine) parts.push(`you: ${item.mine.action}${item.mine.reason ? ` (${item.mine.reason})` : ""}`);
  if (item.others) parts.push(`decided by ${item.others} other${item.others > 1 ? "s" : ""}`);
  if (item.held_by) parts.push(`${item.held_by} has it now`);
  return parts;
}

function show(found) {
  item = found;
  closeEditor();
  byId("item").hidden = !item;
  byId("nothing").hidden = Boolean(item);
  markCurrent();
  if (!item) return;
  if (visited[visited.length - 1] !== item.id) visited.push(item.id);
  const scores = Object.entries(item.scores).map(([name, score]) => `${name} ${score}`);
  byId("title").textContent = item.id;
  byId("facts").textContent = [item.method, item.grade, item.risk, ...scores, ...state()].filter(Boolean).join(" · ");
  for (const name of ["instruction", "input", "output"]) byId(name).textContent = item[name];
  byId("input-part").hidden = !item.input;
  byId("tests").textContent = item.tests.join("\n");
  byId("tests-part").hidden = !item.tests.length;
  byId("evidence").replaceChildren(...item.evidence.map(showEvidence));
  byId("evidence-part").hidden = !item.evidence.length;
  byId("changes").replaceChildren(
    ...item.changes.flatMap((change) => [element("h3", change.label), sides(change.spans)]),
  );
  byId("main").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

async function next() {
  const told = await ask("next", { filter: chosen(), after: item ? item.id : "" });
  if (told.error) return warn(told.error);
  show(told.item);
  if (!told.item) say("Nothing is left here.");
}

async function open(id) {
  const told = await ask("item", { item: id });
  if (told.error) return warn(told.error);
  show(told.item);
}

async function previous() {
  if (visited.length < (item ? 2 : 1)) return say("There is no previous item.");
  if (item) visited.pop();
  await open(visited[visited.length - 1]);
}

async function decide(action, more) {
  if (!item) return;
  const { id, version } = item;
  const told = await ask("decide", { item: id, version, action, ...more });
  if (told.status === 409) {
    await open(id);
    warn(`Not taken: ${told.error}. The item was loaded again.`);
    return;
  }
  if (told.error) return warn(`Not taken: ${told.error}.`);
  markDecided(id, true);
  const done = { accept: "Accepted", edit: "Edited", reject: "Rejected" }[action];
  await next();
  // Said when the next item is there to be decided on.
  const rest = item ? "" : " Nothing is left here.";
  say(`${done}: ${id}.${told.note ? ` ${told.note}.` : ""}${rest}`);
}

async function undo() {
  const told = await ask("undo", {});
  if (told.error) return warn(told.error);
  if (!told.undone) return say("You have decided nothing that could be undone.");
  await open(told.undone);
  markDecided(told.undone, Boolean(item && item.others));
  say(`Undone: ${told.undone}.${told.note ? ` ${told.note}.` : ""}`);
}

function openEditor() {
  if (!item) return;
  const name = item.editable;
  byId("text-label").textContent = `Your ${name}`;
  byId("text").value = item.mine && item.mine.action === "edit" ? item.mine.edited : item[name];
  byId("compared").replaceChildren();
  byId("editor").hidden = false;
  byId("text").focus();
}

function closeEditor() {
  byId("editor").hidden = true;
}

async function compare() {
  const told = await ask("diff", { before: item[item.editable], after: byId("text").value });
  if (told.error) return warn(told.error);
  byId("compared").replaceChildren(sides(told.spans));
}

function save() {
  const edited = byId("text").value;
  if (!edited.trim()) return warn("An edit needs its text.");
  return doing(() => decide("edit", { edited }));
}

function openReasons() {
  if (item) byId("reasons").showModal();
}

function reject(reason) {
  byId("reasons").close();
  doing(() => decide("reject", { reason: reason.code }));
}

async function list(after) {
  const told = await ask("search", { filter: chosen(), after });
  if (told.error) return warn(told.error);
  const rows = told.rows.map((row) => {
    const button = document.createElement("button");
    button.append(element("span", row.decided ? "✓ " : "", "mark"), `${row.grade || row.kind} · ${row.beginning}`);
    button.type = "button";
    button.dataset.id = row.id;
    button.addEventListener("click", () => doing(() => open(row.id)));
    const line = document.createElement("li");
    line.append(button);
    return line;
  });
  if (after) byId("rows").append(...rows);
  else byId("rows").replaceChildren(...rows);
  byId("more").hidden = !told.more;
  byId("count").textContent = told.counted_all ? `${told.count} items` : `more than ${told.count} items`;
  last = told.rows.length ? told.rows[told.rows.length - 1].position : 0;
  markCurrent();
}

function markCurrent() {
  for (const button of byId("rows").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(Boolean(item) && button.dataset.id === item.id));
  }
}

function markDecided(id, decided) {
  for (const button of byId("rows").querySelectorAll("button")) {
    if (button.dataset.id === id) button.querySelector(".mark").textContent = decided ? "✓ " : "";
  }
}

async function filtered() {
  await list(0);
  item = null;
  await next();
}

async function showAgreement() {
  const told = await ask("agreement", {});
  if (told.error) return warn(told.error);
  const lines = told.agreement.map((one) => {
    const kappa = one.kappa === null ? "not defined" : one.kappa.toFixed(2);
    return element("li", `${one.first}, ${one.second}: ${one.same} of ${one.items} alike, Cohen’s kappa ${kappa}`);
  });
  byId("agreements").replaceChildren(...(lines.length ? lines : [element("li", "No item has two decisions.")]));
}

async function write() {
  const told = await ask("write", {});
  if (told.error) return warn(told.error);
  say(`Written: ${told.files.join(", ")}.${told.note ? ` ${told.note}.` : ""}`);
}

async function begin(name) {
  reviewer = name;
  const told = await ask("start", {});
  if (told.error) {
    warn(told.error);
    return byId("name").showModal();
  }
  sessionStorage.setItem("reviewer", name);
  reasons = told.reasons;
  byId("directory").textContent = told.directory;
  byId("who").textContent = name;
  for (const [facet, values] of Object.entries(told.facets)) {
    byId(`f-${facet}`).append(...values.map((value) => new Option(value, value)));
  }
  byId("reason-list").replaceChildren(
    ...reasons.map((reason, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(element("kbd", String(number + 1)), ` ${reason.label}`);
      button.addEventListener("click", () => reject(reason));
      const line = document.createElement("li");
      line.append(button);
      return line;
    }),
  );
  await filtered();
}

const KEYS = {
  a: () => doing(() => decide("accept", {})),
  e: openEditor,
  r: openReasons,
  u: () => doing(undo),
  n: () => doing(next),
  p: () => doing(previous),
  "/": () => byId("f-search").focus(),
  "?": () => byId("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.target.id === "text" && event.key === "Escape") {
    closeEditor();
    byId("edit").focus();
  } else if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  } else if (event.target.id === "f-search" && event.key === "Escape") {
    byId("main").focus();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (byId("reasons").open) {
    const reason = /^[1-9]$/.test(event.key) ? reasons[Number(event.key) - 1] : undefined;
    if (reason) {
      event.preventDefault();
      reject(reason);
    }
  } else if (!document.querySelector("dialog[open]") && Object.hasOwn(KEYS, event.key) && reviewer) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

byId("accept").addEventListener("click", KEYS.a);
byId("edit").addEventListener("click", KEYS.e);
byId("reject").addEventListener("click", KEYS.r);
byId("undo").addEventListener("click", KEYS.u);
byId("next").addEventListener("click", KEYS.n);
byId("previous").addEventListener("click", KEYS.p);
byId("show-help").addEventListener("click", KEYS["?"]);
byId("help-close").addEventListener("click", () => byId("help").close());
byId("reasons-cancel").addEventListener("click", () => byId("reasons").close());
byId("cancel").addEventListener("click", closeEditor);
byId("compare").addEventListener("click", () => doing(compare));
byId("write").addEventListener("click", () => doing(write));
byId("more").addEventListener("click", () => doing(() => list(last)));
byId("agreement").addEventListener("toggle", (event) => event.target.open && doing(showAgreement));
byId("filters").addEventListener("change", () => doing(filtered));
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("f-search").blur();
});
byId("editor").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
byId("name").addEventListener("cancel", (event) => event.preventDefault());
byId("name-form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("name").close();
  doing(() => begin(byId("reviewer").value.trim()));
});
window.addEventListener("pagehide", () => {
  if (!reviewer) return;
  const body = JSON.stringify({ reviewer });
  fetch("/api/release", { method: "POST", headers: { "content-type": "application/json" }, body, keepalive: true });
});

const known = sessionStorage.getItem("reviewer");
if (known) doing(() => begin(known));
else byId("name").showModal();
