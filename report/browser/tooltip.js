// One tooltip for mouse, touch and keyboard. Everything in it is set as text, never as HTML.

const tooltip = document.getElementById("tooltip");
const itemOf = new WeakMap();

// `item` has a label (for screen readers), a count, its row and column, and facts: a function that
// returns {title, rows: [[name, value], ...]}.
function explain(element, item) {
  itemOf.set(element, item);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", item.label);
  element.dataset.value = item.count;
  element.dataset.key = `${item.row ?? ""}|${item.column}`;
}

function node(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function isolated(text) {
  return node("bdi", text);
}

function showTooltip(element) {
  const { title, rows } = itemOf.get(element).facts();
  const list = node("dl");
  for (const [name, value] of rows) {
    const detail = node("dd");
    detail.append(isolated(String(value)));
    list.append(node("dt", name), detail);
  }
  const heading = node("b");
  heading.append(isolated(title));
  tooltip.replaceChildren(heading, list);
  tooltip.hidden = false;
  place(element.getBoundingClientRect());
}

function place(anchor) {
  const { width, height } = tooltip.getBoundingClientRect();
  const left = Math.min(
    Math.max(8, anchor.left + anchor.width / 2 - width / 2),
    innerWidth - width - 8,
  );
  const above = anchor.top - height - 8;
  tooltip.style.left = `${left}px`;
  tooltip.style.top = `${above >= 8 ? above : anchor.bottom + 8}px`;
}

function hideTooltip() {
  tooltip.hidden = true;
}

for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) =>
    itemOf.has(target) ? showTooltip(target) : hideTooltip(),
  );
}
document.addEventListener("keydown", ({ key }) => key === "Escape" && hideTooltip());
addEventListener("scroll", hideTooltip, { passive: true });
