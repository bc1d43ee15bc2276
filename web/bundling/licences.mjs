/** Which libraries are in the bundles, and their licences. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/**
 * @param {string} root the folder with node_modules and package-lock.json
 * @param {string[]} inputs every source that is in the bundles, relative to the root
 * @returns {Promise<{name: string, version: string, licence: string, integrity: string, text: string}[]>}
 */
export async function libraries(root, inputs) {
  const folders = new Set(inputs.map((input) => input.match(PACKAGE)?.[0].slice(0, -1)).filter(Boolean));
  if (!folders.size) return [];
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")).packages;
  return Promise.all([...folders].sort().map((folder) => library(root, folder, lock)));
}

async function library(root, folder, lock) {
  const { name, version, license: licence } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
  if (typeof licence !== "string") throw new Error(`${name} ${version} names no licence; it cannot be bundled`);
  const { integrity } = lock[folder] ?? {};
  if (!integrity) throw new Error(`${name} ${version} is not in package-lock.json; run npm install`);
  const files = (await readdir(join(root, folder))).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), "utf8")));
  return { name, version, licence, integrity, text: texts.join("\n").trim() };
}

/** All licences in one text, for people. */
export function licences(bundled) {
  const head = "The pages of the workshop are made with these libraries.\n";
  const parts = bundled.map(({ name, version, licence, text }) => {
    const title = `${name} ${version} (${licence})`;
    return `\n${title}\n${"-".repeat(title.length)}\n\n${text || "The package has no text of its licence."}\n`;
  });
  return [head, ...parts].join("");
}
