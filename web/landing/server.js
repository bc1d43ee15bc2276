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
  const headers = { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") };
  const { said } = await ask("workshop/fresh-copy", { method: "POST", headers, body: JSON.stringify({ lesson }) });
  return said.map(sentence).join(" ");
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
