/**
 * Bundles all pages into a folder: node build.mjs FOLDER
 *
 * A page is a folder with an index.html; `landing` is served at `/`, each other one below its name.
 * What its HTML files and scripts name goes to assets/, under names with a hash of the content, so that
 * browsers may keep it for ever. The same sources give the same bytes, wherever they lie.
 *
 * A page may have a page.mjs:
 *   export const copies = ["pictures"];        files and folders that ship under their own names
 *   export function html(text, name) {…}       what becomes of its HTML files before they are read
 */

import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { bundle } from "./bundling/bundle.mjs";
import { references, rewritten } from "./bundling/html.mjs";
import { libraries, licences } from "./bundling/licences.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT_PAGE = "landing";

/**
 * @param {string} target a folder; it is made anew
 * @param {string} source the folder with the pages
 */
export async function build(target, source = HERE) {
  const pages = await Promise.all((await pageFolders(source)).map(read));
  const files = pages.flatMap((page) => page.documents).flatMap((document) => document.references);
  const { names, outputs, inputs } = await bundle(source, [...new Set(files.map((each) => each.file))]);

  await rm(target, { recursive: true, force: true });
  for (const page of pages) {
    const folder = page.name === ROOT_PAGE ? target : join(target, page.name);
    await mkdir(folder, { recursive: true });
    for (const { name, text, references } of page.documents) {
      const assets = relative(folder, join(target, "assets"));
      const address = (file) => `${assets}/${names.get(file)}`;
      await writeFile(join(folder, name), rewritten(text, references, address));
    }
    for (const name of page.copies) await cp(join(page.folder, name), join(folder, name), { recursive: true });
  }
  await mkdir(join(target, "assets"), { recursive: true });
  for (const [name, content] of outputs) await writeFile(join(target, "assets", name), content);

  const bundled = await libraries(source, inputs);
  await writeFile(join(target, "libraries.json"), `${JSON.stringify(bundled.map(fact), null, 1)}\n`);
  await writeFile(join(target, "licences.txt"), licences(bundled));
}

/** What the bill of materials says of a library: all but the text of its licence. */
function fact({ name, version, licence, integrity }) {
  return { name, version, licence, integrity };
}

async function pageFolders(source) {
  const entries = (await readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const folders = entries.map((entry) => join(source, entry.name)).sort();
  const isPage = await Promise.all(folders.map((folder) => exists(join(folder, "index.html"))));
  return folders.filter((_, index) => isPage[index]);
}

async function read(folder) {
  const script = join(folder, "page.mjs");
  const { copies = [], html = (text) => text } = (await exists(script)) ? await import(pathToFileURL(script)) : {};
  const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
  const documents = await Promise.all(names.map(async (name) => {
    const text = await html(await readFile(join(folder, name), "utf8"), name);
    return { name, text, references: await references(text, join(folder, name), copies) };
  }));
  return { name: basename(folder), folder, copies, documents };
}

async function exists(path) {
  return stat(path).then(() => true, () => false);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target] = process.argv.slice(2);
  if (!target) {
    console.error("usage: node build.mjs FOLDER");
    process.exit(2);
  }
  try {
    await mkdir(dirname(target), { recursive: true });
    await build(target);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exit(1);
  }
}
