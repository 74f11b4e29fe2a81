// The live part of a model's page.

import {formOf} from "./forms.mjs";
import {load} from "./runtime.mjs";
import {make, say} from "./shell.mjs";
import {attended, saliency, shown, written} from "./show.mjs";

/** The answers to some examples, one after another. */
async function all(examples, infer) {
  const found = [];
  for (const one of examples) found.push(await infer(one));
  return found;
}

const box = document.getElementById("live"), status = document.getElementById("status");

try {
  const model = await load(box.dataset.model);
  const result = make("div", "", {ariaLive: "polite", className: "answer"});
  let turn = 0;
  const answer = async (raw, settings) => {
    const mine = ++turn, began = performance.now();
    try {
      let found = null;
      if (model.stream) await written(model.stream(raw, settings), result, model.codec, () => mine === turn);
      else {
        found = await model.infer(raw);
        if (mine === turn) result.replaceChildren(shown(raw, found, model.codec));
      }
      if (mine !== turn) return; // another example came meanwhile
      say(status, await model.knows(raw) ? "answered" : "guesses", {ms: Math.max(1, Math.round(performance.now() - began))});
      box.dataset.answeredAt ??= performance.now(); // milliseconds after the page was opened
      const why = await saliency(raw, found, texts => all(texts, one => model.infer(one)));
      if (why && mine === turn) result.append(why);
      if (model.attention?.length && mine === turn) result.append(attended(model.attention));
    } catch (error) {
      say(status, "failed", {why: error.message});
    }
  };
  box.append(await formOf(model, answer), say(make("h3"), "answer_heading"), result, status);
  say(status, "ready");
} catch (error) {
  say(status, "failed", {why: error.message});
}
