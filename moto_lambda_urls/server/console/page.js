// Everything that a user made is shown with textContent; no markup is ever built from text.
const API = "/_aws/lambda-url/-/";
const TOKEN = { "X-Console-Token": document.querySelector("meta[name=token]").content };
const EVERY_MS = 1000;
const find = (id) => document.getElementById(id);
const form = find("send");
let shownUrls = "";
let urls = new Map();

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = String(text);
  return element;
}

function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function name(row) {
  return row.alias ? `${row.function}:${row.alias}` : row.function;
}

function card(url) {
  const item = make("li", "card");
  item.dataset.id = url.id;
  item.append(make("h3", "", name(url)));
  const link = make("a", "", url.url);
  link.href = `/_aws/lambda-url/${url.id}/`;
  link.target = "_blank";
  link.rel = "noreferrer noopener";
  item.append(link);
  const list = make("dl");
  const rows = [["Auth", url.authType], ["Mode", url.invokeMode], ["Region", `${url.region}, account ${url.account}`],
    ["CORS", url.cors ? JSON.stringify(url.cors) : "none"], ["Calls", url.calls]];
  for (const [term, value] of rows) {
    list.append(make("dt", "", term), make("dd", term.toLowerCase(), value));
  }
  item.append(list);
  return item;
}

function showUrls(list) {
  const text = JSON.stringify(list);
  if (text === shownUrls) return;
  shownUrls = text;
  urls = new Map(list.map((url) => [url.id, url]));
  find("url-count").textContent = list.length || "";
  find("no-urls").hidden = list.length > 0;
  const focused = document.activeElement?.closest?.("li.card")?.dataset.id;
  find("urls").replaceChildren(...list.map(card));
  if (focused) find("urls").querySelector(`[data-id="${CSS.escape(focused)}"] a`)?.focus();
  showChoices(list);
}

function showChoices(list) {
  const choice = form.elements.id;
  const wanted = list.map((url) => [url.id, `${name(url)} (${url.region}, ${url.authType})`]);
  const there = [...choice.options].map((option) => [option.value, option.textContent]);
  if (JSON.stringify(wanted) !== JSON.stringify(there)) {
    const chosen = choice.value;
    choice.replaceChildren(...wanted.map(([value, label]) => {
      const option = make("option", "", label);
      option.value = value;
      return option;
    }));
    if (urls.has(chosen)) choice.value = chosen;
  }
  noteSigning();
}

function noteSigning() {
  find("signed").hidden = urls.get(form.elements.id.value)?.authType !== "AWS_IAM";
}

function showRequests(list) {
  find("request-count").textContent = list.length || "";
  find("no-requests").hidden = list.length > 0;
  const parent = find("requests");
  const there = new Map([...parent.children].map((item) => [item.dataset.id, item]));
  let place = parent.firstChild;
  for (const row of list) {
    const item = there.get(row.requestId) ?? line(row);
    there.delete(row.requestId);
    if (item === place) place = place.nextSibling;
    else parent.insertBefore(item, place);
  }
  for (const old of there.values()) old.remove();
}

function line(row) {
  const item = make("li");
  item.dataset.id = row.requestId;
  const details = make("details");
  const summary = make("summary");
  const failed = row.error !== null || row.refused !== null || row.status >= 500;
  summary.append(make("span", failed ? "status bad" : "status", row.status ?? (row.error ? "error" : "ok")));
  summary.append(make("span", "target", row.method ? `${row.method} ${row.path}` : "Invoke"));
  if (row.error) summary.append(make("span", "status bad", row.error));
  if (row.refused) summary.append(make("span", "status bad", `refused: ${row.refused}`));
  summary.append(make("span", "soft", name(row)), make("span", "soft", `${row.durationMs} ms`));
  details.append(summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) open(details, row.requestId);
  });
  item.append(details);
  return item;
}

async function open(details, requestId) {
  const body = make("div", "detail");
  details.append(body);
  const answer = await fetch(`${API}requests/${encodeURIComponent(requestId)}`, { headers: TOKEN });
  const found = await answer.json();
  if (!answer.ok) {
    body.append(make("p", "", found.message));
    return;
  }
  const error = found.error && [found.error.traceback || `${found.error.type}: ${found.error.message}`, found.error.hint];
  const parts = [["Error", error && error.filter(Boolean).join("\n")], ["Refused", found.refusal],
    ["Request", found.request && { requestId: found.requestId, ...found.request }], ["Event", found.event],
    ["Result", found.result], ["Runs", found.placement], ["Response", found.response], ["Logs", found.logs || null]];
  for (const [title, value] of parts) {
    if (value === null || value === undefined) continue;
    body.append(make("h3", "", title), make("pre", title.toLowerCase(), pretty(value)));
  }
}

async function send(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(`${API}send`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...TOKEN },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const got = await answer.json();
    find("answer-status").textContent = answer.ok ? got.status : "none: not sent";
    find("answer-headers").textContent = answer.ok ? got.headers.map((pair) => pair.join(": ")).join("\n") : "";
    find("answer-body").textContent = answer.ok ? got.body : got.message;
    find("answer").hidden = false;
    await refresh();
  } catch {
    live("lost", "The server does not answer.");
  } finally {
    button.disabled = false;
  }
}

function live(state, text) {
  find("live").dataset.state = state;
  find("live").textContent = text;
}

async function refresh() {
  try {
    const answer = await fetch(`${API}state`, { headers: TOKEN });
    const state = await answer.json();
    if (!answer.ok) throw new Error(state.message);
    showUrls(state.urls);
    showRequests(state.requests);
    live("live", "Live");
  } catch (error) {
    live("lost", error instanceof TypeError ? "The server does not answer." : error.message);
  }
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, EVERY_MS);
}

form.addEventListener("submit", send);
form.elements.id.addEventListener("change", noteSigning);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
poll();
