/** Bundles all pages into a folder: `node build.mjs FOLDER`. */

import { join } from "node:path";

import { build as slides } from "./slides/build.mjs";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node build.mjs FOLDER");
  process.exit(2);
}
await slides(join(folder, "slides"));
