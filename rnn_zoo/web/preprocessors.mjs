// Raw examples to the inputs of a network. Classes bear the names of those in rnn_zoo/preprocessors and give the same.
//
// `encode(raw)` gives an encoded example, `inputs(encoded)` a batch of this one: arrays `{data, dims}` by the names of
// the network's inputs, or under `only`. `knows(encoded)` says whether anything of it is known.

import {framesOf, pixelsOf} from "./images.mjs";
import {SAYS_SOMETHING} from "./subwords.mjs";

export {Subwords} from "./subwords.mjs";

const UNKNOWN_ID = 1, FIRST_ID = 2;

// Python's classes of characters, which are not quite those of JavaScript.
export const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const LETTER = String.raw`\p{L}\p{N}`;
const INNER = String.raw`\p{M}\u200c\u200d\u00ad`;
const HTML_BREAK = new RegExp(`<br[${SPACE}]*/?>`, "gu");

const LETTERS = `[${LETTER}][${LETTER}${INNER}]*`;
const WORD = new RegExp(String.raw`${LETTERS}(?:['’]${LETTERS})*|(?:[^${LETTER}_${SPACE}]|_)\p{M}*`, "gu");

const W = `${LETTER}_`, TOKEN_LETTERS = `[${W}][${W}${INNER}]*`, END = `(?![${W}])`, NOT = `[nN]['’][tT]${END}`;
const TOKEN = new RegExp([
  `[hH][tT][tT][pP][sSſ]?://[^${SPACE}]+`, `(?<![${W}.+\\-])[${W}.+\\-]+@[${W}\\-]+\\.[${W}.\\-]+`, // addresses
  `[@#]${TOKEN_LETTERS}`,
  String.raw`(?:[A-Za-zıİſK]\.){2,}`, // U.S.
  String.raw`\p{Nd}+(?:[.,:/]\p{Nd}+)*`, // 3.14, 1,000, 12:30
  String.raw`[\p{L}\p{Nl}\p{No}]+?(?=${NOT})|${NOT}`, // do n't
  `['’](?:[sSſ]|[rR][eE]|[vV][eE]|[lL][lL]|[dD]|[mM])${END}`, // film 's
  String.raw`${TOKEN_LETTERS}(?:-${TOKEN_LETTERS})*|\.{2,}|[^${W}${SPACE}]\p{M}*`,
].join("|"), "gu");

