// Answers in the browser: what rnn_zoo.runtime is in Python, on the WASM of onnxruntime-web.

import * as codecs from "./codecs.mjs";
import {fromBase64, metadataOf} from "./onnx_file.mjs";
import * as preprocessors from "./preprocessors.mjs";
import {splitSentences} from "./sentences.mjs";
import {drawOn} from "./pen.mjs";
import {goOn, search} from "./writing.mjs";

/** Loads a file that `rnn_zoo.export` wrote, maybe gzipped. */
export async function load(address) {
  const [bytes, ort] = await Promise.all([fetchBytes(address), runtime()]);
  const {rnn_zoo: about, rnn_zoo_step: step} = metadataOf(bytes), metadata = JSON.parse(about);
  const session = await ort.InferenceSession.create(bytes);
  if ((metadata.splits_sentences ?? null) === null) return new Model(ort, session, metadata);
  if (!step) return new LanguageModel(ort, session, metadata, session);
  const decoder = await ort.InferenceSession.create(fromBase64(step)), {class_name: answers} = metadata.codec;
  const Kind = {Drawings: Drawer, NoteSequences: Composer}[answers] ?? Translator;
  return new Kind(ort, session, metadata, decoder);
}

class Model {
  constructor(ort, session, metadata) {
    this.ort = ort;
    this.session = session;
    this.metadata = metadata;
    this.preprocessor = new preprocessors[metadata.preprocessor.class_name](metadata.preprocessor.config);
    this.codec = new codecs[metadata.codec.class_name](metadata.codec.config);
  }

  /** The answer to one example, as JSON; of classes all, the best one first. */
  async infer(raw) {
    const encoded = await this.preprocessor.encode(raw), found = await this.run(encoded);
    return this.codec.decode(found[this.session.outputNames[0]], encoded);
  }

  /** What the network gives for an encoded example. */
  run(encoded) {
    const inputs = this.preprocessor.inputs(encoded);
    return this.session.run(Object.fromEntries(this.session.inputNames.map(name => [name, this.tensor(inputs[name] ?? inputs.only)])));
  }

  /** Whether the model knows anything of an example, and does not guess. */
  async knows(raw) {
    return this.preprocessor.knows(await this.preprocessor.encode(raw));
  }

  tensor({data, dims}) {
    return new this.ort.Tensor(data.constructor.name.replace("Array", "").toLowerCase(), data, dims);
  }
}

/** What writes token by token; `decoder` is a session that computes a step. */
class WritingModel extends Model {
  constructor(ort, session, metadata, decoder) {
    super(ort, session, metadata);
    this.decoder = decoder;
    this.stateNames = decoder.inputNames.filter(one => one.startsWith("state_"));
    const shapes = new Map(decoder.inputMetadata.map(one => [one.name, one.shape]));
    this.stateSizes = this.stateNames.map(one => shapes.get(one)[1]);
  }

  /** The states before the first token: zeros, or what the context gives. */
  start(context = {}) {
    return this.stateNames.map((name, index) => context[name]?.data ?? new Float32Array(this.stateSizes[index]));
  }

  /** A step as writing.mjs takes it. */
  step(context = {}) {
    return async (ids, states) => {
      const rows = ids.length, fed = {...context};
      if (context.summary) fed.summary = this.repeated(context.summary, rows);
      if (this.decoder.inputNames.includes("previous_points"))
        fed.previous_points = this.tensor({data: Float32Array.from(ids.flat(2)), dims: [rows, ids[0].length, 3]});
      else fed.previous_ids = this.tensor({data: Int32Array.from(ids.flat()), dims: [rows, ids[0].length]});
      this.stateNames.forEach((name, index) => {
        const data = new Float32Array(rows * this.stateSizes[index]);
        states.forEach((row, place) => data.set(row[index], place * this.stateSizes[index]));
        fed[name] = new this.ort.Tensor("float32", data, [rows, this.stateSizes[index]]);
      });
      const found = await this.decoder.run(Object.fromEntries(this.decoder.inputNames.map(name => [name, fed[name]])));
      const {data, dims: [, tokens, size]} = found.log_probabilities ?? found.outputs;
      const part = (values, row, width) => values.slice(row * width, (row + 1) * width);
      return {
        scores: ids.map((_, row) => data.slice(((row + 1) * tokens - 1) * size, (row + 1) * tokens * size)),
        attention: found.attention && ids.map((_, row) => part(found.attention.data, row, found.attention.dims[2])),
        states: ids.map((_, row) => this.stateNames.map((name, index) => part(found[`next_${name}`].data, row, this.stateSizes[index]))),
      };
    };
  }

