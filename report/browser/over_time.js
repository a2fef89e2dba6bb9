// Use by day: the filtered rules together, then each row of the heat map's page.

function drawOverTime(shown, rows) {
  const container = document.getElementById("over-time-chart");
  const { width, left } = chartSize(container, rows, DAY_CELLS);
  const plotWidth = width - left;
  const buckets = bucketsFor(plotWidth, DAY_WIDTH);
  const ticks = bucketTicks(buckets, plotWidth);
  drawTotals(document.getElementById("totals-chart"), shown, buckets, { width, left });
  const cells = rows.flatMap((row) => buckets.map((bucket) => dayCell(row, bucket)));
  cellChart(container, {
    rows: rows.map(({ key, label }) => ({ key, label })),
    columns: buckets,
    cells: cells.filter((cell) => cell.state !== "missing"),
    ...DAY_CELLS,
    ticks,
    label: "Heat map of use by row and day",
  });
  offerTable("over-time-table", () => overTimeTable(shown, rows, buckets));
}

function overTimeTable(shown, rows, buckets) {
  const first = view.rows === "groups" ? "Group" : "Rule";
  const headers = [[first], ...buckets.map((bucket) => [bucket.name, true])];
  const totals = ["All filtered rules", ...buckets.map((bucket) => bucketTotal(shown, bucket))];
  const lines = rows.map((row) => [
    row.name,
    ...buckets.map((bucket) => shortState(dayCell(row, bucket))),
  ]);
  return dataTable(headers, [totals, ...lines]);
}

const AXIS_WIDTH = 44;
const DAY_WIDTH = 6.5;
const DAY_CELLS = { rowHeight: 18, leastLeft: AXIS_WIDTH };

function dayCell(row, bucket) {
  const use = combine(row.rules.flatMap((rule) => daysOf(rule).slice(bucket.first, bucket.last)));
  const facts = () => ({
    title: row.name,
    rows: [
      ["When", bucket.span],
      ["Times used", stateText(use)],
    ],
  });
  const label = `${row.name}, ${bucket.span}: ${stateText(use)}`;
  return { row: row.key, column: bucket.key, ...use, label, facts };
}

const shortState = (cell) =>
  ({
    used: number.format(cell.count),
    none: "0",
    ambiguous: `~${number.format(cell.count)}`,
    unobserved: "?",
    unattached: "–",
    missing: "–",
  })[cell.state];

function bucketTotal(shown, bucket) {
  return shown.reduce((sum, rule) => sum + usedIn(rule, bucket), 0);
}

function usedIn(rule, bucket) {
  const counts = usedPerDay(rule);
  let sum = 0;
  for (let day = bucket.first; day < bucket.last; day += 1) sum += counts[day];
  return sum;
}

function drawTotals(container, shown, buckets, { width, left }) {
  const title = `${countText(shown.length, "rule")} together, times used`;
  const bars = buckets.map((bucket) => totalBar(title, bucket, bucketTotal(shown, bucket)));
  const plot = Plot.plot({
    width,
    height: 120,
    marginLeft: left,
    marginRight: 2,
    marginTop: 6,
    marginBottom: 6,
    x: { ...bandsOf(buckets), axis: null },
    y: {
      ticks: 3,
      tickSize: 0,
      tickFormat: (value) => compact.format(value),
      label: null,
      grid: true,
      domain: [0, Math.max(1, ...bars.map((bar) => bar.count))],
    },
    style: { fontSize: "12px", background: "none" },
    marks: [Plot.barY(bars, { x: "column", y: "count", fill: "var(--used)", rx: 1 })],
  });
  container.replaceChildren(node("figcaption", title), plot);
  const places = bars.map((_, place) => [place, 0]);
  makeInteractive(plot, "bar", bars, places, { label: "Use of all filtered rules by day" });
}

function totalBar(title, bucket, count) {
  const facts = () => ({
    title,
    rows: [
      ["When", bucket.span],
      ["Times used", number.format(count)],
    ],
  });
  const label = `${title}, ${bucket.span}: ${number.format(count)}`;
  return { column: bucket.key, count, label, facts };
}

// As many labels as fit.
function bucketTicks(buckets, width) {
  const every = Math.ceil(buckets.length / Math.max(1, Math.floor(width / 58)));
  return buckets.filter((_, place) => place % every === 0).map((bucket) => bucket.key);
}
