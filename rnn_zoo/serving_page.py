"""The page on which a person tries the models of a server; it loads nothing from elsewhere."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>rnn_zoo</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
  textarea, select, button, input { font: inherit; width: 100%; box-sizing: border-box; margin: .25rem 0 1rem; }
  textarea { min-height: 6rem; }
  button { width: auto; padding: .4rem 1.2rem; }
  .bar { background: #4a7dbd; height: .6rem; border-radius: .3rem; }
  mark { padding: 0 .2rem; border-radius: .2rem; }
  pre { white-space: pre-wrap; }
</style>
</head>
<body>
<h1>rnn_zoo</h1>
<form id="form">
  <label for="model">Model</label>
  <select id="model"></select>
  <p id="about"></p>
  <label for="text">Text, or JSON that begins with [</label>
  <textarea id="text"></textarea>
  <label for="file">Or a file: an image, a sound, a table of frames</label>
  <input id="file" type="file">
  <button>Answer</button>
</form>
<h2>Answer</h2>
<div id="answer" aria-live="polite"></div>
<script type="module">
const by = id => document.getElementById(id);
const models = await (await fetch("models")).json();
for (const name of Object.keys(models)) by("model").add(new Option(name));
const describe = () => {
  const card = models[by("model").value];
  by("about").textContent = card ? card.description : "";
  if (card && typeof card.example.input === "string" && !card.example.input.startsWith("data:"))
    by("text").value = card.example.input;
};
by("model").onchange = describe;
describe();
const element = (name, text) => Object.assign(document.createElement(name), {textContent: text ?? ""});
const shown = (text, answer) => {
  const spans = Array.isArray(answer) ? answer : answer.slots;
  const box = element("div");
  if (Array.isArray(spans) && spans.length && spans[0].start !== undefined) {
    const letters = [...text], line = element("p");
    let last = 0;
    for (const one of spans) {
      line.append(letters.slice(last, one.start).join(""));
      const mark = element("mark", one.text);
      mark.title = one.label;
      line.append(mark, element("small", " " + one.label + " "));
      last = one.end;
    }
    line.append(letters.slice(last).join(""));
    box.append(line);
  } else if (answer.score !== undefined) {
    const bar = element("div");
    bar.className = "bar";
    bar.style.width = 100 * answer.score + "%";
    box.append(element("p", (answer.label ?? answer.intent) + "  " + answer.score.toFixed(2)), bar);
  } else if (answer.text !== undefined) box.append(element("p", answer.text));
  const all = element("details");
  all.append(element("summary", "JSON"), element("pre", JSON.stringify(answer, null, 1)));
  box.append(all);
  return box;
};
by("form").onsubmit = async event => {
  event.preventDefault();
  const address = "models/" + encodeURIComponent(by("model").value), file = by("file").files[0];
  const text = by("text").value;
  let request;
  if (file) {
    const body = new FormData();
    body.append("files", file);
    request = fetch(address + "/files", {method: "POST", body});
  } else {
    let input = text;
    if (text.startsWith("[")) try { input = JSON.parse(text); } catch { /* a text that begins so */ }
    const headers = {"content-type": "application/json"};
    request = fetch(address + "/infer", {method: "POST", headers, body: JSON.stringify({input})});
  }
  const found = await (await request).json();
  const answers = found.answers ?? (found.answer === undefined ? [] : [found.answer]);
  by("answer").replaceChildren(...answers.map(one => shown(text, one)));
  if (found.detail) by("answer").replaceChildren(element("p", JSON.stringify(found.detail)));
};
</script>
</body>
</html>
"""
