/** Pictures to learn: those that come with the page, and any that the browser can read. */

/** Pixels of the longer side: enough to see, few enough to paint often. */
export const SIDE = 200;

export const SHIPPED = [
  { name: "Cat", file: "cat.svg" },
  { name: "Flag", file: "flag.svg" },
  { name: "Rings", file: "rings.svg" },
  { name: "Sunset", file: "sunset.svg" },
  { name: "Starry night", file: "starry-night.jpg" },
];

/** A file that is no picture; the message is for the person who chose it. */
export class PictureError extends Error {}

/** @returns {Promise<import("./painter.js").Picture>} */
export async function loadShipped({ file }) {
  return shrink(await decode(`pictures/${file}`));
}

/**
 * @param {File} file
 * @returns {Promise<import("./painter.js").Picture>}
 * @throws {PictureError}
 */
export async function loadFile(file) {
  const url = URL.createObjectURL(file);
  try {
    return shrink(await decode(url));
  } catch {
    throw new PictureError(`This browser cannot read "${file.name}" as a picture. ` +
      "JPEG, PNG, GIF, WebP and SVG are fine.");
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** An `img` turns photos as their EXIF data say, and reads SVG; createImageBitmap does not. */
async function decode(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/** An SVG may have no size of its own. */
function shrink(image) {
  const { width, height } = fit(image.naturalWidth || SIDE, image.naturalHeight || SIDE);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white"; // below what is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return { width, height, pixels: context.getImageData(0, 0, width, height).data };
}

/** The size in which a picture is learned: its shape is kept, its longer side is SIDE. */
export function fit(width, height) {
  const scale = SIDE / Math.max(width, height);
  const scaled = (length) => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** Show it on a canvas, which takes its size. */
export function show(canvas, { width, height, pixels }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
}
