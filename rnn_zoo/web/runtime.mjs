// Answers in the browser: what rnn_zoo.runtime is in Python, on the WASM of onnxruntime-web.

import * as codecs from "./codecs.mjs";
import {metadataOf} from "./onnx_file.mjs";
import * as preprocessors from "./preprocessors.mjs";

/** Loads a file that `rnn_zoo.export` wrote, maybe gzipped. */
export async function load(address) {
  const [bytes, ort] = await Promise.all([fetchBytes(address), runtime()]);
  return new Model(ort, await ort.InferenceSession.create(bytes), JSON.parse(metadataOf(bytes).rnn_zoo));
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
    const encoded = this.preprocessor.encode(raw), inputs = this.preprocessor.inputs(encoded);
    const fed = this.session.inputNames.map(name => [name, this.tensor(inputs[name] ?? inputs.only)]);
    const found = await this.session.run(Object.fromEntries(fed));
    return this.codec.decode(found[this.session.outputNames[0]], encoded);
  }

  /** Whether the model knows anything of an example, and does not guess. */
  knows(raw) {
    return this.preprocessor.knows(this.preprocessor.encode(raw));
  }

  tensor({data, dims}) {
    return new this.ort.Tensor(data instanceof Int32Array ? "int32" : "float32", data, dims);
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
