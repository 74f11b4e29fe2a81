// What a network gives to answers. Classes bear the names of those in rnn_zoo/codecs and give the same, as JSON.
//
// `decode({data, dims}, encoded)` takes the outputs of a batch of one example.

import * as tokenizers from "./preprocessors.mjs";

export class Classes {
  constructor(config) {
    Object.assign(this, config);
  }

  /** All classes with their scores, the best one first. */
  decode({data}) {
    const scores = softmax(Array.from(data, one => one / this.temperature)), facts = this.facts(scores);
    const order = scores.map((_, index) => index).sort((a, b) => scores[b] - scores[a] || a - b);
    return order.map(index => ({label: this.class_names[index], score: scores[index], ...facts}));
  }

  facts() {
    return {};
  }
}

export class Ratings extends Classes {
  facts(scores) {
    let sum = 0;
    const shares = scores.map(one => sum += one);
    return {median: this.class_names[shares.findIndex(one => one >= 0.5 * sum)]};
  }
}

export class Tags {
  constructor(config) {
    Object.assign(this, config);
    this.tagNames = this.tagNamesOf();
  }

  tagNamesOf() {
    return this.class_names;
  }

  decode(outputs, encoded) {
    return this.decodeRows(rowsOf(outputs), encoded);
  }

  decodeRows(rows, {tokens, offsets, text}) {
    const best = this.crf ? bestPath(rows) : rows.map(argmax);
    const tags = tokens.map((_, step) => this.tagNames[best[step]]);
    if (offsets === null) return this.labels(tags);
    const probabilities = this.crf ? marginals(rows) : rows.map(softmax);
    return this.spans(tags).map(([label, first, end]) => {
      const start = offsets[first][0], stop = offsets[end - 1][1];
      const scores = best.slice(first, end).map((tag, index) => probabilities[first + index][tag]);
      return {text: text.slice(start, stop).join(""), label, start, end: stop, score: Math.min(...scores)};
    });
  }

  labels(tags) {
    return tags;
  }

  spans(tags) {
    return tags.map((tag, index) => [tag, index, index + 1]);
  }
}

export class EntityTags extends Tags {
  tagNamesOf() {
    const prefixes = {BIO: "BI", BIOES: "BIES"}[this.scheme];
    return ["O", ...this.class_names.flatMap(name => [...prefixes].map(prefix => `${prefix}-${name}`))];
  }

  labels(tags) {
    const found = tags.map(() => "O");
    for (const [label, start, end] of this.spans(tags))
      for (let place = start; place < end; place++) found[place] = `${place === start ? "B" : "I"}-${label}`;
    return found;
  }

  spans(tags) {
    const found = [];
    let open = null, start = 0;
    [...tags, "O"].forEach((tag, place) => {
      const prefix = tag.split("-", 1)[0], type = tag.slice(prefix.length + 1);
      const goesOn = open !== null && type === open && !["B", "S"].includes(prefix);
      if (open !== null && !goesOn) {
        found.push([open, start, place]);
        open = null;
      }
      if (prefix !== "O" && !goesOn) [open, start] = [type, place];
      if (open !== null && ["E", "S"].includes(prefix)) {
        found.push([open, start, place + 1]);
        open = null;
      }
    });
    return found;
  }
}

export class Requests extends EntityTags {
  decode(outputs, encoded) {
    const [first, ...rows] = rowsOf(outputs);
    const scores = softmax(first.slice(0, this.intents.length)), best = argmax(scores);
    const slots = this.decodeRows(rows.map(row => row.slice(0, this.tagNames.length)), encoded);
    return {intent: this.intents[best], score: scores[best], slots};
  }
}

export class Forecast {
  constructor(config) {
    Object.assign(this, config);
  }

  decode(outputs) {
    const values = rowsOf(outputs).map(row => row.map((one, k) => Math.fround(one * this.std[k] + this.mean[k])));
    if (!this.margins) return {values};
    const moved = sign => values.map((row, t) => row.map((one, k) => Math.fround(one + sign * this.margins[t][k])));
    return {values, lower: moved(-1), upper: moved(1)};
  }
}

/** Texts of speech, learned without being told which token is where; 0 is the blank. */
export class Transcripts {
  constructor(config) {
    Object.assign(this, config);
  }

  decode(outputs) {
    const tokens = bestText(rowsOf(outputs).map(logSoftmax), this.beam_width).map(one => this.tokens[one - 1]);
    return {text: tokens.join(this.token_type === "words" ? " " : "").trim().replace(/ +/g, " ")};
  }
}

