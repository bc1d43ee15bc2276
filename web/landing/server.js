/** What the landing page asks of the server. Errors are sentences for people. */

const GONE = "The machine does not answer. Is it still running? Then reload this page.";

/** All that the page shows; see web/server/workshop_pages/api.py. */
export function state() {
  return ask("workshop/state");
}

/**
 * @param {string} lesson its name
 * @returns {Promise<string>} what was done
 */
export async function freshCopy(lesson) {
  return said(await post("workshop/fresh-copy", JSON.stringify({ lesson }), "application/json"));
}

/** How updates stand, null where there is no machine; see web/server/workshop_pages/update.py. */
export function updates() {
  return ask("workshop/update");
}

/**
 * @param {Blob|string} update a file, or a web address
 * @returns {Promise<string>} what was done
 */
export async function takeIn(update) {
  if (typeof update !== "string") return said(await post("workshop/update", update, "application/octet-stream"));
  return said(await post("workshop/update-from", JSON.stringify({ address: update }), "application/json"));
}

/** @param {"rollback"|"restart"} action */
export async function act(action) {
  return said(await post(`workshop/${action}`, "{}", "application/json"));
}

function post(address, body, type) {
  const headers = { "Content-Type": type, "X-XSRFToken": cookie("_xsrf") };
  return ask(address, { method: "POST", headers, body });
}

function said({ said: lines }) {
  return lines.map(sentence).join(" ");
}

async function ask(address, options) {
  const answer = await fetch(address, options).catch(() => { throw new Error(GONE); });
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 403) throw new Error("The machine wants a new login: reload this page.");
  if (!answer.ok) throw new Error(content.message ?? GONE);
  return content;
}

function cookie(name) {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return decodeURIComponent(found?.slice(name.length + 1) ?? "");
}

function sentence(line) {
  return `${line[0].toUpperCase()}${line.slice(1)}.`;
}
