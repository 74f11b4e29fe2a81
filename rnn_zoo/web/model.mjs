// The live part of a model's page.

import {formOf} from "./forms.mjs";
import {load} from "./runtime.mjs";
import {make, say} from "./shell.mjs";
import {shown, written} from "./show.mjs";

const box = document.getElementById("live"), status = document.getElementById("status");

try {
  const model = await load(box.dataset.model);
  const result = make("div", "", {ariaLive: "polite", className: "answer"});
  let turn = 0;
  const answer = async (raw, settings) => {
    const mine = ++turn, began = performance.now();
    try {
      if (model.stream) await written(model.stream(raw, settings), result, model.codec, () => mine === turn);
      else {
        const found = await model.infer(raw);
        if (mine === turn) result.replaceChildren(shown(raw, found, model.codec));
      }
      if (mine !== turn) return; // another example came meanwhile
      say(status, await model.knows(raw) ? "answered" : "guesses", {ms: Math.max(1, Math.round(performance.now() - began))});
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
