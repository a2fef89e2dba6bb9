// The heat map: rules or groups by direction, one page of rows at a time.

const ROWS_PER_PAGE = 25;
const MANY_RULES = 100;
const view = { rows: rules.length > MANY_RULES ? "groups" : "rules", order: "attention", page: 0 };

const ORDERS = {
  attention: (a, b) => b.unused - a.unused || a.place - b.place,
  least: (a, b) => a.used - b.used || a.place - b.place,
  most: (a, b) => b.used - a.used || a.place - b.place,
  name: (a, b) => a.name.localeCompare(b.name) || a.place - b.place,
};

function ruleRows(shown) {
  return shown.map((rule, place) => ({
    key: rule.id,
    name: rule.label,
    label: [rule.groupLabel, `${rule.traffic} ${rule.peer}`],
    note: STATUS_LABELS.get(rule.status),
    used: rule.used,
    unused: 0,
    place,
    rules: [rule],
  }));
}

function groupRows(shown) {
  const groups = new Map();
  for (const rule of shown) groups.set(rule.groupId, [...(groups.get(rule.groupId) ?? []), rule]);
  return [...groups].map(([key, members], place) => {
    const unused = members.filter((rule) => rule.status === "unused").length;
    const used = members.reduce((sum, rule) => sum + rule.used, 0);
    return {
      key,
      name: members[0].groupLabel,
      label: [members[0].groupLabel],
      note: `${unused} of ${members.length} unused`,
      used,
      unused,
      place,
      rules: members,
    };
  });
}

function heatMapRows(shown) {
  const rows = view.rows === "groups" ? groupRows(shown) : ruleRows(shown);
  return rows.sort(ORDERS[view.order]);
}

function directionCells(row) {
  return DIRECTIONS.flatMap((direction) => {
    const members = row.rules.filter((rule) => rule.direction === direction);
    if (!members.length) return [];
    const cell = { row: row.key, column: direction, ...windowUse(members) };
    const isRule = view.rows === "rules";
    const facts = () => (isRule ? ruleFacts(members[0], cell) : groupFacts(row, members, cell));
    return [{ ...cell, facts, label: `${row.name}, ${direction}: ${stateText(cell)}` }];
  });
}

const DOUBT_STATES = {
  ambiguous: "ambiguous",
  unattached: "unattached",
  not_observed: "unobserved",
};
function windowUse(members) {
  const count = members.reduce((sum, rule) => sum + rule.used, 0);
  if (count) return { state: "used", count };
  const doubt = members.find((rule) => DOUBT_STATES[rule.judged]);
  const ambiguous = members.reduce((sum, rule) => sum + rule.ambiguous, 0);
  if (!doubt) return { state: "none", count: 0 };
  if (ambiguous) return { state: "ambiguous", count: ambiguous };
  return { state: DOUBT_STATES[doubt.judged], count: 0 };
}

function ruleFacts(rule, cell) {
  return {
    title: rule.label,
    rows: [
      ["Rule", rule.id],
      ["Direction", rule.direction],
      ["Times used", stateText(cell)],
      ...(rule.used ? [["By this rule alone", `${number.format(rule.sole)} of these`]] : []),
      [
        "Days used",
        `${number.format(rule.daysUsed)} of ${number.format(rule.daysObserved)} observed`,
      ],
      ["Last used", rule.lastUsed || "never"],
      ["Status", STATUS_LABELS.get(rule.status)],
      ["Why", rule.reason],
      ...(rule.findings.length ? [["Findings", rule.findings.map((kind) => KIND_LABELS.get(kind)).join(", ")]] : []),
      ...(rule.description ? [["Description", rule.description]] : []),
      ...(rule.owner ? [["Owner", rule.owner]] : []),
    ],
  };
}

function groupFacts(row, members, cell) {
  const unused = members.filter((rule) => rule.status === "unused").length;
  return {
    title: row.name,
    rows: [
      ["Group", row.key],
      ["Direction", members[0].direction],
      ["Times used", stateText(cell)],
      ["Rules", number.format(members.length)],
      ["Unused", number.format(unused)],
      ["Days observed", daysObservedText(members)],
    ],
  };
}