  repeated({data, dims}, rows) {
    const found = new Float32Array(rows * data.length);
    for (let row = 0; row < rows; row++) found.set(data, row * data.length);
    return new this.ort.Tensor("float32", found, [rows, dims[1]]);
  }
}

/** Goes on from a text. */
class LanguageModel extends WritingModel {
  async infer(raw, settings = {}) {
    let found = {text: raw};
    for await (const answer of this.stream(raw, settings)) found = answer;
    return found;
  }

  /** Yields `{text}` after every token; `draw()` gives the random numbers of sampling. */
  async *stream(raw, {draw = Math.random, ...settings} = {}) {
    const prefix = this.codec.prefix(raw), decoding = {...this.codec.decoding, ...settings};
    for await (const ids of goOn(this.step(), this.start(), this.codec, decoding, prefix, draw))
      yield {text: this.codec.goneOn(raw, ids, prefix.length)};
  }
}

/** Reads one sequence and writes another; `attention` is what each token of the last answer saw, sentence by sentence. */
class Translator extends WritingModel {
  async infer(raw) {
    this.attention = [];
    if (!this.metadata.splits_sentences) return {text: await this.write(raw)};
    let text = "";
    for (const [sentence, gap] of splitSentences(raw)) text += await this.write(sentence) + gap;
    return {text};
  }

  async write(raw) {
    if (!raw.trim()) return "";
    const encoded = await this.preprocessor.encode(raw), context = await this.run(encoded), {decoding} = this.codec;
    const limit = decoding.max_length ?? this.codec.limit(encoded.length);
    const {tokens, seen} = await search(this.step(context), this.start(context), this.codec, decoding, limit);
    const source = this.preprocessor.tokensOf?.(encoded), written = tokens.map(one => this.codec.answer([one]) || "·");
    if (source && seen[0]) this.attention.push({source, written, weights: seen});
    return this.codec.answer(tokens);
  }
}

/** Writes music, and gives it after every frame and chord. */
class Composer extends WritingModel {
  async infer(raw, settings = {}) {
    let found = null;
    for await (const answer of this.stream(raw, settings)) found = answer;
    return found;
  }

  async *stream(raw, {draw = Math.random, ...settings} = {}) {
    const context = await this.run(this.preprocessor.encode(raw)), decoding = {...this.codec.decoding, ...settings};
    for await (const tokens of this.tokens(context, decoding, draw)) yield this.codec.answer(tokens);
  }

  tokens(context, decoding, draw) {
    return goOn(this.step(context), this.start(context), this.codec, decoding, [], draw);
  }
}

/** Draws, and gives the drawing after every point. */
class Drawer extends Composer {
  tokens(context, decoding, draw) {
    return drawOn(this.step(context), this.start(context), this.codec, decoding, decoding.method === "greedy" ? null : draw);
  }
}

let loading = null;

function runtime() {
  loading ??= (async () => {
    const [ort, wasm] = await Promise.all([
      import("./ort/ort.wasm.bundle.min.mjs"), fetchBytes(new URL("ort/ort-wasm-simd-threaded.wasm.gz", import.meta.url)),
    ]);
    ort.env.wasm.wasmBinary = wasm.buffer;
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    return ort;
  })();
  return loading;
}

/** A file as bytes, unpacked unless the server's answer was already. */
export async function fetchBytes(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
