/** One network on the page: what it is, what it paints, how it fares; and its worker. */

import { History } from "./history.js";
import { LayerError, PRESETS, parse, summary } from "./layers.js";
import { show } from "./pictures.js";

const TYPING_PAUSE = 300; // milliseconds; a network is not made at every key
const PRINT_SCALE = 4;

export class Easel {
  /**
   * @param {string} letter
   * @param {string} layers as text
   * @param {{changed: (easel: Easel) => void, removed: (easel: Easel) => void,
   *   failed: (easel: Easel, message: string) => void}} told what the page wants to know
   */
  constructor(letter, layers, told) {
    Object.assign(this, { letter, told, run: 0, running: false, picture: null });
    this.history = new History();
    this.build();
    this.text.value = layers;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heed(data);
    this.worker.onerror = () => told.failed(this, `Network ${letter} does not start. ` +
      "Is the machine or container still running?");
  }

  build() {
    this.element = document.querySelector("#easel").content.firstElementChild.cloneNode(true);
    const find = (selector) => this.element.querySelector(selector);
    this.canvas = find("canvas");
    this.text = find("textarea");
    this.error = find(".error");
    this.rate = find("input");
    this.engine = find("select");
    this.remove = find("[data-does=remove]");
    this.element.dataset.letter = this.letter;
    this.name();
    this.addPresets(find(".presets"));
    this.text.addEventListener("input", () => this.typed());
    this.rate.addEventListener("input", () => this.rated());
    this.engine.addEventListener("change", () => this.restart());
    find("[data-does=save]").addEventListener("click", () => this.print());
    this.remove.addEventListener("click", () => this.told.removed(this));
    this.showRate();
  }

  /** For screen readers too, which hear of one thing at a time. */
  name() {
    const name = `Network ${this.letter}`;
    const title = this.element.querySelector("h2");
    title.textContent = name;
    title.id = `title-${this.letter}`;
    this.element.setAttribute("aria-labelledby", title.id);
    this.canvas.setAttribute("aria-label", `What network ${this.letter} paints`);
    this.error.id = `error-${this.letter}`;
    this.text.setAttribute("aria-describedby", this.error.id);
    for (const button of this.element.querySelectorAll("[data-does]")) {
      button.setAttribute("aria-label", `${button.textContent}: ${name}`);
    }
  }

  addPresets(group) {
    group.setAttribute("aria-label", `Presets of network ${this.letter}`);
    this.presets = PRESETS.map(({ name, text }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        this.text.value = text;
        this.restart();
      });
      group.append(button);
      return { button, text };
    });
  }

  /** @param {import("./painter.js").Picture} picture */
  learn(picture) {
    this.picture = picture;
    this.restart();
  }

  /** From new random weights. What cannot be read leaves the network as it was. */
  restart() {
    clearTimeout(this.typing);
    if (!this.readLayers()) return;
    this.run += 1;
    this.history.clear();
    this.showProgress({ iteration: 0, loss: NaN, speeds: { iterations: 0, frames: 0 } });
    this.order("begin", {
      run: this.run, engine: this.engine.value, layers: this.layers, picture: this.picture,
      rate: this.learningRate, seed: Math.floor(Math.random() * 2 ** 32),
    });
    if (this.running) this.order("run");
    this.told.changed(this);
  }

  readLayers() {
    try {
      this.layers = parse(this.text.value);
      this.error.textContent = "";
    } catch (error) {
      if (!(error instanceof LayerError)) throw error;
      this.error.textContent = error.message;
    }
    const bad = this.error.textContent !== "";
    this.text.setAttribute("aria-invalid", String(bad));
    for (const { button, text } of this.presets) {
      button.setAttribute("aria-pressed", String(text === this.text.value.trim()));
    }
    return !bad;
  }

  typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.restart(), TYPING_PAUSE);
  }

  get learningRate() {
    return 10 ** Number(this.rate.value);
  }

  rated() {
    this.showRate();
    this.order("rate", { rate: this.learningRate });
  }

  showRate() {
    const text = this.learningRate.toPrecision(2);
    this.element.querySelector(".rate").textContent = text;
    this.rate.setAttribute("aria-valuetext", text);
  }

  start() {
    this.running = true;
    this.order("run");
  }

  pause() {
    this.running = false;
    this.order("pause");
  }

  step() {
    this.order("step");
  }

  /** A network knows no pixels: it is asked for more of them than it learned. */
  print() {
    const { width, height } = this.picture;
    this.order("print", { width: PRINT_SCALE * width, height: PRINT_SCALE * height });
  }

  close() {
    clearTimeout(this.typing);
    this.worker.terminate();
    this.element.remove();
  }

  order(order, details = {}, transfer = []) {
    this.worker.postMessage({ order, ...details }, transfer);
  }

  heed({ tell, run, ...news }) {
    if (run === this.run) this[HEEDING[tell]](news);
    if (tell !== "frame") return;
    const { pixels } = news.canvas;
    this.order("back", { pixels }, [pixels.buffer]);
  }

  showFrame({ canvas }) {
    show(this.canvas, canvas);
  }

  showProgress({ iteration, seconds, loss, speeds }) {
    const texts = {
      iteration: iteration.toLocaleString("en"),
      loss: Number.isFinite(loss) ? loss.toPrecision(3) : "-",
      iterations: rounded(speeds.iterations),
      frames: rounded(speeds.frames),
    };
    for (const [name, text] of Object.entries(texts)) {
      this.element.querySelector(`[data-shows=${name}]`).textContent = text;
    }
    this.history.add({ iteration, seconds, loss });
    this.told.changed(this);
  }

  showDivergence() {
    this.told.failed(this, `Network ${this.letter}: its numbers grew beyond all bounds. ` +
      "Choose a lower learning rate, then Reset.");
  }

  save({ canvas: picture }) {
    const canvas = document.createElement("canvas");
    show(canvas, picture);
    const name = summary(this.layers).replaceAll(" ", "-");
    const iteration = this.history.last?.iteration ?? 0;
    canvas.toBlob((blob) => download(blob, `painting-${name}-${iteration}.png`));
  }
}

const HEEDING = {
  frame: "showFrame",
  progress: "showProgress",
  diverged: "showDivergence",
  print: "save",
};

function rounded(speed) {
  if (!speed) return "-";
  return speed.toLocaleString("en", { maximumFractionDigits: speed < 10 ? 1 : 0 });
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser may still be reading
}
