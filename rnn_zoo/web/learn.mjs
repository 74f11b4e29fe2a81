// The page for learners: gates, states and gradients of three cells over the words of a sentence.

import {Classifier} from "./cells.mjs";
import {make, say} from "./shell.mjs";

const CELLS = ["simple_rnn", "gru", "lstm"], NAMES = {simple_rnn: "SimpleRNN", gru: "GRU", lstm: "LSTM"};
const SYMBOLS = {
  gru: {update: "z", reset: "r", candidate: "h̃", hidden: "h"}, simple_rnn: {hidden: "h"},
  lstm: {input: "i", forget: "f", output: "o", cell: "c", hidden: "h"},
};
const COLUMNS = 16, PLAY_MS = 700, PAUSE_MS = 300, MOST_DECADES = 6, SVG = "http://www.w3.org/2000/svg";
const by = id => document.getElementById(id);
const status = by("status"), text = by("text"), step = by("step"), label = by("label");
const isDark = matchMedia("(prefers-color-scheme: dark)");

try {
  const models = await Promise.all(CELLS.map(name => Classifier.load(`learn/${name}`)));
  label.append(...models[0].class_names.map((one, index) => make("option", one, {value: index})));
  label.value = "1";
  let found = [], timer = null, playing = null;

  const update = async () => {
    if (!text.value.trim()) return;
    found = await Promise.all(models.map(model => model.read(text.value)));
    step.max = found[0].tokens.length;
    step.value = step.max;
    CELLS.forEach((name, index) => {
      const {tokens, trace, logits} = found[index];
      by(name).querySelector(".wide").replaceChildren(tableOf(name, models[index], tokens, trace));
      const best = logits.indexOf(Math.max(...logits)), all = logits.reduce((sum, one) => sum + Math.exp(one - logits[best]), 0);
      by(name).querySelector("h2").textContent = `${NAMES[name]}: ${models[index].class_names[best]} ${(1 / all).toFixed(2)}`;
    });
    await gradients();
    show();
  };
  const gradients = async () => {
    const whole = [], fromEnd = [];
    for (const [index, model] of models.entries()) {
      whole.push((await model.gradients(found[index], Number(label.value))).hidden);
      fromEnd.push((await model.gradients(found[index], Number(label.value), {fromEnd: true})).hidden);
    }
    by("from_end").replaceChildren(...chart(found[0].tokens, fromEnd.map(one => one.map(value => value / (one.at(-1) || 1)))));
    by("whole").replaceChildren(...chart(found[0].tokens, whole));
  };
  const show = () => {
    const now = Number(step.value);
    for (const cell of document.querySelectorAll("[data-step]")) {
      cell.classList.toggle("now", Number(cell.dataset.step) === now);
      cell.classList.toggle("later", Number(cell.dataset.step) > now);
    }
    const means = CELLS.map((name, index) => `${NAMES[name]}: ${Object.keys(models[index].cell.parts)
      .map(part => `${SYMBOLS[name][part]} ${mean(found[index].trace[now - 1][part]).toFixed(2)}`).join(", ")}`);
    say(status, "learn_now", {word: found[0].tokens[now - 1], step: now, means: means.join("; ")});
  };
  text.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_MS);
  };
  step.oninput = show;
  label.onchange = gradients;
  by("sentence").onsubmit = event => {
    event.preventDefault();
    update();
  };
  const stop = () => {
    clearInterval(playing);
    playing = null;
    say(by("play"), "play");
  };
  by("play").onclick = () => {
    if (playing) return stop();
    if (step.value === step.max) step.value = 1;
    show();
    say(by("play"), "pause");
    playing = setInterval(() => {
      step.stepUp();
      show();
      if (step.value === step.max) stop();
    }, PLAY_MS);
  };
  isDark.onchange = update;
  await update();
} catch (error) {
  say(status, "failed", {why: error.message});
}

