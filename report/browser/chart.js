// What the charts share: cells of a grid, labels that fit, keyboard movement, tables.

const FONT = getComputedStyle(document.body).fontFamily;
const measure = document.createElement("canvas").getContext("2d");
measure.font = `12px ${FONT}`;

// Text cut to a width in pixels at 12 px, and isolated from the direction of its neighbours.
function fit(text, pixels) {
  const letters = Array.from(text);
  if (measure.measureText(text).width > pixels) {
    let low = 0;
    let high = letters.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (measure.measureText(`${letters.slice(0, middle).join("")}…`).width <= pixels)
        low = middle;
      else high = middle - 1;
    }
    return `\u2068${letters.slice(0, low).join("")}…\u2069`;
  }
  return `\u2068${text}\u2069`;
}

const FILLS = { ambiguous: "url(#dots)", unobserved: "url(#hatch)", unattached: "url(#hatch)" };
const fillOf = (cell) => FILLS[cell.state] ?? `var(--heat-${shadeOf(cell.count)})`;
const inkOf = (cell) => (FILLS[cell.state] ? "var(--ink)" : `var(--on-${shadeOf(cell.count)})`);

const STATE_TEXTS = {
  used: (count) => number.format(count),
  none: () => "none",
  ambiguous: (count) => `none proven, possibly ${number.format(count)}`,
  unobserved: () => "unknown: flow logs are missing or incomplete",
  unattached: () => "its group was on no interface",
  missing: () => "not analysed, or the rule was not there",
};
const stateText = (cell) => STATE_TEXTS[cell.state](cell.count);

// A heat map. rows: [{key, label, note}], columns: [{key, name}]; cells name their row and
// column by key and have state, count, label (for screen readers) and facts (for the tooltip).
function cellChart(container, options) {
  const { rows, columns, cells, cellText, ticks, onPick, label } = options;
  if (!rows.length) {
    return container.replaceChildren(node("p", "No rule fits these filters.", { class: "empty" }));
  }
  const size = chartSize(container, rows, options);
  const names = new Map(columns.map((column) => [column.key, column.name]));
  const plot = Plot.plot({
    width: size.width,
    height: rows.length * size.rowHeight + 22,
    marginLeft: size.left,
    marginRight: size.right,
    marginTop: 22,
    marginBottom: 0,
    color: { type: "identity" },
    x: { ...bandsOf(columns), label: null },
    y: { domain: rows.map((row) => row.key), paddingInner: 0.1, paddingOuter: 0.05, axis: null },
    style: { fontSize: "12px", background: "none" },
    marks: [
      Plot.axisX({ anchor: "top", tickSize: 0, ticks, tickFormat: (key) => names.get(key) }),
      ...rowTexts(rows, size),
      Plot.cell(cells, { x: "column", y: "row", fill: fillOf, rx: 2, insetTop: size.above }),
      ...(cellText ? cellTexts(cells, cellText, size) : []),
    ],
  });
  container.replaceChildren(plot);
  makeInteractive(plot, "cell", cells, placesOf(cells, rows, columns), { onPick, label });
}

// Not rounded to whole pixels: the charts of one section share their columns' places.
const bandsOf = (columns) => ({
  domain: columns.map((column) => column.key),
  paddingInner: columns.length > 12 ? 0.08 : 0.02,
  paddingOuter: 0,
  round: false,
});

function placesOf(cells, rows, columns) {
  const order = (items) => new Map(items.map((item, place) => [item.key, place]));
  const [rowPlaces, columnPlaces] = [order(rows), order(columns)];
  return cells.map((cell) => [columnPlaces.get(cell.column), rowPlaces.get(cell.row)]);
}

// Room for labels: left of the cells where there is enough, else above them.
function chartSize(container, rows, { rowHeight, leastLeft = 2 }) {
  const width = Math.max(280, container.clientWidth);
  const [first, second] = [0, 1].map((place) => widest(rows, place));
  const isWide = width >= 620;
  const fits = isWide || first + second < width * 0.3;
  const right = isWide && rows.some((row) => row.note) ? 110 : 2;
  const left = Math.max(leastLeft, fits ? Math.round(Math.min(first + second, width * 0.4)) : 0);
  const above = fits ? 0 : 18;
  return {
    width,
    left,
    right,
    above,
    rowHeight: rowHeight + above,
    indent: Math.min(first, left * 0.5),
  };
}

function widest(rows, place) {
  const widths = rows.map((row) => measure.measureText(row.label[place] ?? "").width);
  return Math.max(0, ...widths.filter(Boolean).map((width) => width + 16));
}

