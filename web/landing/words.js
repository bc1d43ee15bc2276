/** How the page says things. */

export const STATES = { new: "new", started: "started", done: "done" };

/** @param {{minutes: number|null, state: string}[]} lessons */
export function progress(lessons) {
  const done = lessons.filter(({ state }) => state === "done").length;
  const left = lessons.filter(({ state }) => state !== "done");
  if (!left.length) return "You have done all of them.";
  const minutes = left.reduce((sum, lesson) => sum + (lesson.minutes ?? 0), 0);
  return `${done ? `${done} of ${lessons.length} done; the` : "The"} ${done ? "others" : "lessons"} take about ${hours(minutes)}.`;
}

/** To the half hour, which is all that such figures are good for. */
export function hours(minutes) {
  const halves = Math.max(1, Math.round(minutes / 30));
  if (halves === 1) return "half an hour";
  const whole = Math.floor(halves / 2);
  return `${whole}${halves % 2 ? "½" : ""} hour${halves === 2 ? "" : "s"}`;
}

const LEVELS = {
  quick: "quick, without the notebooks",
  standard: "without the notebooks",
  full: "with the notebooks",
};

/**
 * The doctor's last report in one line.
 * @param {{summary: string, level: string, ended: number}|null} check
 * @param {number} now seconds since 1970
 */
export function lastCheck(check, now) {
  if (!check) return "Not checked yet: type appliance-check in a terminal of JupyterLab.";
  const level = LEVELS[check.level] ? ` (${LEVELS[check.level]})` : "";
  return `${check.summary} Checked ${ago(now - check.ended)}${level}.`;
}

/** @param {number} seconds */
export function ago(seconds) {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const [unit, length] of units) {
    if (seconds >= length) return format.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

/** @param {Record<string, string>} packages */
export function versions(version, packages) {
  const names = Object.entries(packages).map(([name, number]) => `${name} ${number}`);
  return [version && `Workshop ${version}`, ...names].filter(Boolean).join(", ");
}

/**
 * How updates stand, in a sentence or two.
 * @param {{release: string, version: string, next: string|null, damaged: boolean, key: boolean}} known
 */
export function updateState({ release, version, next, damaged, key }) {
  const from = version === release ? "" : `, updated from ${release}`;
  const sentences = [`This machine is ${version}${from}.`];
  if (damaged) sentences.push("The update on its disk is damaged, so that it runs without it: take it in again, or go back.");
  if (next) sentences.push(`Restart it to finish, and it is ${next}.`);
  if (!key) sentences.push("It was made without a key for updates, so that it takes none.");
  return sentences.join(" ");
}

/** What became of the attendee's files. @param {{files: string[][], own: string[]}} known */
export function updateFiles({ files, own }) {
  return [
    ...files.map(([path, said]) => `${path}: ${said}`),
    ...own.map((path) => `${path}: as it was changed on this machine`),
  ];
}
