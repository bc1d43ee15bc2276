/**
 * Which libraries are in the bundles, and their licences. A package without the text of its licence gets
 * that of licences/NAME.txt, which says where it is from.
 */

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
  const text = texts.join("\n").trim() || await found(root, name, version);
  return { name, version, licence, integrity, text };
}

/** The text that we looked up for a package that has none. */
async function found(root, name, version) {
  const file = `licences/${name.replace("/", "+")}.txt`;
  const text = await readFile(join(root, file), "utf8").catch(() => {
    throw new Error(`${name} ${version} has no text of its licence; put it into ${file}, with where it is from`);
  });
  return `The package has no text of its licence. ${text.trim()}`;
}

/** All licences in one text, for people. */
export function licences(bundled) {
  const head = "The pages of the workshop are made with these libraries.\n";
  const parts = bundled.map(({ name, version, licence, text }) => {
    const title = `${name} ${version} (${licence})`;
    return `\n${title}\n${"-".repeat(title.length)}\n\n${text}\n`;
  });
  return [head, ...parts].join("");
}