// Labels are one or two texts: two columns on the left of the cells, or one line above them.
function rowTexts(rows, { width, left, right, above, rowHeight, indent }) {
  const text = { y: "key", frameAnchor: "left", dx: -left, textAnchor: "start" };
  const note = { y: "key", frameAnchor: "right", text: "note" };
  if (above) {
    const place = { lineAnchor: "bottom", dy: 14 - rowHeight * 0.45 };
    const line = (row) => fit(row.label.join("  "), row.note ? width - 90 : width);
    return [
      Plot.text(rows, { ...text, ...place, text: line }),
      Plot.text(rows, { ...note, ...place, textAnchor: "end", fill: "var(--soft)" }),
    ];
  }
  const room = rows.some((row) => row.label.length > 1) ? indent : left;
  return [
    Plot.text(rows, { ...text, text: (row) => fit(row.label[0], room - 10) }),
    Plot.text(rows, {
      ...text,
      dx: indent - left,
      text: (row) => fit(row.label[1] ?? "", left - indent - 10),
      fill: "var(--soft)",
    }),
    ...(right > 10 ? [Plot.text(rows, { ...note, dx: 8, textAnchor: "start" })] : []),
  ];
}

// Texts on plain cells; on a pattern they get a halo.
function cellTexts(cells, text, { above }) {
  const common = { x: "column", y: "row", text, dy: above / 2, pointerEvents: "none" };
  const halo = { fill: "var(--ink)", stroke: "var(--hatch-ground)", strokeWidth: 6 };
  return [
    Plot.text(cells, { ...common, fill: inkOf, filter: (cell) => !FILLS[cell.state] }),
    Plot.text(cells, { ...common, ...halo, filter: (cell) => FILLS[cell.state] }),
  ];
}

// Gives the marks of one layer their tooltip and arrow keys. `places`: each mark's [column, row].
function makeInteractive(plot, layer, items, places, { onPick, label }) {
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", label);
  const group = plot.querySelector(`g[aria-label="${layer}"]`);
  group.classList.add("cells");
  group.removeAttribute("aria-label");
  const byPlace = new Map();
  const indexOf = (mark) => d3.select(mark).datum();
  for (const mark of group.querySelectorAll("rect")) {
    const item = items[indexOf(mark)];
    explain(mark, item);
    mark.setAttribute("tabindex", byPlace.size ? "-1" : "0");
    byPlace.set(places[indexOf(mark)].join(), mark);
  }
  group.addEventListener("keydown", (event) => {
    moveFocus(event, places[indexOf(event.target)], byPlace);
    if (event.key === "Enter") onPick?.(items[indexOf(event.target)]);
  });
  group.addEventListener("click", ({ target }) => onPick?.(items[indexOf(target)]));
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function moveFocus(event, [column, row], byPlace) {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const next = nearest(byPlace, column, row, step);
  if (!next) return;
  event.target.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

// The next mark in this direction. Up and down: in the nearest row; sideways: in the same row first.
function nearest(byPlace, column, row, [right, down]) {
  let best = null;
  let shortest = Infinity;
  for (const [place, element] of byPlace) {
    const [x, y] = place.split(",").map(Number);
    const ahead = (x - column) * right + (y - row) * down;
    const aside = Math.abs((x - column) * down) + Math.abs((y - row) * right);
    const distance = down ? ahead * 1000 + aside : ahead + aside * 1000;
    if (ahead > 0 && distance < shortest) [best, shortest] = [element, distance];
  }
  return best;
}

// Fills the element with a table: now if people see it, else when they open its <details>.
const tables = new Map();
function offerTable(id, build) {
  const holder = document.getElementById(id);
  const fill = () => holder.replaceChildren(build());
  const details = holder.closest("details");
  tables.set(details, fill);
  if (details.open) fill();
}

for (const details of document.querySelectorAll("details.data")) {
  details.addEventListener("toggle", () => details.open && tables.get(details)?.());
}

// A table of texts and numbers. headers: [[text, isNumber], ...]
function dataTable(headers, rows) {
  const table = node("table");
  const head = table.createTHead().insertRow();
  headers.forEach(([text, isNumber]) =>
    head.append(node("th", text, { scope: "col", class: isNumber ? "n" : "" })),
  );
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, place) => {
      const cell = line.insertCell();
      if (headers[place][1]) cell.className = "n";
      cell.append(isolated(typeof value === "number" ? number.format(value) : value));
    });
  }
  return table;
}
