// SimpleRNN, GRU and LSTM in plain JavaScript: every gate and state at every timestep, and |dL/dh_t|.
//
// Vectors are arrays of numbers, a trace an array of one object a timestep; what Python gives is in rnn_zoo/inspection.py.

import * as preprocessors from "./preprocessors.mjs";
import {fetchBytes} from "./runtime.mjs";

const ROWS_A_FILE = 1000, FIRST_BIGRAM = 2;

const sigmoid = x => 1 / (1 + Math.exp(-x));

/**
 * By the name of a cell: `step(sums, before)` from the sums of a timestep to its gates and states, and
 * `back(now, before, gradient)`, gradients of the sums that go through the recurrent matrix, what else reaches the
 * hidden state before, and the cell state before.
 */
export const CELLS = {
  simple_rnn: {
    parts: {hidden: "state"},
    step: ({input, recurrent}) => ({hidden: input.map((one, k) => Math.tanh(one + recurrent[k]))}),
    back: (now, before, {hidden}) => ({sums: hidden.map((one, k) => one * (1 - now.hidden[k] ** 2))}),
  },
  gru: {
    parts: {update: "gate", reset: "gate", candidate: "state", hidden: "state"},
    step({input, recurrent}, before) {
      const size = before.hidden.length, units = [...before.hidden.keys()];
      const update = units.map(k => sigmoid(input[k] + recurrent[k]));
      const reset = units.map(k => sigmoid(input[size + k] + recurrent[size + k]));
      const told = units.map(k => recurrent[2 * size + k]);
      const candidate = units.map(k => Math.tanh(input[2 * size + k] + reset[k] * told[k]));
      return {update, reset, candidate, told, hidden: units.map(k => update[k] * before.hidden[k] + (1 - update[k]) * candidate[k])};
    },
    back({update, reset, candidate, told}, before, {hidden}) {
      const news = hidden.map((one, k) => one * (1 - update[k]) * (1 - candidate[k] ** 2));
      const toUpdate = hidden.map((one, k) => one * (before.hidden[k] - candidate[k]) * update[k] * (1 - update[k]));
      const toReset = news.map((one, k) => one * told[k] * reset[k] * (1 - reset[k]));
      return {
        sums: [...toUpdate, ...toReset, ...news.map((one, k) => one * reset[k])],
        hidden: hidden.map((one, k) => one * update[k]),
      };
    },
  },
  lstm: {
    parts: {input: "gate", forget: "gate", output: "gate", cell: "state", hidden: "state"},
    step({input: sums, recurrent}, before) {
      const size = before.hidden.length, units = [...before.hidden.keys()];
      const part = (index, f) => units.map(k => f(sums[index * size + k] + recurrent[index * size + k]));
      const [input, forget, candidate, output] = [part(0, sigmoid), part(1, sigmoid), part(2, Math.tanh), part(3, sigmoid)];
      const cell = units.map(k => forget[k] * before.cell[k] + input[k] * candidate[k]);
      return {input, forget, candidate, output, cell, hidden: units.map(k => output[k] * Math.tanh(cell[k]))};
    },
    back({input, forget, candidate, output, cell}, before, {hidden, cell: later}) {
      const shown = cell.map(Math.tanh), units = [...cell.keys()];
      const toCell = units.map(k => later[k] + hidden[k] * output[k] * (1 - shown[k] ** 2));
      return {
        sums: [
          ...units.map(k => toCell[k] * candidate[k] * input[k] * (1 - input[k])),
          ...units.map(k => toCell[k] * before.cell[k] * forget[k] * (1 - forget[k])),
          ...units.map(k => toCell[k] * input[k] * (1 - candidate[k] ** 2)),
          ...units.map(k => hidden[k] * shown[k] * output[k] * (1 - output[k])),
        ],
        cell: units.map(k => toCell[k] * forget[k]),
        here: toCell,
      };
    },
  },
};

/** A classifier of texts with one recurrent layer in both directions, and its weights, which are loaded when needed. */
export class Classifier {
  static async load(folder) {
    const about = await (await fetch(`${folder}/about.json`)).json(), model = new Classifier();
    Object.assign(model, about, {folder, files: new Map(), cell: CELLS[about.core]});
    model.words = new preprocessors[about.preprocessor.class_name](about.preprocessor.config);
    return model;
  }

  /** The tokens of a text, the trace of the layer that reads forward, and the logits. */
  async read(text) {
    const ids = this.words.encode(text), split = this.words.split(text);
    const tokens = split.length === ids.length ? split : ids.map(id => this.words.vocabulary[id - 2] ?? "<unk>");
    const vectors = await this.vectors(ids), forward = await this.run(vectors, `${this.core}_0`);
    const backward = await this.run([...vectors].reverse(), `${this.core}_0_backward`);
    const pooled = [forward, backward].map(trace => pool(trace.map(one => one.hidden)));
    const features = [...pooled.flatMap(one => one.highest), ...pooled.flatMap(one => one.mean)];
    const [kernel, bias] = [await this.weight("logits_0"), await this.weight("logits_1")];
    return {tokens, trace: forward, pooled: pooled[0], logits: times(features, kernel, bias)};
  }

