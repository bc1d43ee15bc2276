/** Makes one page of the parts: `figure:NAME` becomes the drawing of that name, in place. */

const FIGURE = /<img src="figure:([^"]*)"(?: alt="([^"]*)")?>/g;
const SECTION = /<section(?=[\s>])/g;

/**
 * The slides of all parts.
 * @param {{name: string, text: string}[]} parts `name` begins with the number of the row of the outline
 * @param {Record<string, () => {width: number, height: number, body: string, alt?: string}>} figures
 *   one that shows numbers of a file tells them itself in its alt text
 */
export function slides(parts, figures) {
  return parts.map(({ name, text }) => {
    const numbered = text.replace(SECTION, `<section data-part="${parseInt(name, 10)}"`);
    return numbered.replace(FIGURE, (_, drawing, alt) => {
      if (!figures[drawing]) throw new Error(`${name}: there is no figure ${drawing}`);
      const drawn = figures[drawing]();
      if (!(alt ?? drawn.alt)) throw new Error(`${name}: the figure ${drawing} has no alt text`);
      return draw(drawn, alt ?? drawn.alt);
    });
  }).join("\n");
}

/** As SVG in the page, so that it takes the page's colours and fonts. */
function draw({ width, height, body }, alt) {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg role="img" aria-label="${alt}" ${size}>${body}</svg>`;
}
