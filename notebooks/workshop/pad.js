// The square to draw into: draws strokes, and hands the kernel their ink when the pen is lifted.

const PIXELS = 280; // of the canvas; a multiple of the drawing's side
const STEP = PIXELS / 28; // an arrow key moves the pen by what is a pixel of the digit
const HELP = "A square to draw a digit into. Arrow keys move the pen, Space puts it down and lifts "
  + "it, C clears.";
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function element(parent, tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

// Black strokes on a canvas, and how much ink there is in each of side x side blocks.
function drawingOn(canvas, side, width) {
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const block = PIXELS / side;
  Object.assign(pen, { lineWidth: width, lineCap: "round", lineJoin: "round" });

  function stroke(from, to) {
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }

  function dot({ x, y }) { // no line is drawn from a point to itself
    pen.beginPath();
    pen.arc(x, y, width / 2, 0, 2 * Math.PI);
    pen.fill();
  }

  function blockOf(pixel) {
    return Math.floor(pixel / PIXELS / block) * side + Math.floor((pixel % PIXELS) / block);
  }

  function read() {
    const { data } = pen.getImageData(0, 0, PIXELS, PIXELS);
    const sums = new Float32Array(side * side);
    for (let at = 0; at < PIXELS * PIXELS; at++) sums[blockOf(at)] += data[4 * at + 3];
    return Uint8Array.from(sums, (sum) => Math.round(sum / block / block));
  }

  function paint(ink) {
    const picture = pen.createImageData(PIXELS, PIXELS);
    for (let at = 0; at < PIXELS * PIXELS; at++) picture.data[4 * at + 3] = ink[blockOf(at)];
    pen.putImageData(picture, 0, 0);
  }

  return { stroke, dot, read, paint };
}

function render({ model, el }) {
  // Jupyter's own shortcuts, such as C and the arrows, are not for here.
  const root = element(el, "div", "pad", { "data-lm-suppress-shortcuts": "true" });
  const paper = element(root, "div", "pad-paper");
  const canvas = element(paper, "canvas", "", {
    width: PIXELS, height: PIXELS, tabindex: 0, role: "application", "aria-label": HELP,
  });
  const tip = element(paper, "div", "pad-tip"); // where the keyboard's pen is
  const bar = element(root, "div", "pad-bar");
  const button = element(bar, "button", "", { type: "button" });
  const note = element(bar, "span", "", { role: "status" });
  button.textContent = "Clear";

  const width = model.get("pen") * PIXELS;
  const drawing = drawingOn(canvas, model.get("side"), width);
  const pen = { x: PIXELS / 2, y: PIXELS / 2, down: false, pointer: null };
  Object.assign(tip.style, { width: `${width}px`, height: `${width}px` });
  tip.hidden = true;

  // The kernel's drawing, of another view of this pad or of before the page was opened anew.
  function show() {
    const { buffer, byteOffset, byteLength } = model.get("ink");
    const ink = new Uint8Array(buffer, byteOffset, byteLength);
    const differs = drawing.read().some((level, block) => level !== ink[block]);
    if (differs && !pen.down) drawing.paint(ink);
  }

  function send() {
    model.set("ink", new DataView(drawing.read().buffer));
    model.save_changes();
  }

  function move(x, y) {
    const from = { ...pen };
    pen.x = Math.min(Math.max(x, 0), PIXELS);
    pen.y = Math.min(Math.max(y, 0), PIXELS);
    if (pen.down) drawing.stroke(from, pen);
  }

  function lower() {
    pen.down = true;
    drawing.dot(pen);
  }

  function lift() {
    if (!pen.down) return;
    pen.down = false;
    send();
  }

  function clear() {
    pen.down = false;
    drawing.paint(new Uint8Array(model.get("side") ** 2));
    send();
  }

  function tell(byKeyboard) {
    const place = `column ${Math.round(pen.x / STEP)}, row ${Math.round(pen.y / STEP)}`;
    note.textContent = byKeyboard ? `Pen ${pen.down ? "down" : "up"}, ${place}` : "";
    tip.hidden = !byKeyboard;
    tip.classList.toggle("is-down", pen.down);
    Object.assign(tip.style, { left: `${pen.x}px`, top: `${pen.y}px` });
  }

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    lift();
    pen.pointer = event.pointerId;
    canvas.setPointerCapture(event.pointerId);
    move(...at(event));
    lower();
    tell(false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pen.pointer) return;
    const between = event.getCoalescedEvents?.() ?? []; // what a slow computer draws at once
    for (const each of between.length ? between : [event]) move(...at(each));
  });
  canvas.addEventListener("lostpointercapture", () => { // lifted, or taken away
    pen.pointer = null;
    lift();
  });

  const KEYS = {
    " ": () => (pen.down ? lift() : lower()), c: clear, Delete: clear, Backspace: clear,
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const arrow = ARROWS[key];
    if (arrow) move(pen.x + STEP * arrow[0], pen.y + STEP * arrow[1]);
    else if (!KEYS[key]) return;
    else if (!event.repeat) KEYS[key]();
    event.preventDefault();
    event.stopPropagation();
    tell(true);
  });
  canvas.addEventListener("focus", () => tell(canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", () => { lift(); tell(false); });
  button.addEventListener("click", clear);

  model.on("change:ink", show);
  show();
  return () => model.off("change:ink", show);
}

export default { render };
