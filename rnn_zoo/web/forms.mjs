// How examples are given to a model: by typing, drawing, recording or choosing a file.

import {fromBase64} from "./onnx_file.mjs";
import {samplesOf} from "./sound.mjs";
import {make, say} from "./shell.mjs";

const SAMPLES = {
  sentiment_imdb: ["Two hours of my life that I will never get back.", "Dull at first, but then funny, moving and beautifully acted.", "Not bad at all!"],
  sentiment_nsmc: ["시간이 아까운 영화", "배우들 연기가 정말 좋았어요", "기대했는데 별로였다"],
  rating_nsmc_stars: ["시간이 아까운 영화", "배우들 연기가 정말 좋았어요", "그냥 그래요"],
  ner_conll2003: ["The European Commission said on Thursday that Germany should buy British lamb .", "Ronaldo scored twice as Brazil beat Turkey in Ulsan on Monday ."],
  ner_klue: ["이순신 장군은 1598년 노량에서 전사했다.", "삼성전자는 수원에 본사를 두고 있다."],
  pos_ewt: ["I can't believe it's already 12:30!", "They refuse to permit us to obtain the refuse permit."],
  intent_atis: ["what is the cheapest flight from boston to denver on monday morning", "show me ground transportation in san francisco"],
  language_model_tiny_shakespeare: ["JULIET:", "To be, or not to be", "Good morrow, "],
  pronunciation_cmudict: ["recurrent", "chatbot", "Zürich"],
  translation_multi30k_en_de: ["Two dogs are running through the snow.", "A woman is reading a book in the park."],
  translation_multi30k_en_fr: ["Two dogs are running through the snow.", "A woman is reading a book in the park."],
  translation_en_ko: ["Open the file", "Save changes before closing?"],
  intent_snips: ["book a table for four in chicago tonight", "will it rain in paris tomorrow"],
};
const PAUSE_MS = 300, RECORDED_MS = 1500, CANVAS = 280, PEN = 22;

/** A form for what the model reads; `answer(raw)` is called with every example. */
export async function formOf(model, answer) {
  const {card} = model.metadata, kind = model.metadata.preprocessor.class_name;
  const makeForm = {
    Pixels: drawing, PixelSequence: drawing, Series: series, LogMel: sound, Photos: picture, ImageQuestions: picture,
    Videos: picture, Genres: choice, Subjects: choice,
  }[kind] ?? text;
  return makeForm(model, answer, card);
}

function text(model, answer, card) {
  const form = make("form"), area = make("textarea", "", {id: "example", rows: 3, spellcheck: false});
  const heat = make("input", "", {id: "heat", type: "range", min: 0.2, max: 1.5, step: 0.1, value: model.codec.decoding?.temperature ?? 1});
  const first = writtenAs(card?.example.input ?? "");
  const samples = card && first ? [first, ...(SAMPLES[`${card.task}_${card.weights}`] ?? [])] : [];
  let timer = null;
  const ask = () => {
    clearTimeout(timer);
    if (area.value.trim()) answer(rawOf(area.value), {temperature: Number(heat.value)});
  };
  if (!model.stream) area.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  };
  area.value = first;
  form.append(say(make("label", "", {htmlFor: "example"}), "text"), area, button("answer", null, "submit"));
  if (model.stream) form.append(say(make("label", "", {htmlFor: "heat"}), "temperature"), heat);
  form.append(chooser(samples, one => {
    area.value = one;
    ask();
  }));
  form.onsubmit = event => {
    event.preventDefault();
    ask();
  };
  ask();
  return form;
}

/** An example as text: tokens with blanks between them, arrays as JSON, and no files. */
function writtenAs(example) {
  if (typeof example === "string") return example.startsWith("data:") ? "" : example;
  return example.every(one => typeof one === "string" && !one.startsWith("data:")) ? example.join(" ") : JSON.stringify(example);
}

function rawOf(written) {
  if (!written.startsWith("[")) return written;
  try {
    return JSON.parse(written);
  } catch { // a text that begins so
    return written;
  }
}

function series(model, answer, card) {
  const {variables: names, window: timesteps} = model.preprocessor;
  const form = make("form"), area = make("textarea", "", {id: "example", rows: 8, spellcheck: false});
  const label = make("label", "", {htmlFor: "example"});
  const ask = () => answer(parsedRows(area.value));
  area.value = card ? [names, ...card.example.input].map(row => row.join(", ")).join("\n") : "";
  form.append(say(label, "series", {count: names.length, window: timesteps, names: names.join(", ")}), area, button("answer", null, "submit"));
  form.onsubmit = event => {
    event.preventDefault();
    ask();
  };
  if (area.value) ask();
  return form;
}

