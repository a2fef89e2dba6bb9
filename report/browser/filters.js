// The filter bar: one set of filters for all charts of rules.

const form = document.getElementById("filters");
const FILTER_FIELDS = {
  group: "groupId",
  protocol: "protocol",
  status: "status",
  direction: "direction",
  account: "account",
  region: "region",
  owner: "owner",
  finding: "findings",
};

function fillFilters() {
  for (const [name, field] of Object.entries(FILTER_FIELDS)) {
    if (!form.elements[name]) continue;
    const labels = new Map(rules.flatMap((rule) => optionsOf(name, field, rule)));
    const options = [...labels].sort(([, a], [, b]) => a.localeCompare(b));
    form.elements[name].replaceChildren(
      new Option("All", ""),
      ...options.map(([value, label]) => new Option(label, value)),
    );
  }
}

// A rule has one value of a field, perhaps no owner, and any number of findings.
function optionsOf(name, field, rule) {
  if (name === "owner" && !rule.owner) return [];
  if (name !== "finding") return [[rule[field], optionLabel(name, rule)]];
  return rule.findings.map((kind) => [kind, KIND_LABELS.get(kind)]);
}

function holds(rule, field, value) {
  return field === "findings" ? rule.findings.includes(value) : rule[field] === value;
}

function optionLabel(name, rule) {
  if (name === "status") return STATUS_LABELS.get(rule.status);
  return name === "group" ? rule.groupLabel : rule[FILTER_FIELDS[name]];
}

function filteredRules() {
  const text = form.elements.text.value.trim().toLowerCase();
  const wanted = Object.entries(FILTER_FIELDS)
    .filter(([name]) => form.elements[name]?.value)
    .map(([name, field]) => [field, form.elements[name].value]);
  return rules.filter(
    (rule) =>
      wanted.every(([field, value]) => holds(rule, field, value)) &&
      (!text || rule.search.includes(text)),
  );
}
