/** How this page is bundled: the slides of all parts, with their figures, go into its HTML. */

import { readFile, readdir } from "node:fs/promises";

import { slides } from "./assemble.mjs";
import { figures } from "./figures/index.mjs";

const PARTS = new URL("parts/", import.meta.url);
const PLACE = "<!-- slides -->";

export const html = async (text, name) =>
  name === "index.html" ? text.replace(PLACE, await all()) : text;

/** All slides, for a replacement: a dollar sign is one. */
async function all() {
  const names = (await readdir(PARTS)).sort();
  const parts = names.map(async (name) => ({ name, text: await readFile(new URL(name, PARTS), "utf8") }));
  return slides(await Promise.all(parts), figures).replaceAll("$", "$$$$");
}
