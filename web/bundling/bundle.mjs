/** Bundles scripts, styles and pictures under names with a hash of their content. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { build } from "esbuild";

const PICTURES = [".svg", ".png", ".jpg", ".jpeg", ".webp", ".woff2", ".ico"];
const CODE = [".js", ".mjs", ".css"];

/** How a script names a worker: the form that browsers take as it is. */
const WORKER = /new URL\("([^"]+\.js)",\s*import\.meta\.url\)/g;

/**
 * @param {string} root the folder that paths in the result are relative to
 * @param {string[]} files scripts, styles and pictures, absolute
 * @returns {Promise<{names: Map<string, string>, outputs: Map<string, Uint8Array>, inputs: string[]}>}
 *   the name of each file below assets/, the bytes of each asset by name, and every source that is in them
 */
export async function bundle(root, files) {
  const names = new Map();
  const outputs = new Map();
  const inputs = new Set();
  const options = {
    absWorkingDir: resolve(root),
    bundle: true,
    preserveSymlinks: true, // node_modules may be a link; a library is known by its place below it
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none", // licences.txt has the whole texts
    metafile: true,
    write: false,
    outdir: "assets",
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: Object.fromEntries(PICTURES.map((ending) => [ending, "file"])),
    logLevel: "silent",
    plugins: [workers(script)],
  };

  async function script(file) {
    if (!names.has(file)) {
      const { metafile, outputFiles } = await build({ ...options, entryPoints: [file] });
      Object.keys(metafile.inputs).forEach((path) => inputs.add(path));
      outputFiles.forEach(({ path, contents }) => outputs.set(basename(path), contents));
      const [main] = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
      names.set(file, basename(main[0]));
    }
    return names.get(file);
  }

  for (const file of [...files].sort()) {
    if (CODE.includes(extname(file))) {
      await script(file);
    } else {
      const content = await readFile(file);
      const name = `${basename(file, extname(file))}-${hash(content)}${extname(file)}`;
      names.set(file, name);
      outputs.set(name, content);
    }
  }
  return { names, outputs, inputs: [...inputs].sort() };
}

function hash(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
}

/** Bundles a worker that a script starts, and puts its final name into the script. */
function workers(bundled) {
  return {
    name: "workers",
    setup(build) {
      build.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const named = [...text.matchAll(WORKER)];
        if (!named.length || path.includes("node_modules")) return null;
        const files = named.map(([, written]) => join(dirname(path), written));
        const found = new Map();
        for (const file of files) found.set(file, await bundled(file));
        const contents = text.replace(WORKER, (_, written) =>
          `new URL("./${found.get(join(dirname(path), written))}", import.meta.url)`);
        return { contents, loader: "js" };
      });
    },
  };
}
