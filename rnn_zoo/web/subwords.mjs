// SentencePiece, as rnn_zoo.Subwords has it: texts to pieces by merging pairs of characters, and back.
//
// Source: Kudo & Richardson, "SentencePiece", EMNLP 2018; its files are messages of protocol buffers.

import {fieldsOf, fromBase64} from "./onnx_file.mjs";

const UNKNOWN_ID = 1, SPACE = "\u2581", BPE = 2, UNUSABLE = [2, 3]; // types of pieces: unknown, control
const encoder = new TextEncoder(), decoder = new TextDecoder();

// A token that is more than marks and spaces.
export const SAYS_SOMETHING = /[\p{L}\p{N}]/u;

export class Subwords {
  constructor({model, max_timesteps: limit}) {
    this.pieces = [];
    this.limit = limit ?? Infinity;
    for (const [field, value] of fieldsOf(fromBase64(model))) {
      if (field === 1) this.pieces.push(pieceOf(value));
      if (field === 2 && Object.fromEntries(fieldsOf(value))[3] !== BPE) throw new Error("pieces must be merged pairs, BPE");
      if (field === 3) this.normalizer = new Normalizer(Object.fromEntries(fieldsOf(value)));
    }
    this.ids = new Map(this.pieces.flatMap(({text, type}, id) => UNUSABLE.includes(type) ? [] : [[text, id]]));
  }

  get vocabularySize() {
    return this.pieces.length;
  }

  encode(text) {
    const symbols = [...this.normalizer.normalize(text)];
    for (let place = this.bestPair(symbols); place >= 0; place = this.bestPair(symbols))
      symbols.splice(place, 2, symbols[place] + symbols[place + 1]);
    const ids = symbols.map(one => this.ids.get(one) ?? UNKNOWN_ID);
    const found = ids.filter((id, place) => id !== UNKNOWN_ID || ids[place - 1] !== UNKNOWN_ID).slice(0, this.limit);
    return found.length ? found : [UNKNOWN_ID];
  }

  /** Where the pair begins that is merged next; -1 where none is known. */
  bestPair(symbols) {
    let [place, highest] = [-1, -Infinity];
    for (let left = 0; left + 1 < symbols.length; left++) {
      const id = this.ids.get(symbols[left] + symbols[left + 1]);
      if (id !== undefined && this.pieces[id].score > highest) [place, highest] = [left, this.pieces[id].score];
    }
    return place;
  }

  inputs(ids) {
    return {only: {data: Int32Array.from(ids), dims: [1, ids.length]}};
  }

  knows(ids) {
    return !ids.includes(UNKNOWN_ID) || ids.some(one => one !== UNKNOWN_ID && SAYS_SOMETHING.test(this.pieces[one].text));
  }

  tokensOf(ids) {
    return ids.map(one => this.pieces[one].text.replaceAll(SPACE, " ").trim() || "·");
  }

  join(ids) {
    return ids.map(one => this.pieces[one].text).join("").replaceAll(SPACE, " ").replace(/^ +/, "");
  }
}

function pieceOf(bytes) {
  const {1: text, 2: score, 3: type = 1} = Object.fromEntries(fieldsOf(bytes));
  return {text: decoder.decode(text), score: new DataView(score.buffer, score.byteOffset, 4).getFloat32(0, true), type};
}

/** Brings characters to the forms that the pieces are made of, by a table of what stands for what. */
class Normalizer {
  constructor({2: map, 3: dummy = 1, 4: extra = 1}) {
    this.addsSpace = dummy;
    this.removesExtraSpace = extra;
    if (!map?.length) return;
    const size = new DataView(map.buffer, map.byteOffset).getUint32(0, true), start = map.byteOffset + 4;
    this.trie = new Uint32Array(map.buffer.slice(start, start + size)); // a double array
    this.forms = map.subarray(4 + size);
  }

  normalize(text) {
    const bytes = encoder.encode(text);
    let written = "";
    for (let place = 0; place < bytes.length;) {
      const [form, length] = this.formAt(bytes, place);
      written += form;
      place += length;
    }
    if (this.removesExtraSpace) written = written.replace(/^ +| +$/g, "").replace(/ +/g, " ");
    if (!written) return "";
    return ((this.addsSpace ? " " : "") + written).replaceAll(" ", SPACE);
  }

  /** What the longest known sequence of bytes becomes, and its length; else one character as it is. */
  formAt(bytes, place) {
    let found = null;
    if (this.trie) for (let node = offset(this.trie[0]), at = place; at < bytes.length; at++) {
      node ^= bytes[at];
      const unit = this.trie[node];
      if ((unit & 0x800000ff) !== bytes[at]) break;
      node ^= offset(unit);
      if (unit >>> 8 & 1) found = [this.trie[node] & 0x7fffffff, at + 1 - place];
    }
    if (found) return [decoder.decode(this.forms.subarray(found[0], this.forms.indexOf(0, found[0]))), found[1]];
    const first = bytes[place], length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return [decoder.decode(bytes.subarray(place, place + length)), length];
  }
}

function offset(unit) {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