/** The most probable beginning at every timestep, the alignments of one summed up. Source: Hannun et al., arXiv:1408.2873. */
function bestText(scores, width) {
  let beams = [{ids: [], inBlank: 0, inToken: -Infinity}];
  for (const row of scores) {
    const found = new Map();
    const add = (ids, part, score) => {
      const key = ids.join(), one = found.get(key) ?? {ids, inBlank: -Infinity, inToken: -Infinity};
      one[part] = logSum([one[part], score]);
      found.set(key, one);
    };
    for (const {ids, inBlank, inToken} of beams) {
      const either = logSum([inBlank, inToken]), last = ids.at(-1);
      add(ids, "inBlank", either + row[0]);
      if (last) add(ids, "inToken", inToken + row[last]);
      for (let token = 1; token < row.length; token++)
        add([...ids, token], "inToken", (token === last ? inBlank : either) + row[token]);
    }
    const total = new Map([...found.values()].map(one => [one, logSum([one.inBlank, one.inToken])]));
    beams = [...total.keys()].sort((a, b) => total.get(b) - total.get(a)).slice(0, width);
  }
  return beams[0].ids;
}

/** What is written token by token; two ids stand behind those of the tokenizer. */
export class Sequences {
  constructor(config) {
    Object.assign(this, config);
    const {class_name: name, config: settings} = config.tokenizer;
    this.tokenizer = new tokenizers[name](settings);
    this.startId = this.tokenizer.vocabularySize;
    this.endId = this.startId + 1;
    this.banned = [0, 1, this.startId];
  }

  limit(timesteps) {
    return 2 * timesteps + 10;
  }

  answer(ids) {
    return this.tokenizer.join(ids.filter(one => one !== this.endId));
  }
}

export class Phonemes extends Sequences {}

export class Captions extends Sequences {}

export class NoteSequences extends Sequences {
  limit() {
    return this.max_tokens;
  }

  answer(ids) {
    return {notes: super.answer(ids)};
  }
}

export class Drawings {
  startId = [0, 0, 1];

  constructor(config) {
    Object.assign(this, config);
  }

  /** Steps in the units of the data, and whether the pen is lifted after each. */
  answer(points) {
    const found = points.map(([x, y, state]) => [Math.fround(x) * this.scale, Math.fround(y) * this.scale, state >= 2 ? 1 : 0]);
    return {points: [[0, 0, 0], ...found]};
  }
}

export class Texts extends Sequences {
  constructor(config) {
    super(config);
    this.endId = this.startId;
    this.banned = [0, 1];
  }

  limit() {
    return 200;
  }

  /** The ids of a text to go on from. */
  prefix(text) {
    return text ? this.tokenizer.encode(text) : [];
  }

  /** What was written, with its beginning letter by letter as it was given. */
  goneOn(given, ids, count) {
    const begun = this.answer(ids.slice(0, count)), whole = this.answer(ids);
    const rest = whole.startsWith(begun) ? whole.slice(begun.length) : this.answer(ids.slice(count));
    const isSpaced = /\s$/.test(given) && !/\s$/.test(begun);
    return given + (isSpaced && rest.startsWith(" ") ? rest.slice(1) : rest);
  }
}

function rowsOf({data, dims}) {
  const width = dims.at(-1);
  return Array.from({length: dims.at(-2)}, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)));
}

function argmax(row) {
  return row.indexOf(Math.max(...row));
}

function softmax(logits) {
  const highest = Math.max(...logits), shares = logits.map(one => Math.exp(one - highest));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map(one => one / sum);
}

/** Scores of a conditional random field, `[tags + timesteps][tags]`: the transitions, then the timesteps. */
function partsOf(rows) {
  const count = rows[0].length;
  return [rows.slice(0, count), rows.slice(count)];
}

function bestPath(rows) {
  const [transitions, emissions] = partsOf(rows), ahead = [emissions[0]];
  for (const emission of emissions.slice(1))
    ahead.push(emission.map((score, tag) => score + Math.max(...ahead.at(-1).map((one, k) => one + transitions[k][tag]))));
  const tags = [argmax(ahead.at(-1))];
  for (const here of ahead.slice(0, -1).reverse()) tags.unshift(argmax(here.map((one, k) => one + transitions[k][tags[0]])));
  return tags;
}

function marginals(rows) {
  const [transitions, emissions] = partsOf(rows), tags = transitions.map((_, index) => index);
  const ahead = [emissions[0]], behind = [tags.map(() => 0)];
  for (const emission of emissions.slice(1))
    ahead.push(tags.map(tag => emission[tag] + logSum(tags.map(k => ahead.at(-1)[k] + transitions[k][tag]))));
  for (const emission of emissions.slice(1).reverse())
    behind.unshift(tags.map(tag => logSum(tags.map(k => transitions[tag][k] + emission[k] + behind[0][k]))));
  return ahead.map((row, step) => softmax(row.map((one, tag) => one + behind[step][tag])));
}

function logSoftmax(logits) {
  const sum = logSum(logits);
  return logits.map(one => one - sum);
}

function logSum(values) {
  const highest = Math.max(...values);
  if (highest === -Infinity) return highest;
  return highest + Math.log(values.reduce((sum, one) => sum + Math.exp(one - highest), 0));
}