// All rules of a group are on the same interfaces, so one of them speaks for all.
const daysObservedText = ([rule]) =>
  `${number.format(rule.daysObserved)} of ${number.format(source.days.length)}`;

// The text of a cell.
const cellNumber = (cell) =>
  ({
    used: number.format(cell.count),
    none: "none",
    ambiguous: "possibly",
    unobserved: "unknown",
    unattached: "not attached",
  })[cell.state];

function drawHeatMap(rows, onPickGroup) {
  cellChart(document.getElementById("heat-map-chart"), {
    rows,
    columns: DIRECTIONS.map((key) => ({ key, name: key })),
    cells: rows.flatMap(directionCells),
    rowHeight: 24,
    cellText: cellNumber,
    onPick: view.rows === "groups" ? (cell) => onPickGroup(cell.row) : null,
    label: "Heat map of use by row and direction",
  });
  const groupHeaders = [
    ["Group"],
    ["Id"],
    ["Rules", true],
    ["Ingress", true],
    ["Egress", true],
    ["Unused"],
  ];
  const ruleHeaders = [
    ["Rule"],
    ["Group"],
    ["Traffic"],
    ["Peer"],
    ["Ingress", true],
    ["Egress", true],
    ["Last used"],
    ["Status"],
  ];
  const isGroups = view.rows === "groups";
  offerTable("heat-map-table", () =>
    dataTable(
      isGroups ? groupHeaders : ruleHeaders,
      rows.map(isGroups ? groupTableRow : ruleTableRow),
    ),
  );
}

function directionText(row, direction) {
  const members = row.rules.filter((rule) => rule.direction === direction);
  return members.length ? stateText(windowUse(members)) : "–";
}

function groupTableRow(row) {
  return [
    row.name,
    row.key,
    row.rules.length,
    directionText(row, "ingress"),
    directionText(row, "egress"),
    row.note,
  ];
}

function ruleTableRow(row) {
  const [rule] = row.rules;
  return [
    rule.id,
    rule.group,
    rule.traffic,
    rule.peer,
    directionText(row, "ingress"),
    directionText(row, "egress"),
    rule.lastUsed || "never",
    STATUS_LABELS.get(rule.status),
  ];
}

function drawLegend() {
  const entries = source.shades.map((text, level) => [text, `var(--heat-${level})`]);
  entries.push(
    ["possibly used", "url(#dots)"],
    ["unknown: logs incomplete, or group on no interface", "url(#hatch)"],
  );
  const legend = document.getElementById("legend");
  legend.replaceChildren(
    ...entries.map(([text, fill]) => {
      const entry = node("span");
      const swatch = d3.create("svg").attr("viewBox", "0 0 14 14").attr("aria-hidden", "true");
      swatch.append("rect").attr("width", 14).attr("height", 14).attr("fill", fill);
      entry.append(swatch.node(), text);
      return entry;
    }),
  );
}

function drawPager(total, redraw) {
  const pages = Math.max(1, Math.ceil(total / ROWS_PER_PAGE));
  view.page = Math.min(view.page, pages - 1);
  const step = (text, change) => {
    const button = node("button", text, { type: "button" });
    button.disabled = !(view.page + change in Array.from({ length: pages }));
    button.addEventListener("click", () => {
      view.page += change;
      redraw();
    });
    return button;
  };
  const first = total ? view.page * ROWS_PER_PAGE + 1 : 0;
  const last = Math.min(total, (view.page + 1) * ROWS_PER_PAGE);
  const place = node(
    "span",
    `${number.format(first)}–${number.format(last)} of ${number.format(total)}`,
  );
  const pager = document.querySelector(".pager");
  pager.hidden = pages === 1;
  pager.replaceChildren(step("Previous", -1), place, step("Next", 1));
}
