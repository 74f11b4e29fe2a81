// The live part of a model's page.

import {formOf} from "./forms.mjs";
import {load} from "./runtime.mjs";
import {make, say} from "./shell.mjs";
import {shown} from "./show.mjs";

const FRAME_MS = 30;
const box = document.getElementById("live"), status = document.getElementById("status");

try {
  const model = await load(box.dataset.model);
  const result = make("div", "", {ariaLive: "polite", className: "answer"});
  let turn = 0;
  const answer = async (raw, settings) => {
    const mine = ++turn, began = performance.now();
    try {
      if (model.stream) await write(model.stream(raw, settings), result, () => mine === turn);
      else {
        const found = await model.infer(raw);
        if (mine === turn) result.replaceChildren(shown(raw, found, model.codec.targets));
      }
      if (mine !== turn) return; // another example came meanwhile
      say(status, model.knows(raw) ? "answered" : "guesses", {ms: Math.max(1, Math.round(performance.now() - began))});
      box.dataset.answeredAt ??= performance.now(); // milliseconds after the page was opened
    } catch (error) {
      say(status, "failed", {why: error.message});
    }
  };
  box.append(await formOf(model, answer), say(make("h3"), "answer_heading"), result, status);
  say(status, "ready");
} catch (error) {
  say(status, "failed", {why: error.message});
}

/** Shows a text while it is written; who listens hears it when it is there. */
async function write(texts, result, goesOn) {
  const line = make("p", "", {className: "written"}), box = make("div");
  let shownAt = 0;
  box.append(line);
  result.replaceChildren(box);
  result.ariaBusy = "true";
  for await (const text of texts) {
    if (!goesOn()) return;
    line.textContent = text;
    if (performance.now() - shownAt < FRAME_MS) continue;
    await new Promise(done => setTimeout(done));
    shownAt = performance.now();
  }
  result.ariaBusy = "false";
}
