/** From a number between -1 and 1 to a colour: blue below nought, orange above, nothing at nought. */

const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/**
 * One pixel for each byte of a picture (see `Training.pictures`), as canvases hold them.
 *
 * @param {boolean} decision  only below or above nought
 * @returns {Uint32Array}
 */
export function palette(decision = false) {
  const [low, middle, high] = ["--low", "--middle", "--high"].map(parts);
  const bytes = new Uint8ClampedArray(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    const value = decision ? Math.sign(byte - 128) : (byte - 128) / 127;
    const end = value < 0 ? low : high;
    const share = STRENGTH * Math.abs(value);
    for (let part = 0; part < 3; part++) bytes[4 * byte + part] = middle[part] + share * (end[part] - middle[part]);
    bytes[4 * byte + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

const STRENGTH = 0.85; // points, in the full colour, stand out

function parts(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** Calls when the page becomes dark, or light. */
export function onScheme(changed) {
  DARK.addEventListener("change", changed);
}