  /** |dL/dh_t|, L being the cross-entropy of a class; of an LSTM |dL/dc_t| too. `fromEnd`: what goes through h_T alone. */
  async gradients({trace, pooled, logits}, label, {fromEnd = false} = {}) {
    const kernel = await this.weight("logits_0"), classes = logits.length, size = trace[0].hidden.length;
    const highest = Math.max(...logits), shares = logits.map(one => Math.exp(one - highest)), sum = shares.reduce((a, b) => a + b);
    const toLogits = shares.map((one, index) => one / sum - (index === label));
    const toFeature = row => toLogits.reduce((total, one, index) => total + one * kernel[row * classes + index], 0);
    const direct = trace.map((_, t) => Array.from({length: size}, (_, k) =>
      toFeature(2 * size + k) / trace.length + (pooled.place[k] === t ? toFeature(k) : 0)));
    const recurrent = await this.weight(`${this.core}_0_1`), found = {hidden: [], cell: []}, zeros = Array(size).fill(0);
    const nothing = {hidden: zeros, cell: zeros};
    let [hidden, cell] = [zeros, zeros];
    for (let t = trace.length - 1; t >= 0; t--) {
      if (!fromEnd || t === trace.length - 1) hidden = hidden.map((one, k) => one + direct[t][k]);
      const back = this.cell.back(trace[t], trace[t - 1] ?? nothing, {hidden, cell});
      found.hidden.unshift(norm(hidden));
      if (back.here) found.cell.unshift(norm(back.here));
      hidden = timesTransposed(back.sums, recurrent).map((one, k) => one + (back.hidden?.[k] ?? 0));
      cell = back.cell ?? zeros;
    }
    return found;
  }

  /** The vectors of tokens, and beside them those of the pairs that they form with the token before. */
  async vectors(ids) {
    const known = await this.weight("bigram_ids_0"), count = this.words.vocabulary.length + 2;
    const pairs = ids.map((id, t) => t ? FIRST_BIGRAM + placeOf(known, ids[t - 1] * count + id) : 1);
    const [tokens, bigrams] = await Promise.all([this.rows("embedding_0", ids), this.rows("bigram_embedding_0", pairs)]);
    return tokens.map((one, t) => [...one, ...bigrams[t]]);
  }

  async run(vectors, layer) {
    const [kernel, recurrent, bias] = await Promise.all([0, 1, 2].map(index => this.weight(`${layer}_${index}`)));
    const size = this.shapes[`${layer}_1`][0], width = this.shapes[`${layer}_1`][1], zeros = Array(size).fill(0), trace = [];
    const second = bias.length > width ? bias.subarray(width) : null; // of the GRU, that of the recurrent sums
    let before = {hidden: zeros, cell: zeros};
    for (const vector of vectors) {
      const sums = {input: times(vector, kernel, bias.subarray(0, width)), recurrent: times(before.hidden, recurrent, second)};
      trace.push(before = this.cell.step(sums, before));
    }
    return trace;
  }

  async rows(name, indices) {
    const width = this.shapes[name][1];
    return Promise.all(indices.map(async index => {
      const part = await this.weight(`${name}_${Math.floor(index / ROWS_A_FILE)}`), start = index % ROWS_A_FILE * width;
      return [...part.subarray(start, start + width)];
    }));
  }

  /** A file of numbers, int32 for the known pairs and float16 for all else, loaded once. */
  weight(name) {
    if (!this.files.has(name)) this.files.set(name, fetchBytes(`${this.folder}/${name}.bin`).then(bytes =>
      name === "bigram_ids_0" ? new Int32Array(bytes.buffer) : Float32Array.from(new Uint16Array(bytes.buffer), fromHalf)));
    return this.files.get(name);
  }
}

function fromHalf(bits) {
  const sign = bits >> 15 ? -1 : 1, exponent = bits >> 10 & 31, rest = bits & 1023;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + rest / 1024) : 2 ** -14 * rest / 1024);
}

/** A row vector times a matrix `[rows * columns]`, plus a bias if there is one. */
function times(vector, matrix, bias) {
  const columns = matrix.length / vector.length, found = bias ? Array.from(bias) : Array(columns).fill(0);
  vector.forEach((one, row) => {
    for (let column = 0; column < columns; column++) found[column] += one * matrix[row * columns + column];
  });
  return found;
}

function timesTransposed(vector, matrix) {
  const columns = vector.length;
  return Array.from({length: matrix.length / columns}, (_, row) =>
    vector.reduce((sum, one, column) => sum + one * matrix[row * columns + column], 0));
}

/** Maximum, where it is, and mean of every unit over the timesteps. */
function pool(states) {
  const columns = states[0].map((_, k) => states.map(one => one[k])), highest = columns.map(one => Math.max(...one));
  return {
    highest, place: columns.map((one, k) => one.indexOf(highest[k])),
    mean: columns.map(one => one.reduce((a, b) => a + b) / one.length),
  };
}

function norm(vector) {
  return Math.hypot(...vector);
}

/** Where a number stands in sorted ones; -1 if it does not. */
function placeOf(sorted, number) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = low + high >> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === number ? low : -1;
}