/** Rows of numbers between commas, semicolons, tabs or blanks; a first row of names is left out. */
export function parsedRows(written) {
  const rows = written.trim().split(/\r?\n/).map(line => line.trim().split(/[,;\t ]+/));
  return (rows[0].every(one => Number.isNaN(Number(one))) ? rows.slice(1) : rows).map(row => row.map(Number));
}

async function sound(model, answer, card) {
  const form = make("div", "", {className: "form"}), file = make("input", "", {id: "example", type: "file", accept: "audio/*"});
  const names = model.codec.class_names ?? model.codec.tokens.filter(one => one !== "<unk>");
  const label = say(make("label", "", {htmlFor: "example"}), "sound", {names: names.join(", ")});
  const ask = async bytes => answer(await samplesOf(bytes, model.preprocessor.sample_rate_hz));
  file.onchange = async () => file.files[0] && ask(await file.files[0].arrayBuffer());
  const record = button("record", async () => {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true});
    const recorder = new MediaRecorder(stream), pieces = [];
    say(record, "recording");
    recorder.ondataavailable = event => pieces.push(event.data);
    recorder.onstop = async () => {
      stream.getTracks().forEach(one => one.stop());
      say(record, "record");
      ask(await new Blob(pieces).arrayBuffer());
    };
    recorder.start();
    setTimeout(() => recorder.stop(), RECORDED_MS);
  });
  form.append(label, file);
  if (navigator.mediaDevices) form.append(record);
  if (card) {
    const bytes = fromBase64(card.example.input.split(",")[1]);
    form.append(button("example", () => ask(bytes.slice().buffer)));
    ask(bytes.slice().buffer);
  }
  return form;
}

/** A name out of some, or any, and how boldly to write. */
function choice(model, answer) {
  const form = make("form", "", {className: "form"}), select = make("select", "", {id: "example"});
  select.append(say(new Option("", ""), "any"), ...model.preprocessor.class_names.map(one => new Option(one)));
  form.append(say(make("label", "", {htmlFor: "example"}), "begin_from"), select, button("answer", null, "submit"));
  form.onsubmit = event => {
    event.preventDefault();
    ask();
  };
  const ask = () => answer(select.value || null);
  ask();
  return form;
}

/** An image or a film, from a file or the example, and maybe a question about it. */
function picture(model, answer, card) {
  const form = make("form", "", {className: "form"}), file = make("input", "", {id: "example", type: "file", accept: "image/*"});
  const {width, height, channels: isFilm} = model.preprocessor, image = make("img", "", {className: "given", alt: ""});
  const asks = model.metadata.preprocessor.class_name === "ImageQuestions";
  const [first, about] = asks ? card?.example.input ?? ["", ""] : [card?.example.input ?? ""];
  const question = make("input", "", {id: "question", value: about ?? ""});
  const ask = () => image.src && answer(asks ? [image.src, question.value] : image.src);
  file.onchange = () => {
    const reader = new FileReader();
    reader.onload = () => {
      image.src = reader.result;
      ask();
    };
    if (file.files[0]) reader.readAsDataURL(file.files[0]);
  };
  form.onsubmit = event => {
    event.preventDefault();
    ask();
  };
  form.append(say(make("label", "", {htmlFor: "example"}), isFilm ? "film" : "image", {size: `${width} x ${height}`}), file, image);
  if (asks) form.append(say(make("label", "", {htmlFor: "question"}), "question"), question);
  form.append(button("answer", null, "submit"));
  if (first) {
    image.src = first;
    ask();
  }
  return form;
}

