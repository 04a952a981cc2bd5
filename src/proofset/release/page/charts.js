"use strict";
// Elements and charts. Texts of records become text nodes and values of attributes; nothing here reads HTML.

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
};
const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const count = (value) => (value === null ? "–" : Math.round(value).toLocaleString("en"));
const short = (value) => {
  if (value === null || value === undefined) return "–";
  if (value === 0 || (Number.isInteger(value) && value < 1e6)) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
};
const percent = (value) => (value === null ? "–" : `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`);
const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const WIDTH = 400;
const chart = (height, label) => svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label });
const write = (x, y, text, attributes) => svg("text", { x, y, ...attributes }, String(text));
const key = (...entries) =>
  html("div", { class: "key" }, ...entries.map(([kind, text]) => html("span", {}, html("i", { class: kind }), text)));

const ticksFor = (most) => {
  const rough = (most || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const ticks = [];
  for (let tick = 0; tick <= (most || 1) + step * 0.001; tick += step) ticks.push(Number(tick.toPrecision(6)));
  if (ticks[ticks.length - 1] < (most || 1)) ticks.push(Number((ticks[ticks.length - 1] + step).toPrecision(6)));
  return ticks;
};

// A frame with a scale at the left; `y` places values, `x` shares of the width.
const frame = (height, most, label, upper = 12) => {
  const ticks = ticksFor(most);
  const top = ticks[ticks.length - 1];
  const left = 12 + 6.2 * Math.max(...ticks.map((tick) => short(tick).length));
  const base = height - 24;
  const drawn = chart(height, label);
  const y = (value) => base - (value / top) * (base - upper);
  for (const tick of ticks) {
    drawn.append(svg("line", { x1: left, x2: WIDTH - 14, y1: y(tick), y2: y(tick), class: tick ? "grid" : "axis" }));
    drawn.append(write(left - 6, y(tick) + 4, short(tick), { "text-anchor": "end", class: "soft" }));
  }
  return { drawn, y, x: (share) => left + share * (WIDTH - 14 - left), base, left };
};

const bars = (entries, kind) => {
  const step = 24;
  const drawn = chart(entries.length * step + 2, "bars");
  const most = Math.max(1, ...entries.map((one) => one.value));
  const left = 12 + 6 * Math.min(26, Math.max(4, ...entries.map((one) => one.name.length)));
  const said = (one) => one.told || count(one.value);
  const room = WIDTH - left - 12 - 6.4 * Math.max(...entries.map((one) => said(one).length));
  entries.forEach((one, place) => {
    const y = place * step;
    const width = one.value ? Math.max(1.5, (one.value / most) * room) : 0;
    drawn.append(
      svg("g", {}, svg("title", {}, `${one.name}: ${count(one.value)}`),
        write(left - 8, y + 16, cut(one.name, 26), { "text-anchor": "end" }),
        svg("rect", { x: left, y: y + 4, width, height: 16, rx: 2, class: kind }),
        write(left + width + 6, y + 16, said(one), { class: "soft" })));
  });
  return drawn;
};

// Columns side by side; labels stand under the edges of bins, or under the middle of groups.
const columns = ({ series, labels, atEdges = false, limit = null, name, format = short }) => {
  const size = series[0].values.length;
  const most = Math.max(...series.flatMap((one) => one.values));
  const { drawn, y, x, base } = frame(190, most, name, limit ? 24 : 12);
  const step = (x(1) - x(0)) / size;
  const gap = Math.min(4, step * 0.15);
  const wide = (step - gap) / series.length;
  series.forEach((one, which) =>
    one.values.forEach((value, place) => {
      if (!value) return;
      drawn.append(svg("rect", {
        x: x(0) + place * step + gap / 2 + which * wide, y: y(value), width: Math.max(0.5, wide - 0.5),
        height: base - y(value), class: one.kind,
      }, svg("title", {}, `${one.told(place)}: ${format(value)}`)));
    }));
  labels.forEach((label, place) => {
    const at = x(0) + step * (atEdges ? place : place + 0.5);
    if (label !== "") drawn.append(write(at, base + 16, label, { "text-anchor": "middle", class: "soft" }));
  });
  if (limit) {
    const at = x(limit.share);
    drawn.append(svg("line", { x1: at, x2: at, y1: 6, y2: base, class: "limit" }));
    drawn.append(write(at + 5, 15, limit.text, { class: "bad" }));
  }
  return drawn;
};

const line = (values, labels, kind, name) => {
  const { drawn, y, x, base } = frame(130, Math.max(...values), name);
  const at = (place) => x((place + 0.5) / values.length);
  drawn.append(svg("polyline", { points: values.map((value, place) => `${at(place)},${y(value)}`).join(" "), class: `line-${kind}` }));
  values.forEach((value, place) => {
    drawn.append(svg("circle", { cx: at(place), cy: y(value), r: 3, class: kind }, svg("title", {}, `${labels[place]}: ${short(value)}`)));
    drawn.append(write(at(place), base + 16, labels[place], { "text-anchor": "middle", class: "soft" }));
  });
  return drawn;
};

// `textOf` says of a kept point's row what it is.
const scatter = ({ kept, seeds }, textOf) => {
  const drawn = chart(300, "map");
  const points = [...kept.map(([, x, y]) => [x, y]), ...seeds];
  const [xs, ys] = [points.map((one) => one[0]), points.map((one) => one[1])];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // One scale for both axes: distances are those of the plane.
  const scale = Math.min((WIDTH - 24) / (right - left || 1), 276 / (high - low || 1));
  const place = (x, y) => ({
    cx: (WIDTH / 2 + (x - (left + right) / 2) * scale).toFixed(1), cy: (150 - (y - (low + high) / 2) * scale).toFixed(1),
  });
  drawn.append(svg("rect", { x: 0.5, y: 0.5, width: WIDTH - 1, height: 299, rx: 4, fill: "none", class: "axis" }));
  for (const [x, y] of seeds) drawn.append(svg("circle", { ...place(x, y), r: 3, class: "two faint" }));
  for (const [row, x, y] of kept) {
    const point = svg("circle", { ...place(x, y), r: 2.6, class: "one faint" });
    point.addEventListener("pointerenter", () => {
      if (!point.firstChild) point.append(svg("title", {}, textOf(row)));
    });
    drawn.append(point);
  }
  return drawn;
};
