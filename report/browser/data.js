// The data of the report, decoded: rules and their days.

const source = JSON.parse(document.getElementById("report-data").textContent);
const COUNTS = new Set(["used", "sole", "ambiguous", "daysUsed", "daysObserved"]);
const STATUS_LABELS = new Map(source.statuses);
const KIND_LABELS = new Map(source.kinds);
const DIRECTIONS = ["ingress", "egress"];

// As wording.printable: one line, without control and text-direction characters.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\s]+/gu;
const printable = (text) => text.replace(UNPRINTABLE, " ").trim();

const rules = source.rules.map((row, index) => {
  const rule = { index };
  source.fields.forEach((field, place) => {
    rule[field] = COUNTS.has(field) ? row[place] : printable(source.strings[row[place]]);
  });
  rule.findings = rule.findings ? rule.findings.split(",") : [];
  rule.peer = `${rule.direction === "egress" ? "to" : "from"} ${rule.source}`;
  return rule;
});

// Groups with the same name ("default" is in each VPC) also show the end of their id.
const groupNames = d3.rollup(
  rules,
  (members) => new Set(members.map((rule) => rule.groupId)).size,
  (rule) => rule.group,
);
for (const rule of rules) {
  rule.groupLabel =
    groupNames.get(rule.group) > 1 ? `${rule.group} (…${rule.groupId.slice(-5)})` : rule.group;
  rule.label = `${rule.groupLabel}  ${rule.traffic} ${rule.peer}`;
  const searched = [rule.id, rule.groupId, rule.label, rule.description, rule.owner];
  rule.search = searched.join("\n").toLowerCase();
}

const number = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  timeZone: "UTC",
});

const dayText = (day) => dayFormat.format(new Date(`${day}T00:00:00Z`));
const countText = (count, noun) => `${number.format(count)} ${noun}${count === 1 ? "" : "s"}`;
const shadeOf = (count) => (count ? Math.min(String(count).length, source.shades.length - 1) : 0);

// A rule's days as {state, count}; the letters are those of page_data.day_token.
const decodedDays = new Map();
function daysOf(rule) {
  if (!decodedDays.has(rule)) {
    decodedDays.set(rule, source.daily[rule.index].split(",").map(decodeDay));
  }
  return decodedDays.get(rule);
}

function decodeDay(token) {
  if (token === "-") return { state: "missing", count: 0 };
  if (token === "?") return { state: "unobserved", count: 0 };
  if (token === ".") return { state: "unattached", count: 0 };
  if (token === "") return { state: "none", count: 0 };
  if (token.startsWith("~")) return { state: "ambiguous", count: parseInt(token.slice(1), 36) };
  return { state: "used", count: parseInt(token, 36) };
}

// Only the proven uses, day by day: fast, because the totals need them for every rule.
const usedCounts = new Map();
function usedPerDay(rule) {
  if (!usedCounts.has(rule)) {
    const tokens = source.daily[rule.index].split(",");
    usedCounts.set(
      rule,
      Float64Array.from(tokens, (token) => parseInt(token, 36) || 0),
    );
  }
  return usedCounts.get(rule);
}

// Several days as one: the strongest evidence among them, its counts summed.
const EVIDENCE = ["used", "ambiguous", "unobserved", "none", "unattached", "missing"];
function combine(days) {
  const state = EVIDENCE.find((candidate) => days.some((day) => day.state === candidate));
  const alike = days.filter((day) => day.state === state);
  return { state, count: alike.reduce((sum, day) => sum + day.count, 0) };
}

// The window in equal ranges of 1, 7 or 28 days, so that each has `room` pixels of `width`.
function bucketsFor(width, room) {
  const length = [1, 7, 28].find((days) => width / (source.days.length / days) >= room) ?? 28;
  const buckets = [];
  for (let first = 0; first < source.days.length; first += length) {
    const last = Math.min(first + length, source.days.length);
    const name = dayText(source.days[first]);
    const span = last - first > 1 ? `${name} to ${dayText(source.days[last - 1])}` : name;
    buckets.push({ first, last, key: source.days[first], name, span });
  }
  return buckets;
}

function sumBy(items, key, value) {
  const sums = new Map();
  for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0) + value(item));
  return sums;
}