function drawing(model, answer, card) {
  const form = make("div", "", {className: "form drawing"}), canvas = make("canvas", "", {width: CANVAS, height: CANVAS, tabIndex: 0});
  const seen = make("canvas", "", {width: model.preprocessor.width, height: model.preprocessor.height});
  const ink = canvas.getContext("2d", {willReadFrequently: true}), hint = say(make("p", "", {id: "draw"}), "draw");
  const pen = {x: CANVAS / 2, y: CANVAS / 3, isDown: false}, paper = make("span"), mark = make("i");
  paper.append(canvas, mark);
  const showPen = () => {
    mark.className = pen.isDown ? "pen down" : "pen";
    [mark.style.left, mark.style.top] = [`${100 * pen.x / CANVAS}%`, `${100 * pen.y / CANVAS}%`];
  };
  showPen();
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-labelledby", "draw");
  seen.setAttribute("role", "img");
  seen.setAttribute("aria-labelledby", "sees");
  Object.assign(ink, {lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "#000"});
  const ask = () => {
    const image = imageOf(ink.getImageData(0, 0, CANVAS, CANVAS), model.preprocessor);
    if (image) showImage(image);
  };
  const showImage = image => {
    const context = seen.getContext("2d"), pixels = context.createImageData(seen.width, seen.height);
    image.flat().forEach((one, index) => pixels.data.set([0, 0, 0, 255 * one / model.preprocessor.scale], 4 * index));
    context.putImageData(pixels, 0, 0);
    answer(image);
  };
  const draw = (x, y) => {
    ink.beginPath();
    ink.moveTo(pen.x, pen.y);
    ink.lineTo(x, y);
    ink.stroke();
  };
  const placeOf = event => [event.offsetX * CANVAS / canvas.clientWidth, event.offsetY * CANVAS / canvas.clientHeight];
  canvas.onpointerdown = event => {
    canvas.setPointerCapture(event.pointerId);
    [pen.x, pen.y] = placeOf(event);
    pen.isDown = true;
    draw(pen.x, pen.y);
  };
  canvas.onpointermove = event => {
    if (!pen.isDown) return;
    const [x, y] = placeOf(event);
    draw(x, y);
    [pen.x, pen.y] = [x, y];
  };
  canvas.onpointerup = () => {
    pen.isDown = false;
    ask();
  };
  canvas.onkeydown = event => {
    const [x, y] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key] ?? [0, 0];
    if (event.key === " ") pen.isDown = !pen.isDown;
    else if (!x && !y) return;
    event.preventDefault();
    const inside = one => Math.min(CANVAS - PEN, Math.max(PEN, one)), next = [inside(pen.x + 14 * x), inside(pen.y + 14 * y)];
    if (pen.isDown) draw(...next);
    [pen.x, pen.y] = next;
    showPen();
    if (!pen.isDown && event.key === " ") ask();
  };
  const figure = make("figure");
  figure.append(say(make("figcaption", "", {id: "sees"}), "sees"), seen);
  form.append(hint, paper, figure, button("clear", () => ink.clearRect(0, 0, CANVAS, CANVAS)));
  if (card) {
    form.append(button("example", () => showImage(card.example.input)));
    showImage(card.example.input);
  }
  return form;
}

/** A drawing in the size that the model reads, centred as MNIST's and scikit-learn's digits are; null without ink. */
export function imageOf({data, width, height}, {height: rows, width: columns, scale}) {
  let [left, right, top, bottom, sumX, sumY, sum] = [width, -1, height, -1, 0, 0, 0];
  const inkAt = (x, y) => x >= 0 && x < width && y >= 0 && y < height ? data[4 * (y * width + x) + 3] / 255 : 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const ink = inkAt(x, y);
    if (!ink) continue;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    [sumX, sumY, sum] = [sumX + ink * x, sumY + ink * y, sum + ink];
  }
  if (!sum) return null;
  const isSmall = rows < 20; // digits of scikit-learn fill their 8 rows, those of MNIST 20 of 28 around their centre
  const step = Math.max(right - left + 1, bottom - top + 1) / (isSmall ? rows : rows * 20 / 28);
  const middle = isSmall ? [(left + right + 1) / 2, (top + bottom + 1) / 2] : [sumX / sum + 0.5, sumY / sum + 0.5];
  return Array.from({length: rows}, (_, row) => Array.from({length: columns}, (_, column) => {
    let [total, count] = [0, 0];
    const startX = Math.round(middle[0] + (column - columns / 2) * step), startY = Math.round(middle[1] + (row - rows / 2) * step);
    for (let y = startY; y < startY + step; y++) for (let x = startX; x < startX + step; x++) {
      total += inkAt(x, y);
      count++;
    }
    return Math.round(scale * total / count);
  }));
}

function chooser(samples, choose) {
  const box = make("div", "", {className: "samples"});
  if (samples.length > 1) box.append(say(make("span"), "samples"), ...samples.map(one => make("button", one, {type: "button", onclick: () => choose(one)})));
  return box;
}

function button(key, onclick, type = "button") {
  return say(make("button", "", {type, onclick}), key);
}
