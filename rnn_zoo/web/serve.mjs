// The page of a server: the forms and answers of the gallery, for models that run there.

import {formOf} from "./forms.mjs";
import {make, say} from "./shell.mjs";
import {shown} from "./show.mjs";

const by = id => document.getElementById(id), result = document.querySelector(".answer");
let turn = 0;

/** A model behind the server, as runtime.mjs has them in the browser. */
async function load(name) {
  const model = await (await fetch(`models/${encodeURIComponent(name)}`)).json();
  return {metadata: model, preprocessor: model.preprocessor.config, codec: model.codec.config};
}

async function ask(path, body, raw, model) {
  const mine = ++turn, began = performance.now();
  const headers = body instanceof FormData ? {} : {"content-type": "application/json"};
  const found = await (await fetch(`models/${encodeURIComponent(by("model").value)}/${path}`, {method: "POST", headers, body})).json();
  if (mine !== turn) return;
  if (found.detail) return say(by("status"), "failed", {why: [found.detail].flat().map(one => one.msg ?? one).join("; ")});
  const answers = found.answers ?? [found.answer];
  result.replaceChildren(...answers.map(one => shown(raw, one, model.codec.targets)), details(answers));
  say(by("status"), "served", {ms: Math.round(performance.now() - began)});
}

function details(answers) {
  const found = make("details");
  found.append(make("summary", "JSON"), make("pre", JSON.stringify(answers, null, 1)));
  return found;
}

async function choose() {
  const model = await load(by("model").value);
  const answer = raw => {
    const input = raw instanceof Float32Array ? [Array.from(raw), model.preprocessor.sample_rate_hz] : raw;
    ask("infer", JSON.stringify({input}), raw, model);
  };
  by("about").textContent = model.metadata.card?.description ?? "";
  result.replaceChildren();
  by("live").replaceChildren(await formOf(model, answer));
  by("file").onchange = () => {
    const body = new FormData();
    for (const one of by("file").files) body.append("files", one);
    ask("files", body, null, model);
  };
}

for (const name of Object.keys(await (await fetch("models")).json())) by("model").add(new Option(name));
by("model").onchange = choose;
await choose();
