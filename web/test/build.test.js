import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { build } from "../build.mjs";

const LIBRARY = { name: "adder", version: "1.0.0", license: "MIT" };
const SOURCES = {
  "common/theme.css": "body { color: red }",
  "landing/index.html": '<link rel="stylesheet" href="../common/theme.css"><a href="painting/">Paint</a>',
  "painting/index.html": '<link href="../common/theme.css"><img src="cat.svg" alt="">' +
    '<img src="pictures/dog.svg" alt=""><script type="module" src="main.js"></script>',
  "painting/page.mjs": 'export const copies = ["pictures"];\n' +
    'export const html = (text, name) => `<!-- ${name} -->${text}`;',
  "painting/main.js": 'import { add } from "adder";\n' +
    'new Worker(new URL("worker.js", import.meta.url), { type: "module" }).postMessage(add(1, 2));',
  "painting/worker.js": 'import { add } from "adder";\nonmessage = () => postMessage(add(3, 4));',
  "painting/cat.svg": "<svg/>",
  "painting/pictures/dog.svg": "<svg/>",
  "node_modules/adder/package.json": JSON.stringify({ ...LIBRARY, type: "module", main: "index.js" }),
  "node_modules/adder/index.js": "export const add = (a, b) => a + b;",
  "node_modules/adder/LICENSE": "Do as you like.",
  "package-lock.json": JSON.stringify({ packages: { "node_modules/adder": { integrity: "sha512-abc" } } }),
};

let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), "pages-")); });
after(() => rm(folder, { recursive: true }));

/** Write sources, with some of them changed, and build them. */
async function built(name, changes = {}) {
  const source = join(folder, name, "source");
  for (const [path, content] of Object.entries({ ...SOURCES, ...changes })) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), content);
  }
  const target = join(folder, name, "target");
  await build(target, source);
  const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  const paths = files.map((each) => join(each.parentPath ?? each.path, each.name)).sort();
  const contents = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return Object.fromEntries(paths.map((path, index) => [path.slice(target.length + 1), contents[index]]));
}

const asset = (files, start) => Object.keys(files).find((path) => path.startsWith(`assets/${start}-`));

test("the same sources give the same bytes elsewhere", async () => {
  assert.deepEqual(await built("one"), await built("a/much/longer/path"));
});

test("pages name the assets relative to themselves", async () => {
  const files = await built("relative");
  assert.ok(files["index.html"].includes(`href="${asset(files, "theme")}"`));
  assert.ok(files["painting/index.html"].includes(`href="../${asset(files, "theme")}"`));
  assert.ok(files["painting/index.html"].includes(`src="../${asset(files, "main")}"`));
  assert.ok(files["painting/index.html"].includes(`src="../${asset(files, "cat")}"`));
});

test("a page's own module shapes it", async () => {
  const files = await built("module");
  assert.ok(files["painting/index.html"].startsWith("<!-- index.html -->"));
  assert.ok(files["painting/index.html"].includes('src="pictures/dog.svg"'));
  assert.equal(files["painting/pictures/dog.svg"], "<svg/>");
});

test("a script finds its worker, which is a bundle of its own", async () => {
  const files = await built("worker");
  const worker = asset(files, "worker").replace("assets/", "./");
  assert.ok(files[asset(files, "main")].includes(worker));
  assert.ok(!files[asset(files, "worker")].includes("import "));
});

test("other content has another name, and so has what names it", async () => {
  const before = await built("before");
  const change = { "painting/worker.js": SOURCES["painting/worker.js"].replace("3, 4", "5, 6") };
  const changed = await built("changed", change);
  for (const name of ["worker", "main"]) assert.notEqual(asset(before, name), asset(changed, name));
  for (const name of ["theme", "cat"]) assert.equal(asset(before, name), asset(changed, name));
});

test("libraries are listed with their licences", async () => {
  const files = await built("licences");
  const [library] = JSON.parse(files["libraries.json"]);
  assert.deepEqual(library, { name: "adder", version: "1.0.0", licence: "MIT", integrity: "sha512-abc" });
  assert.match(files["licences.txt"], /adder 1\.0\.0 \(MIT\)[^]*Do as you like\./);
});

test("a library without a text of its licence gets the one that was looked up", async () => {
  const empty = { "node_modules/adder/LICENSE": "\n" };
  const files = await built("looked-up", { ...empty, "licences/adder.txt": "From its author: do as you like.\n" });
  assert.match(files["licences.txt"], /\(MIT\)\n-+\n\nThe package has no text of its licence\. From its author: do/);
  await assert.rejects(built("no-text", empty), { message: "adder 1.0.0 has no text of its licence; " +
    "put it into licences/adder.txt, with where it is from" });
});

test("mistakes get a sentence", async () => {
  const manifest = "node_modules/adder/package.json";
  const mistakes = {
    "missing.css, and there is no such file": { "landing/index.html": '<link href="missing.css">' },
    "adder 1.0.0 names no licence": { [manifest]: SOURCES[manifest].replace("license", "other") },
    "adder 1.0.0 is not in package-lock.json": { "package-lock.json": '{"packages": {}}' },
    'Could not resolve "missing"': { "painting/worker.js": 'import "missing";' },
  };
  for (const [sentence, change] of Object.entries(mistakes)) {
    await assert.rejects(built(`mistake-${sentence.length}`, change), ({ message }) => message.includes(sentence));
  }
});
