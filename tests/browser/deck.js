/* What is wrong with a slide as it is drawn, in sentences; `least` is the size of the smallest letters. */
([slide, least]) => {
  const found = [];
  const whole = slide.getBoundingClientRect();
  const scale = whole.width / slide.offsetWidth;
  const margin = 24 * scale; // a wall or a frame may hide what is nearer to the edge
  const frame = new DOMRect(whole.x + margin, whole.y + margin, whole.width - 2 * margin, whole.height - 2 * margin);
  const outside = (inner, outer) => inner.width > 0 &&
    (inner.left < outer.left - 1 || inner.top < outer.top - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1);
  const named = (node) => `${node.tagName} "${node.textContent.trim().slice(0, 40)}"`;
  const shown = [...slide.querySelectorAll("*")].filter((node) => !node.closest(".notes"));
  for (const node of shown) {
    const box = node.getBoundingClientRect();
    if (outside(box, frame)) found.push(`${named(node)} is at the edge of the slide, or beyond it`);
    const svg = node.closest("svg");
    if (svg && outside(box, svg.getBoundingClientRect())) found.push(`${named(node)} is beyond its figure`);
    const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (words) {
      const zoom = svg ? node.getScreenCTM().a / scale : 1;
      const size = parseFloat(getComputedStyle(node).fontSize) * zoom;
      if (size < least - 0.1) found.push(`${named(node)} has letters of ${size.toFixed(1)} pixels`);
    }
  }
  const blocks = [...slide.children].filter((node) => !node.matches(".notes"));
  blocks.slice(1).forEach((node, i) => {
    const [above, below] = [blocks[i].getBoundingClientRect(), node.getBoundingClientRect()];
    if (below.top < above.bottom - 1) found.push(`${named(node)} lies on what is above`);
  });
  return found;
}
