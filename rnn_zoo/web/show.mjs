// Answers, as a person reads them. All text goes in as text.

import {notesOf, play} from "./sound.mjs";
import {make, say} from "./shell.mjs";

const MOST_CLASSES = 5, MOST_WORDS = 60, FRAME_MS = 30;
const SVG = "http://www.w3.org/2000/svg";

/** An element that shows the answer to an example, as `infer` of runtime.mjs and the server give it. */
export function shown(raw, answer, codec = {}) {
  const box = make("div");
  if (Array.isArray(answer)) box.append(listed(raw, answer));
  else if (answer.intent !== undefined) box.append(bars([{label: answer.intent, score: answer.score}]), marked(raw, answer.slots));
  else if (answer.values) box.append(...charts(raw, answer, codec.targets));
  else if (answer.notes) box.append(...music(answer.notes, codec));
  else if (answer.points) box.append(drawing(answer.points));
  else if (answer.text !== undefined) box.append(make("p", answer.text, {className: "written"}));
  else box.append(bars([answer]));
  return box;
}

/**
 * A text whose words are coloured by how much of the score of the best class goes with them: what it falls by without
 * the word. Null for what is no text of some words, or no class. `infer` gives all classes for each of a list of texts.
 */
export async function saliency(text, answer, infer) {
  const parts = typeof text === "string" ? text.split(/(\s+)/) : [], places = [...parts.keys()].filter(one => parts[one].trim());
  const [best] = [answer].flat(), isClass = best?.label !== undefined && best.start === undefined;
  if (!isClass || places.length < 2 || places.length > MOST_WORDS) return null;
  const others = await infer(places.map(one => parts.toSpliced(one, 1).join("")));
  const falls = others.map(found => best.score - found.find(one => one.label === best.label).score);
  const highest = Math.max(...falls.map(Math.abs), 1e-3), line = make("p", "", {className: "marked"}), box = make("div");
  parts.forEach((part, place) => {
    const fall = falls[places.indexOf(place)] ?? 0, word = make("mark", part, {className: fall < 0 ? "against" : "for", title: fall.toFixed(3)});
    word.style.setProperty("--share", `${45 * Math.abs(fall) / highest}%`);
    line.append(part.trim() ? word : part);
  });
  box.append(say(make("p"), "saliency", {label: best.label}), line);
  return box;
}

/** Tables of what each token that was written saw of the source. */
export function attended(found) {
  const box = make("details");
  box.append(say(make("summary"), "attention"), ...found.map(({source, written: tokens, weights}) => {
    const grid = make("table", "", {className: "heat"}), head = make("tr"), wide = make("div", "", {className: "wide", tabIndex: 0});
    head.append(make("td"), ...source.map(one => make("th", one, {scope: "col"})));
    grid.append(head, ...tokens.map((token, step) => {
      const line = make("tr");
      line.append(make("th", token, {scope: "row"}), ...Array.from(weights[step], one => {
        const cell = make("td", one < 0.005 ? "" : one.toFixed(2));
        cell.style.setProperty("--share", `${55 * one}%`);
        return cell;
      }));
      return line;
    }));
    wide.append(grid);
    return wide;
  }));
  return box;
}

/** Shows an answer while it is written; who listens hears it when it is there. */
export async function written(answers, result, codec, goesOn) {
  let shownAt = 0, last = null;
  result.ariaBusy = "true";
  for await (const answer of answers) {
    if (!goesOn()) return;
    last = answer;
    if (performance.now() - shownAt < FRAME_MS) continue;
    result.replaceChildren(shown(null, last, codec));
    await new Promise(done => setTimeout(done));
    shownAt = performance.now();
  }
  result.replaceChildren(shown(null, last, codec));
  result.ariaBusy = "false";
}

function listed(raw, answers) {
  if (typeof answers[0] === "string") return make("p", answers.join(" "));
  return answers.length && answers[0].start === undefined ? bars(answers.slice(0, MOST_CLASSES)) : marked(raw, answers);
}

function bars(found) {
  const list = make("ol", "", {className: "bars"});
  for (const {label, score, median} of found) {
    const item = make("li"), bar = make("span", "", {className: "bar", ariaHidden: "true"});
    bar.style.width = `${100 * score}%`;
    item.append(make("span", label), make("span", score.toFixed(3), {className: "score"}), bar);
    if (median !== undefined) item.title = `median ${median}`;
    list.append(item);
  }
  return list;
}

