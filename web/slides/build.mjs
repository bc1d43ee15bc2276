/** Builds the deck: one page of all parts with their figures, one script, one style. */

import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";

import { slides } from "./assemble.mjs";
import { figures } from "./figures/index.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Build into a folder. */
export async function build(folder) {
  await mkdir(folder, { recursive: true });
  await bundle({
    entryPoints: [join(HERE, "slides.js"), join(HERE, "speaker.js")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "linked",
    outdir: folder,
  });
  const page = await readFile(join(HERE, "index.html"), "utf8");
  const body = slides(await parts(), figures);
  await writeFile(join(folder, "index.html"), page.replace("<!-- slides -->", () => body));
  await cp(join(HERE, "speaker.html"), join(folder, "speaker.html"));
  const isPicture = (file) => !file.endsWith(".json");
  await cp(join(HERE, "results"), join(folder, "results"), { recursive: true, filter: isPicture });
}

/** The files of parts/ in order. */
async function parts() {
  const names = (await readdir(join(HERE, "parts"))).sort();
  return Promise.all(names.map(async (name) =>
    ({ name, text: await readFile(join(HERE, "parts", name), "utf8") })));
}
