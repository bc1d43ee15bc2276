/** Finds in a page's HTML the files that it needs, and puts their final addresses in. */

import { stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

/** Attributes that name a file; a link to another page ends with a slash and is none. */
const ATTRIBUTE = /\s(?:src|href|poster|data-background-image|data-src)="([^"]*)"/g;
const FILE = /^[^:#?]+\.(?:js|mjs|css|svg|png|jpg|jpeg|webp|woff2|ico)$/;

/**
 * @param {string} text of the HTML file
 * @param {string} path of the HTML file
 * @param {string[]} copies files and folders beside it that keep their names
 * @returns {Promise<{written: string, file: string}[]>} each address as it is written, and the file that it means
 */
export async function references(text, path, copies = []) {
  const folder = dirname(path);
  const kept = copies.map((name) => join(folder, name));
  const found = [];
  for (const [, written] of text.matchAll(ATTRIBUTE)) {
    if (!FILE.test(written)) continue;
    const file = resolve(folder, written);
    if (!(await stat(file).catch(() => null))?.isFile()) {
      throw new Error(`${path} names ${written}, and there is no such file`);
    }
    if (!kept.some((copy) => file === copy || file.startsWith(copy + sep))) found.push({ written, file });
  }
  return found;
}

/**
 * @param {string} text
 * @param {{written: string, file: string}[]} references of the text
 * @param {(file: string) => string} address of a file, from the page
 */
export function rewritten(text, references, address) {
  const files = new Map(references.map(({ written, file }) => [written, file]));
  return text.replace(ATTRIBUTE, (whole, written) =>
    files.has(written) ? whole.replace(`"${written}"`, `"${address(files.get(written))}"`) : whole);
}
