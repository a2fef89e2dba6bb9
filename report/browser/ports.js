// The heat map of the most used ports by protocol.

const MOST_PORTS = 15;

function drawPorts(shown) {
  const groups = d3.rollups(
    shown,
    (members) => members,
    (rule) => rule.ports,
    (rule) => rule.protocol,
  );
  const cells = groups.flatMap(([ports, protocols]) =>
    protocols.map(([protocol, members]) => portCell(ports, protocol, members)),
  );
  const portSums = sumBy(
    cells,
    (cell) => cell.row,
    (cell) => cell.used,
  );
  const rows = [...portSums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_PORTS)
    .map(([key]) => ({ key, label: [key === "any" ? "any port" : key] }));
  const kept = new Set(rows.map((row) => row.key));
  const protocolSums = sumBy(
    cells,
    (cell) => cell.column,
    (cell) => cell.used,
  );
  const columns = [...protocolSums]
    .sort(([, a], [, b]) => b - a)
    .map(([key]) => ({ key, name: key }));
  cellChart(document.getElementById("ports-chart"), {
    rows,
    columns,
    cells: cells.filter((cell) => kept.has(cell.row)),
    rowHeight: 24,
    cellText: (cell) => (cell.state === "used" ? compact.format(cell.count) : cellNumber(cell)),
    label: "Heat map of use by ports and protocol",
  });
  const listed = cells.sort((a, b) => b.used - a.used).slice(0, 50);
  const table = dataTable(
    [["Traffic"], ["Rules", true], ["Unused", true], ["Times used", true]],
    listed.map((cell) => [cell.traffic, cell.rules, cell.unused, cell.used]),
  );
  document.getElementById("ports-table").replaceChildren(table);
}

function portCell(ports, protocol, members) {
  const use = windowUse(members);
  const unused = members.filter((rule) => rule.status === "unused").length;
  const { traffic } = members[0];
  return {
    row: ports,
    column: protocol,
    ...use,
    used: use.state === "used" ? use.count : 0,
    rules: members.length,
    unused,
    traffic,
    label: `${traffic}: ${stateText(use)}`,
    facts: () => ({
      title: traffic,
      rows: [
        ["Times used", stateText(use)],
        ["Rules", number.format(members.length)],
        ["Unused", number.format(unused)],
      ],
    }),
  };
}
