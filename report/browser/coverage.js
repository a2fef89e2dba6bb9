// The chart of records by day and outcome. The table below it is part of the page.

function drawCoverage() {
  const container = document.getElementById("coverage-chart");
  const width = Math.max(280, container.clientWidth);
  const buckets = bucketsFor(width - AXIS_WIDTH, DAY_WIDTH);
  const parts = buckets.flatMap((bucket, column) =>
    source.outcomes.map(([outcome, name], place) =>
      coveragePart(bucket, column, outcome, name, place),
    ),
  );
  const plot = Plot.plot({
    width,
    height: 190,
    marginLeft: AXIS_WIDTH,
    marginRight: 2,
    marginTop: 16,
    marginBottom: 24,
    color: { type: "identity" },
    x: { ...bandsOf(buckets), label: null },
    y: {
      ticks: 4,
      tickSize: 0,
      tickFormat: (value) => compact.format(value),
      label: null,
      grid: true,
    },
    style: { fontSize: "12px", background: "none" },
    marks: [
      Plot.axisX({
        tickSize: 0,
        ticks: bucketTicks(buckets, width - AXIS_WIDTH),
        tickFormat: (key) => dayText(key),
        label: null,
      }),
      Plot.barY(parts, { x: "column", y: "count", fill: "fill", order: "place" }),
    ],
  });
  container.replaceChildren(node("figcaption", "Records by day"), plot);
  makeInteractive(
    plot,
    "bar",
    parts,
    parts.map((part) => [part.index, -part.place]),
    { label: "Records by day and outcome" },
  );
}

function coveragePart(bucket, index, outcome, name, place) {
  const days = source.coverage.slice(bucket.first, bucket.last);
  const count = days.reduce((sum, day) => sum + day[place], 0);
  const all = days.reduce((sum, day) => sum + d3.sum(day), 0);
  return {
    column: bucket.key,
    row: outcome,
    index,
    place,
    count,
    fill: `var(--out-${outcome})`,
    label: `${bucket.span}, ${name}: ${number.format(count)}`,
    facts: () => ({
      title: name,
      rows: [
        ["When", bucket.span],
        ["Records", `${number.format(count)} of ${number.format(all)}`],
      ],
    }),
  };
}