/** A row a gate or state, a column a word; in each cell all units as squares, and their mean. */
function tableOf(name, model, tokens, trace) {
  const table = make("table", "", {className: "units"}), head = make("tr");
  head.append(make("td"), ...tokens.map((token, t) => withStep(make("th", token, {scope: "col"}), t)));
  table.append(head);
  for (const [part, kind] of Object.entries(model.cell.parts)) {
    const row = make("tr"), title = make("th", "", {scope: "row"});
    title.append(make("i", SYMBOLS[name][part]), " ", say(make("small"), `part_${part}`));
    row.append(title, ...trace.map((now, t) => {
      const cell = withStep(make("td"), t);
      cell.append(squares(now[part], kind), make("small", mean(now[part]).toFixed(2)));
      return cell;
    }));
    table.append(row);
  }
  return table;
}

function withStep(element, t) {
  element.dataset.step = t + 1;
  return element;
}

/** All units of a vector as squares: gates from closed to open, states from -1 to 1. */
function squares(values, kind) {
  const canvas = make("canvas", "", {width: COLUMNS, height: Math.ceil(values.length / COLUMNS), ariaHidden: "true"});
  const context = canvas.getContext("2d"), pixels = context.createImageData(canvas.width, canvas.height);
  const [paper, low, high] = isDark.matches
    ? [[31, 34, 39], [138, 184, 242], [240, 163, 107]] : [[255, 255, 255], [31, 95, 174], [179, 71, 15]];
  values.forEach((value, index) => {
    const share = Math.min(1, Math.abs(value)), ink = kind === "gate" || value < 0 ? low : high;
    pixels.data.set([...paper.map((one, c) => one + (ink[c] - one) * share), 255], 4 * index);
  });
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function mean(values) {
  return values.reduce((a, b) => a + b) / values.length;
}

/** Three lines over the words, on a logarithmic scale, and the same as a table. */
function chart(tokens, lines) {
  const all = lines.flat().filter(one => one > 0), highest = Math.max(...all), width = Math.max(480, 56 * tokens.length);
  const decades = Math.min(MOST_DECADES, Math.max(1, Math.ceil(Math.log10(highest / Math.min(...all)))));
  const floor = highest * 10 ** -decades, height = 200, left = 54;
  const x = t => left + (width - left - 30) * (tokens.length > 1 ? t / (tokens.length - 1) : 0.5);
  const y = value => 12 + height * Math.log10(highest / Math.max(value, floor)) / decades;
  const svg = element("svg", {viewBox: `0 0 ${width} ${height + 40}`, role: "img", "aria-label": CELLS.map((name, index) =>
    `${NAMES[name]} ${lines[index].map(one => one.toExponential(1)).join(" ")}`).join("; ")});
  svg.style.minWidth = `${width}px`;
  for (let decade = 0; decade <= decades; decade++) {
    const value = highest * 10 ** -decade;
    svg.append(element("line", {x1: left, x2: width - 30, y1: y(value), y2: y(value), class: "grid"}),
      element("text", {x: left - 6, y: y(value) + 4, "text-anchor": "end"}, value.toExponential(0)));
  }
  tokens.forEach((token, t) => svg.append(element("text", {x: x(t), y: height + 32, "text-anchor": "middle"}, token)));
  CELLS.forEach((name, index) => svg.append(element("polyline",
    {class: name, points: lines[index].map((value, t) => `${x(t).toFixed(1)},${y(value).toFixed(1)}`).join(" ")})));
  const legend = make("figcaption", "", {className: "legend"}), details = make("details"), table = make("table"), head = make("tr");
  legend.append(...CELLS.map(name => make("span", NAMES[name], {className: name})));
  head.append(make("td"), ...tokens.map(one => make("th", one)));
  table.append(head, ...CELLS.map((name, index) => {
    const row = make("tr");
    row.append(make("th", NAMES[name]), ...lines[index].map(one => make("td", one.toExponential(1))));
    return row;
  }));
  details.append(say(make("summary"), "as_table"), table);
  return [legend, svg, details];
}

function element(name, attributes, text = "") {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.textContent = text;
  return found;
}
