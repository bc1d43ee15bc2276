/**
 * The loop of ConvNetJS's own demo of image regression, as its page runs it in the page's thread:
 * every millisecond at most, 500 samples one by one; the loss as text; and at each hundredth time
 * the network's picture, pixel by pixel.
 */

import convnetjs from "convnetjs";

const SAMPLES = 500;
const DRAWN_EVERY = 100;
const TICK = 1;

export class Original {
  /**
   * @param {{neurons: number, activation: string}[]} hidden
   * @param {import("./painter.js").Picture} picture
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} report
   */
  constructor(hidden, picture, canvas, report) {
    Object.assign(this, { picture, report, iteration: 0, smoothLoss: NaN });
    this.net = new convnetjs.Net();
    this.net.makeLayers([
      { type: "input", out_sx: 1, out_sy: 1, out_depth: 2 },
      ...hidden.map(({ neurons: num_neurons, activation }) =>
        ({ type: "fc", num_neurons, activation })),
      { type: "regression", num_neurons: 3 },
    ]);
    this.trainer = new convnetjs.SGDTrainer(this.net, {
      learning_rate: 0.01, momentum: 0.9, batch_size: 5, l2_decay: 0,
    });
    canvas.width = picture.width;
    canvas.height = picture.height;
    // Later browsers read a canvas faster so; ConvNetJS's demo is older than that.
    this.context = canvas.getContext("2d", { willReadFrequently: true });
  }

  start() {
    this.timer = setInterval(() => this.tick(), TICK);
  }

  stop() {
    clearInterval(this.timer);
  }

  tick() {
    this.update();
    if (this.iteration % DRAWN_EVERY === 0) this.draw();
    this.iteration += 1;
  }

  update() {
    const { width, height, pixels } = this.picture;
    const sample = new convnetjs.Vol(1, 1, 2);
    let loss = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const x = convnetjs.randi(0, width);
      const y = convnetjs.randi(0, height);
      const at = 4 * (width * y + x);
      sample.w[0] = (x - width / 2) / width;
      sample.w[1] = (y - height / 2) / height;
      const colour = [pixels[at] / 255, pixels[at + 1] / 255, pixels[at + 2] / 255];
      loss += this.trainer.train(sample, colour).loss;
    }
    loss /= SAMPLES;
    this.smoothLoss = this.iteration ? 0.99 * this.smoothLoss + 0.01 * loss : loss;
    this.report.textContent = `loss: ${this.smoothLoss}, iteration: ${this.iteration}`;
  }

  draw() {
    const { width, height } = this.picture;
    const image = this.context.getImageData(0, 0, width, height);
    const sample = new convnetjs.Vol(1, 1, 2);
    for (let x = 0; x < width; x++) {
      sample.w[0] = (x - width / 2) / width;
      for (let y = 0; y < height; y++) {
        sample.w[1] = (y - height / 2) / height;
        const { w } = this.net.forward(sample);
        const at = 4 * (width * y + x);
        for (let i = 0; i < 3; i++) image.data[at + i] = Math.floor(255 * w[i]);
        image.data[at + 3] = 255;
      }
    }
    this.context.putImageData(image, 0, 0);
  }
}