/** A text with its parts in colours, one a label. */
function marked(text, parts) {
  const line = make("p", "", {className: "marked"}), characters = [...text];
  const labels = [...new Set(parts.map(one => one.label))];
  let last = 0;
  for (const part of parts) {
    const mark = make("mark", characters.slice(part.start, part.end).join(""));
    mark.className = `tag-${labels.indexOf(part.label) % 6}`;
    mark.append(make("small", ` ${part.label} ${part.score.toFixed(2)}`));
    line.append(characters.slice(last, part.start).join(""), mark);
    last = part.end;
  }
  line.append(characters.slice(last).join(""));
  if (parts.length) return line;
  const both = make("div");
  both.append(line, say(make("p"), "nothing_found"));
  return both;
}

function charts(history, {values}, names) {
  const shownRows = history.slice(-4 * values.length);
  const figures = names.map((name, k) => {
    const past = shownRows.map(row => row[k]), next = values.map(row => row[k]);
    const figure = make("figure"), caption = make("figcaption", `${name} `);
    caption.append(make("small", `${next[0].toFixed(2)} … ${next.at(-1).toFixed(2)}`));
    figure.append(caption, curve(past, next, name));
    return figure;
  });
  const grid = make("div", "", {className: "charts"}), details = make("details"), legend = make("p", "", {className: "legend"});
  grid.append(...figures);
  legend.append(say(make("span", "", {className: "past"}), "history"), say(make("span", "", {className: "next"}), "forecast"));
  details.append(say(make("summary"), "as_table"), table(names, values));
  return [legend, grid, details];
}

/** A piano roll, and a button that plays it. */
function music(frames, codec) {
  const notes = notesOf(frames, codec.tokenizer.config?.held ?? codec.tokenizer.held), pitches = notes.map(one => one.pitch);
  const [lowest, highest] = [Math.min(60, ...pitches), Math.max(72, ...pitches)], svg = picture(frames.length, highest - lowest + 1);
  svg.setAttribute("class", "roll");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(...notes.map(({pitch, start, end}) => shape("rect", {x: start, y: highest - pitch, width: end - start - 0.1, height: 0.9})));
  const button = say(make("button", "", {type: "button", onclick: () => play(notes, codec.frames_per_quarter)}), "listen");
  return [svg, button];
}

function drawing(points) {
  let [x, y, line] = [0, 0, []];
  const lines = [line], places = points.map(([right, down, isLifted]) => {
    [x, y] = [x + right, y + down];
    line.push(`${x.toFixed(1)},${y.toFixed(1)}`);
    if (isLifted) lines.push(line = []);
    return [x, y];
  });
  const [xs, ys] = [0, 1].map(axis => places.map(one => one[axis])), [left, top] = [Math.min(...xs), Math.min(...ys)];
  const size = Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1), svg = picture(1, 1);
  svg.setAttribute("viewBox", `${left - 0.05 * size} ${top - 0.05 * size} ${1.1 * size} ${1.1 * size}`);
  svg.setAttribute("class", "sketch");
  svg.append(...lines.map(one => shape("polyline", {points: one.join(" ")})));
  return svg;
}

function picture(width, height) {
  return shape("svg", {viewBox: `0 0 ${width} ${height}`, role: "img"});
}

function shape(name, attributes) {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  return found;
}

function curve(past, next, name) {
  const all = [...past, ...next], lowest = Math.min(...all), highest = Math.max(...all);
  const svg = document.createElementNS(SVG, "svg");
  const point = (value, step) => `${(300 * step / (all.length - 1)).toFixed(1)},${
    (75 - 70 * (value - lowest) / (highest - lowest || 1)).toFixed(1)}`;
  svg.setAttribute("viewBox", "0 0 300 80");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${name}: ${past.at(-1).toFixed(2)}, ${next.map(one => one.toFixed(2)).join(" ")}`);
  for (const [kind, values, start] of [["past", past, 0], ["next", [past.at(-1), ...next], past.length - 1]]) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("class", kind);
    line.setAttribute("points", values.map((one, step) => point(one, start + step)).join(" "));
    svg.append(line);
  }
  return svg;
}

function table(names, rows) {
  const found = make("table"), head = make("tr"), box = make("div", "", {className: "wide", tabIndex: 0});
  head.append(make("td"), ...names.map(one => make("th", one)));
  found.append(head);
  rows.forEach((row, step) => {
    const line = make("tr");
    line.append(make("th", `+${step + 1}`), ...row.map(one => make("td", one.toFixed(2))));
    found.append(line);
  });
  box.append(found);
  return box;
}