// A Korean syllable in Unicode's decomposed form; or anything, and the marks on it.
const ONE_CHARACTER = /[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.\p{M}*/gsu;

const int32 = (values, dims) => ({data: Int32Array.from(values), dims});
const float32 = (values, dims) => ({data: Float32Array.from(values), dims});

class Text {
  separator = "";

  constructor(config) {
    Object.assign(this, config);
    this.ids = new Map(config.vocabulary.map((token, index) => [token, index + FIRST_ID]));
  }

  encode(text) {
    const ids = truncated(this.split(text), this.max_timesteps, this.truncation).map(one => idOf(this.ids, one));
    return ids.length ? ids : [UNKNOWN_ID];
  }

  inputs(ids) {
    return {only: int32(ids, [1, ids.length])};
  }

  knows(ids) {
    return !ids.includes(UNKNOWN_ID) || ids.some(id => SAYS_SOMETHING.test(this.vocabulary[id - FIRST_ID] ?? ""));
  }

  get vocabularySize() {
    return this.vocabulary.length + FIRST_ID;
  }

  tokensOf(ids) {
    return ids.map(one => this.vocabulary[one - FIRST_ID] ?? "?");
  }

  /** Ids back to text. */
  join(ids) {
    return ids.map(id => this.vocabulary[id - FIRST_ID]).join(this.separator).normalize("NFC");
  }
}

export class Words extends Text {
  separator = " ";

  split(text) {
    return text.replace(/[\u00ad\ufe00-\ufe0f]/g, "").normalize("NFC").toLowerCase().replace(HTML_BREAK, " ").match(WORD) ?? [];
  }
}

export class Characters extends Text {
  split(text) {
    return [...text.normalize("NFC")];
  }
}

export class Jamo extends Text {
  split(text) {
    return [...text.normalize("NFD")];
  }
}

export class DNA extends Text {
  constructor(config) {
    const kmers = Array.from({length: config.k}).reduce(found => found.flatMap(one => [..."ACGT"].map(base => one + base)), [""]);
    super({...config, vocabulary: kmers});
  }

  split(text) {
    const bases = text.trim().toUpperCase(), wrong = bases.match(/[^ACGTN]/u);
    if (wrong) throw new RangeError(`A, C, G, T, N: ${wrong[0]}`);
    const count = 1 + Math.floor((bases.length - this.k) / this.stride);
    return Array.from({length: Math.max(0, count)}, (_, place) => bases.slice(place * this.stride, place * this.stride + this.k));
  }
}

export class Letters extends Text {
  split(text) {
    return [...text.trim().toLowerCase().normalize("NFKD").replace(/\p{Mn}/gu, "")];
  }

  encode(word) {
    const strangers = this.split(word).filter(one => !this.ids.has(one));
    if (strangers.length || !word.trim()) throw new RangeError(`${this.vocabulary.join("")}: ${strangers.join("")}`);
    return super.encode(word);
  }
}

export class SpacedTokens extends Text {
  separator = " ";

  split(text) {
    return text.match(new RegExp(`[^${SPACE}]+`, "gu")) ?? [];
  }
}

export class Tokens {
  pattern = TOKEN;

  constructor(config) {
    Object.assign(this, config);
    this.wordIds = new Map(config.vocabulary.map((token, index) => [token, index + FIRST_ID]));
    this.characterIds = new Map((config.characters ?? []).map((one, index) => [one, index + FIRST_ID]));
  }

  /** Tokens of a string with their places in it, counted in characters and not in units of UTF-16; or tokens. */
  encode(raw) {
    const found = typeof raw === "string" ? [...raw.matchAll(this.pattern)] : raw.map(one => [one]);
    const tokens = found.map(one => one[0]);
    let offsets = null;
    if (typeof raw === "string") {
      let unit = 0, place = 0;
      offsets = found.map(one => {
        place += lengthOf(raw.slice(unit, one.index));
        unit = one.index + one[0].length;
        return [place, place += lengthOf(one[0])];
      });
    }
    const wordIds = tokens.map(one => idOf(this.wordIds, form(one)));
    const characterIds = tokens.map(one => this.spelled(composed(one)));
    if (!tokens.length) {
      wordIds.push(UNKNOWN_ID);
      characterIds.push([UNKNOWN_ID]);
    }
    return {tokens, wordIds, characterIds, offsets, text: offsets && [...raw]};
  }

  spelled(token) {
    const ids = truncated([...token], this.max_characters, "start_and_end").map(one => idOf(this.characterIds, one));
    return ids.length ? ids : [UNKNOWN_ID];
  }

  inputs({wordIds, characterIds}) {
    const width = Math.max(...characterIds.map(one => one.length));
    const padded = characterIds.flatMap(one => [...one, ...Array(width - one.length).fill(0)]);
    return {
      word_ids: int32(wordIds, [1, wordIds.length]),
      character_ids: int32(padded, [1, wordIds.length, width]),
    };
  }

  knows({tokens, wordIds, characterIds}) {
    const says = [...tokens.keys()].filter(place => SAYS_SOMETHING.test(tokens[place]));
    const places = says.length ? says : [...wordIds.keys()];
    return places.some(place => [wordIds[place], ...characterIds[place]].some(one => one !== UNKNOWN_ID));
  }
}

export class CharacterTokens extends Tokens {
  pattern = ONE_CHARACTER;

  inputs({wordIds}) {
    return {word_ids: int32(wordIds, [1, wordIds.length])};
  }
}

/** An example of which something is always known. */
class Example {
  constructor(config) {
    Object.assign(this, config);
  }

  knows() {
    return true;
  }
}

export class Pixels extends Example {
  /** Rows of numbers from 0 to `scale`. */
  encode(image) {
    return Float32Array.from(image.flat(), one => Math.fround(one) / Math.fround(this.scale));
  }

  inputs(pixels) {
    return {only: float32(pixels, [1, pixels.length])};
  }
}

export class PixelSequence extends Pixels {
  encode(image) {
    const pixels = super.encode(image);
    return this.order ? Float32Array.from(this.order, place => pixels[place]) : pixels;
  }

  inputs(pixels) {
    return {only: float32(pixels, [1, pixels.length / this.pixels_per_step, this.pixels_per_step])};
  }
}

export class Photos extends Example {
  /** An image as a data URL. */
  async encode(address) {
    return {pixels: await pixelsOf(address, this.height, this.width), length: 1};
  }

  inputs({pixels}) {
    return {only: {data: pixels, dims: [1, this.height, this.width, 3]}};
  }
}

export class ImageQuestions extends Example {
  constructor(config) {
    super(config);
    this.words = new Words({...config, truncation: "start_and_end"});
  }

  async encode([address, question]) {
    return {image: await pixelsOf(address, this.height, this.width), ids: this.words.encode(question)};
  }

  inputs({image, ids}) {
    return {word_ids: int32(ids, [1, ids.length]), image: {data: image, dims: [1, this.height, this.width, 3]}};
  }
}

export class Videos extends Example {
  encode(address) {
    return framesOf(address, this.height, this.width, this.channels);
  }

  inputs(frames) {
    const count = frames.length / (this.height * this.width * this.channels);
    return {frames: {data: frames, dims: [1, count, this.height, this.width, this.channels]}, lengths: int32([count], [1])};
  }
}

/** What a piece or a drawing begins from: a name, or null for any. */
export class Genres extends Example {
  encode(name) {
    return name === null ? 1 : 2 + this.class_names.indexOf(String(name));
  }

  inputs(id) {
    return {only: int32([id], [1, 1])};
  }
}

export class Subjects extends Genres {}

/** Ids back to music: frames of pitches from high to low, those that are held below 0. */
export class Pieces {
  constructor(config) {
    Object.assign(this, config);
    this.count = this.highest - this.lowest + 1;
  }

  get vocabularySize() {
    return 3 + this.count * (this.held ? 2 : 1);
  }

  join(ids) {
    const frames = [[]];
    for (const id of ids) {
      const pitch = this.lowest + (id - 3) % this.count, frame = frames.at(-1);
      if (id === 2) frames.push([]);
      else if (id > 2 && !frame.some(one => Math.abs(one) === pitch)) frame.push(id - 3 < this.count ? pitch : -pitch);
    }
    if (!frames.at(-1).length) frames.pop();
    return frames.map(frame => frame.sort((a, b) => Math.abs(b) - Math.abs(a)));
  }
}

export class Series extends Example {
  /** Rows `[timesteps][variables]`, of which the last `window` are read. */
  encode(history) {
    const count = this.variables.length, wrong = history.findIndex(row => row.length !== count || !row.every(Number.isFinite));
    if (wrong >= 0) throw new RangeError(`row ${wrong + 1}: ${count} numbers`);
    if (history.length < this.window) throw new RangeError(`${this.window} rows or more`);
    return history.slice(-this.window).flatMap(row => row.map((one, index) => (one - this.mean[index]) / this.std[index]));
  }

  inputs(values) {
    return {only: float32(values, [1, this.window, this.variables.length])};
  }
}

const LOWEST_ENERGY = 1e-6, USUAL_LEVELS = [0.003, 0.25], MIDDLE_LEVEL = 0.03;

export class LogMel {
  constructor(config) {
    Object.assign(this, config);
    this.windowLength = Math.round(config.window_seconds * config.sample_rate_hz);
    this.hopLength = Math.round(config.hop_seconds * config.sample_rate_hz);
    this.fftLength = 2 ** Math.ceil(Math.log2(this.windowLength));
    this.window = Array.from({length: this.windowLength}, (_, n) =>
      0.5 - 0.5 * Math.cos(2 * Math.PI * n / (this.windowLength - 1)));
    this.bands = melBands(config, this.fftLength);
  }

  /** Samples in [-1, 1], of one channel and of the rate `sample_rate_hz`, to rows of energies. */
  encode(samples) {
    samples = atUsualLevel(samples);
    const count = 1 + Math.max(0, Math.ceil((samples.length - this.windowLength) / this.hopLength));
    let rows = Array.from({length: count}, (_, frame) => this.energies(samples, frame * this.hopLength));
    if (this.velocities) rows = rows.map((row, t) => [...row, ...row.map((one, k) => t ? one - rows[t - 1][k] : 0)]);
    if (!this.scaling) return rows;
    const {mean, std} = this.scaling === "sequence" ? meanAndStd(rows) : this.scaling;
    return rows.map(row => row.map((one, k) => (one - mean[k]) / std[k]));
  }

  energies(samples, start) {
    const real = new Float64Array(this.fftLength), imaginary = new Float64Array(this.fftLength);
    for (let n = 0; n < this.windowLength; n++) real[n] = (samples[start + n] ?? 0) * this.window[n];
    transform(real, imaginary);
    return this.bands.map(band => Math.fround(Math.log(LOWEST_ENERGY
      + band.reduce((sum, [bin, weight]) => sum + weight * (real[bin] ** 2 + imaginary[bin] ** 2), 0))));
  }

  inputs(rows) {
    return {frames: float32(rows.flat(), [1, rows.length, rows[0].length]), lengths: int32([rows.length], [1])};
  }

  knows(rows) {
    return rows.some(row => row.some(one => one !== 0));
  }
}

function idOf(ids, token) {
  return ids.get(token) ?? UNKNOWN_ID;
}

function truncated(tokens, limit, truncation) {
  if (limit === null || limit === undefined || tokens.length <= limit) return tokens;
  const first = {start: limit, end: 0, start_and_end: Math.floor((limit + 1) / 2)}[truncation];
  return [...tokens.slice(0, first), ...tokens.slice(tokens.length - (limit - first))];
}

function lengthOf(text) {
  return [...text].length;
}

function composed(token) {
  return token.replaceAll("\u00ad", "").normalize("NFC");
}

function form(token) {
  return composed(token).toLowerCase().replace(/\p{Nd}/gu, "0");
}

function atUsualLevel(samples) {
  const level = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
  if (level === 0 || (USUAL_LEVELS[0] <= level && level <= USUAL_LEVELS[1])) return samples;
  return samples.map(one => one * Math.fround(MIDDLE_LEVEL / level));
}

/** The weights of each band: `[bin, weight]` where they are not 0. */
function melBands({sample_rate_hz: rate, mel_bins: count, lowest_hz: lowest, highest_hz: highest}, fftLength) {
  const mel = hz => 1127 * Math.log(1 + hz / 700);
  const from = mel(lowest), width = (mel(highest ?? rate / 2) - from) / (count + 1);
  return Array.from({length: count}, (_, band) => {
    const found = [];
    for (let bin = 1; bin <= fftLength / 2; bin++) {
      const place = (mel(bin * rate / fftLength) - from) / width - band;
      const weight = Math.min(place, 2 - place);
      if (weight > 0) found.push([bin, weight]);
    }
    return found;
  });
}

function meanAndStd(rows) {
  const columns = rows[0].map((_, k) => rows.map(row => row[k]));
  const mean = columns.map(column => column.reduce((a, b) => a + b, 0) / column.length);
  const std = columns.map((column, k) => {
    const deviation = Math.sqrt(column.reduce((sum, one) => sum + (one - mean[k]) ** 2, 0) / column.length);
    return deviation > 1e-6 * Math.max(...column.map(Math.abs), 1e-6) ? deviation : 1;
  });
  return {mean, std};
}

/** The discrete Fourier transform in place; the length is a power of 2. Source: Cooley & Tukey, 1965. */
function transform(real, imaginary) {
  const length = real.length;
  for (let index = 1, mirrored = 0; index < length; index++) {
    let bit = length >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (index < mirrored) {
      [real[index], real[mirrored]] = [real[mirrored], real[index]];
      [imaginary[index], imaginary[mirrored]] = [imaginary[mirrored], imaginary[index]];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const cosine = Math.cos(2 * Math.PI * k / size), sine = -Math.sin(2 * Math.PI * k / size);
      for (let start = k; start < length; start += size) {
        const other = start + size / 2;
        const x = real[other] * cosine - imaginary[other] * sine, y = real[other] * sine + imaginary[other] * cosine;
        [real[other], imaginary[other]] = [real[start] - x, imaginary[start] - y];
        [real[start], imaginary[start]] = [real[start] + x, imaginary[start] + y];
      }
    }
  }
}
