// The page of a server: the forms and answers of the gallery, for models that run there.

import {formOf} from "./forms.mjs";
import {make, say} from "./shell.mjs";
import {attended, saliency, shown, written} from "./show.mjs";

const by = id => document.getElementById(id), result = document.querySelector(".answer");
let turn = 0;

/** A model behind the server, as runtime.mjs has them in the browser. */
async function load(name) {
  const model = await (await fetch(`models/${encodeURIComponent(name)}`)).json();
  const isLanguageModel = model.codec.class_name === "Texts" && model.preprocessor.class_name !== "Genres";
  return {
    metadata: model, preprocessor: model.preprocessor.config, codec: model.codec.config,
    stream: isLanguageModel ? (raw, settings) => events(name, raw, settings) : null,
  };
}

/** The text of a language model while it is written, from server-sent events; who reads no further ends it. */
async function* events(name, raw, settings) {
  const body = JSON.stringify({input: raw, ...settings}), headers = {"content-type": "application/json"};
  const response = await fetch(`models/${encodeURIComponent(name)}/stream`, {method: "POST", headers, body});
  if (!response.ok) throw new Error(reasonOf(await response.json()));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let [text, held] = ["", ""];
  try {
    for (let {done, value} = await reader.read(); !done; {done, value} = await reader.read()) {
      const parts = (held + value).split("\n\n");
      held = parts.pop();
      for (const part of parts) {
        const [, kind, data] = part.match(/^(?:event: (\w+)\n)?data: (.*)$/);
        if (kind === "error") throw new Error(JSON.parse(data));
        if (!kind) yield {text: text += JSON.parse(data)};
      }
    }
  } finally {
    reader.cancel();
  }
}

function reasonOf({detail}) {
  return [detail].flat().map(one => one.msg ?? one).join("; ");
}

/** Shows what a language model writes, until another text is asked for. */
async function write(raw, settings, model) {
  const mine = ++turn, began = performance.now();
  try {
    await written(model.stream(raw, settings), result, model.codec, () => mine === turn);
    if (mine === turn) say(by("status"), "served", {ms: Math.round(performance.now() - began)});
  } catch (error) {
    say(by("status"), "failed", {why: error.message});
  }
}

async function post(path, body) {
  const headers = body instanceof FormData ? {} : {"content-type": "application/json"};
  return (await fetch(`models/${encodeURIComponent(by("model").value)}/${path}`, {method: "POST", headers, body})).json();
}

async function ask(path, body, raw, model) {
  const mine = ++turn, began = performance.now(), found = await post(path, body);
  if (mine !== turn) return;
  if (found.detail) return say(by("status"), "failed", {why: reasonOf(found)});
  const answers = found.answers ?? [found.answer];
  result.replaceChildren(...answers.map(one => shown(raw, one, model.codec)), details(answers));
  say(by("status"), "served", {ms: Math.round(performance.now() - began)});
  const top_k = model.codec.class_names?.length;
  const why = await saliency(raw, answers[0], async inputs => (await post("infer", JSON.stringify({inputs, top_k}))).answers);
  if (why && mine === turn) result.append(why);
  if (!model.metadata.attends || typeof raw !== "string" || mine !== turn) return;
  const {attention} = await post("attention", JSON.stringify({input: raw}));
  if (attention?.length && mine === turn) result.append(attended(attention));
}

function details(answers) {
  const found = make("details");
  found.append(make("summary", "JSON"), make("pre", JSON.stringify(answers, null, 1)));
  return found;
}

async function choose() {
  const model = await load(by("model").value);
  const answer = (raw, settings) => {
    if (model.stream) return write(raw, settings, model);
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
