// How tokens are chosen: greedy, beam search and sampling, as rnn_zoo/generation/engine.py has them, for one example.
//
// A step is `step(ids, states) -> {scores, states}`, rows side by side: `ids` an array of arrays of tokens, a row each,
// `scores` a Float32Array of log-probabilities a row, behind its last token, and `states` an array of what each row remembers.

const IMPOSSIBLE = -1e30, DEAD = -1e29;

/** The best hypothesis of a beam search, its tokens without the start, and what attention each gave the source; `greedy` is a beam of one. */
export async function search(step, start, codec, decoding, limit) {
  const width = decoding.method === "beam" ? decoding.num_beams : 1;
  let rows = Array.from({length: width}, (_, row) =>
    ({tokens: [codec.startId], sum: row ? IMPOSSIBLE : 0, isFinished: false, length: 0, states: start, seen: []}));
  for (let index = 1; index <= limit && !isSettled(rows, decoding, limit); index++) {
    const {scores, states, attention} = await step(rows.map(one => [one.tokens.at(-1)]), rows.map(one => one.states));
    const found = rows.flatMap((row, place) => {
      if (row.isFinished) return [{row, order: Infinity, token: 0, gained: 0}];
      const allowed = allowedOf(scores[place], row.tokens, index, codec, decoding, 0);
      return best(allowed, width).map(token =>
        ({row, order: row.sum + allowed[token], token, gained: allowed[token], states: states[place], seen: attention?.[place]}));
    });
    found.sort((a, b) => (a.order === b.order ? 0 : b.order - a.order));
    rows = found.slice(0, width).map(({row, token, gained, states: after, seen}) => {
      if (row.isFinished) return row;
      const sum = Math.max(row.sum + gained, IMPOSSIBLE), isEnd = index === limit || token === codec.endId;
      return {tokens: [...row.tokens, token], sum, isFinished: isEnd && sum > DEAD, length: index, states: after, seen: [...row.seen, seen]};
    });
  }
  const [first] = rows.sort((a, b) => penalized(b, decoding) - penalized(a, decoding));
  return {tokens: first.tokens.slice(1, 1 + first.length), seen: first.seen.slice(0, first.length)};
}

/** Goes on from a prefix, token by token: yields all tokens so far, the prefix among them. `draw()` is in [0, 1). */
export async function* goOn(step, start, codec, decoding, prefix, draw) {
  const tokens = [codec.startId, ...prefix], limit = prefix.length + (decoding.max_length ?? codec.limit(prefix.length));
  let [read, states] = [tokens.slice(), start];
  for (let index = tokens.length; index <= limit; index++) {
    const after = await step([read], [states]);
    const allowed = allowedOf(after.scores[0], tokens, index, codec, decoding, prefix.length);
    const token = decoding.method === "sample" ? drawn(allowed, decoding, draw()) : best(allowed, 1)[0];
    tokens.push(token);
    [read, states] = [[token], after.states[0]];
    yield tokens.slice(1);
    if (token === codec.endId) return;
  }
}

/** Scores with what must not come made impossible. */
function allowedOf(scores, tokens, index, codec, decoding, forced) {
  const allowed = Float32Array.from(scores);
  for (const one of codec.banned) allowed[one] = IMPOSSIBLE;
  if (index - forced <= decoding.min_length) allowed[codec.endId] = IMPOSSIBLE;
  const order = decoding.no_repeat_ngram, last = order ? tokens.slice(tokens.length - order + 1) : [];
  if (order && tokens.length > order)
    for (let place = order; place < tokens.length; place++)
      if (last.every((one, back) => tokens[place - order + 1 + back] === one)) allowed[tokens[place]] = IMPOSSIBLE;
  return allowed;
}

/** Where the random number falls in the distribution function. */
function drawn(allowed, {temperature, top_k: topK, top_p: topP}, draw) {
  const cuts = topK !== null || topP < 1, order = cuts ? best(allowed, topK ?? allowed.length) : [...allowed.keys()];
  const logits = order.map(one => allowed[one] / temperature), highest = Math.max(...logits);
  const weights = logits.map(one => Math.exp(one - highest)), sum = weights.reduce((a, b) => a + b);
  let [before, kept] = [0, []];
  for (const weight of weights) {
    kept.push((kept.at(-1) ?? 0) + (before < topP || topP === 1 ? weight / sum : 0));
    before += weight / sum;
  }
  return order[Math.min(kept.filter(one => one <= draw * kept.at(-1) * 0.999999).length, order.length - 1)];
}

/** The places of the highest values, the highest first; of equal ones the first. */
function best(values, count) {
  const places = [];
  for (let place = 0; place < values.length; place++) {
    if (places.length === count && values[place] <= values[places.at(-1)]) continue;
    const higher = places.findIndex(one => values[one] < values[place]);
    places.splice(higher < 0 ? places.length : higher, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}

function lengthFactor(length, {length_penalty: power}) {
  return ((5 + length) / 6) ** power;
}

function penalized(row, decoding) {
  return row.sum > DEAD ? row.sum / lengthFactor(row.length, decoding) : IMPOSSIBLE;
}

/** Whether all is finished, or nothing that goes on can still be the best. */
function isSettled(rows, decoding, limit) {
  const open = rows.filter(one => !one.isFinished && one.sum > DEAD);
  if (decoding.method !== "beam" || !open.length) return !open.length;
  const hope = Math.max(...open.map(one => one.sum / lengthFactor(limit, decoding)));
  return hope <= Math.max(IMPOSSIBLE, ...rows.filter(one => one.isFinished).map(one => penalized(one, decoding)));
}
