// Draws the page of a match and tells the kernel what the player wants; knows no rules.

const MARKS = ["", "●", "▲", "■", "◆", "★", "✚", "♥", "♣", "☾"]; // colours for whoever sees none
const NAMES = ["empty", "blue circle", "orange triangle", "yellow square", "pink diamond",
  "green star", "cross", "heart", "club", "moon"];
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function element(parent, tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

function render({ model, el }) {
  // Jupyter's own shortcuts, such as H and the arrows, are not for here.
  const root = element(el, "div", "bubbles", { "data-lm-suppress-shortcuts": "true" });
  const bar = element(root, "div", "bubbles-bar");
  const score = element(bar, "output", "bubbles-score", { "aria-label": "score" });
  const grid = element(root, "div", "bubbles-grid", { role: "grid", "aria-label": "Bubble Breaker" });
  const message = element(root, "div", "bubbles-message", { role: "status" });
  const ask = (what) => model.send(what);
  for (const [label, wish] of [["Undo", "undo"], ["Hint", "hint"], ["New game", "new"]]) {
    const button = element(bar, "button", `bubbles-${wish}`, { type: "button" });
    button.textContent = label;
    button.addEventListener("click", () => ask({ do: wish }));
  }

  const at = { row: 0, column: 0 }; // where the keyboard is
  const cells = model.get("page").cells.map((line, row) => {
    const box = element(grid, "div", "bubbles-row", { role: "row" });
    return line.map((_, column) => {
      const cell = element(box, "button", "bubbles-cell", { type: "button", role: "gridcell" });
      cell.addEventListener("click", () => { move(row, column); pop(); });
      cell.addEventListener("focus", () => mark(row, column));
      cell.addEventListener("mouseenter", () => mark(row, column));
      return cell;
    });
  });

  function each(act) {
    cells.forEach((line, row) => line.forEach((cell, column) => act(cell, row, column)));
  }

  function move(row, column) {
    at.row = Math.min(Math.max(row, 0), cells.length - 1);
    at.column = Math.min(Math.max(column, 0), cells[0].length - 1);
    each((cell, y, x) => { cell.tabIndex = y === at.row && x === at.column ? 0 : -1; });
    cells[at.row][at.column].focus();
  }

  function mark(row, column) {
    const { groups, gains } = model.get("page");
    const group = groups[row][column];
    each((cell, y, x) => cell.classList.toggle("in-group", group >= 0 && groups[y][x] === group));
    grid.title = group >= 0 ? `${gains[group]} points` : "";
  }

  function pop() {
    ask({ do: "pop", row: at.row, column: at.column });
  }

  function draw() {
    const page = model.get("page");
    each((cell, row, column) => {
      const colour = page.cells[row][column];
      const group = page.groups[row][column];
      const points = group >= 0 ? `, ${page.gains[group]} points` : "";
      cell.dataset.colour = colour;
      cell.textContent = MARKS[colour];
      cell.setAttribute("aria-label", `row ${row + 1}, column ${column + 1}: ${NAMES[colour]}${points}`);
      cell.classList.toggle("in-hint", page.hint >= 0 && group === page.hint);
      cell.tabIndex = row === at.row && column === at.column ? 0 : -1;
    });
    score.textContent = `${page.score} points, ${page.moves} moves`;
    message.textContent = page.message;
    const active = cells[at.row][at.column];
    if (document.activeElement === active) mark(at.row, at.column);
    else each((cell) => cell.classList.remove("in-group"));
  }

  const KEYS = {
    u: () => ask({ do: "undo" }), h: () => ask({ do: "hint" }), n: () => ask({ do: "new" }),
    Enter: pop, " ": pop,
  };
  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const arrow = ARROWS[key];
    if (arrow) move(at.row + arrow[0], at.column + arrow[1]);
    else if (KEYS[key]) KEYS[key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  model.on("change:page", draw);
  draw();
  return () => model.off("change:page", draw);
}

export default { render };
