// The live part of a model's page.

import {formOf} from "./forms.mjs";
import {load} from "./runtime.mjs";
import {make, say} from "./shell.mjs";
import {shown} from "./show.mjs";

const box = document.getElementById("live"), status = document.getElementById("status");

try {
  const model = await load(box.dataset.model);
  const result = make("div", "", {ariaLive: "polite", className: "answer"});
  let turn = 0;
  const answer = async raw => {
    const mine = ++turn, began = performance.now();
    try {
      const found = await model.infer(raw), ms = Math.max(1, Math.round(performance.now() - began));
      if (mine !== turn) return; // another example came meanwhile
      result.replaceChildren(shown(raw, found, model.codec.targets));
      say(status, model.knows(raw) ? "answered" : "guesses", {ms});
      performance.mark("answered");
    } catch (error) {
      say(status, "failed", {why: error.message});
    }
  };
  box.append(await formOf(model, answer), say(make("h3"), "answer_heading"), result, status);
  say(status, "ready");
} catch (error) {
  say(status, "failed", {why: error.message});
}
