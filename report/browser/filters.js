// The filter bar: one set of filters for all charts of rules.

const form = document.getElementById("filters");
const FILTER_FIELDS = {
  group: "groupId",
  protocol: "protocol",
  status: "status",
  direction: "direction",
  account: "account",
  region: "region",
};

function fillFilters() {
  for (const [name, field] of Object.entries(FILTER_FIELDS)) {
    if (!form.elements[name]) continue;
    const labels = new Map(rules.map((rule) => [rule[field], optionLabel(name, rule)]));
    const options = [...labels].sort(([, a], [, b]) => a.localeCompare(b));
    form.elements[name].replaceChildren(
      new Option("All", ""),
      ...options.map(([value, label]) => new Option(label, value)),
    );
  }
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
      wanted.every(([field, value]) => rule[field] === value) &&
      (!text || rule.search.includes(text)),
  );
}
