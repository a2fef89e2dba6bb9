// Draws everything once, then again whenever a filter, the page or the width changes.

function draw() {
  const shown = filteredRules();
  form.elements.shown.value =
    shown.length === rules.length
      ? countText(rules.length, "rule")
      : `${number.format(shown.length)} of ${countText(rules.length, "rule")}`;
  const rows = heatMapRows(shown);
  drawPager(rows.length, draw);
  const page = rows.slice(view.page * ROWS_PER_PAGE, (view.page + 1) * ROWS_PER_PAGE);
  drawHeatMap(page, pickGroup);
  later(
    () => drawOverTime(shown, page),
    () => drawPorts(shown),
  );
}

// The charts further down come in tasks of their own, so that the page answers at once. Only the
// last call's tasks are carried out.
let waiting = [];
function later(...tasks) {
  waiting.forEach(clearTimeout);
  waiting = tasks.map((task) => setTimeout(task));
}

function pickGroup(groupId) {
  form.elements.group.value = groupId;
  showRows("rules");
}

function pick(filter, value) {
  form.reset();
  form.elements[filter].value = value;
  showRows("rules");
}

function showRows(rows) {
  view.rows = rows;
  view.page = 0;
  document.querySelector(`input[name=rows][value=${rows}]`).checked = true;
  hideTooltip();
  draw();
}

function start() {
  fillFilters();
  drawLegend();
  showRows(view.rows);
  setTimeout(() => {
    drawCoverage();
    performance.mark("drawn");
  });
  form.addEventListener("input", () => {
    view.page = 0;
    draw();
  });
  form.querySelector("button").addEventListener("click", () => {
    form.reset();
    view.page = 0;
    draw();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".controls").addEventListener("change", ({ target }) => {
    if (target.name === "rows") return showRows(target.value);
    if (target.name === "order") {
      view.order = target.value;
      view.page = 0;
      draw();
    }
  });
  document.querySelector("main").addEventListener("click", ({ target }) => {
    if (target.dataset.status) pick("status", target.dataset.status);
    if (target.dataset.finding) pick("finding", target.dataset.finding);
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
    drawCoverage();
  });
}

start();
