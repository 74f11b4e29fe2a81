// How a pen goes on: points from the density that a network gives, as rnn_zoo/generation/points.py has it.

const SMALLEST_DEVIATION = 0.02, LARGEST_LOG = 7, LARGEST_CORRELATION = 0.99;
const END = 3;

/** Yields all points so far, `[x step, y step, state]` each; `draw()` is in [0, 1), null takes what is most probable. */
export async function* drawOn(step, start, codec, decoding, draw) {
  const points = [], limit = decoding.max_length ?? codec.max_points;
  let [before, states] = [codec.startId, start];
  for (let index = 1; index <= limit; index++) {
    const after = await step([[before]], [states]);
    before = nextPoint(Array.from(after.scores[0]), index > decoding.min_length, decoding.temperature, draw);
    points.push(before);
    states = after.states[0];
    yield points;
    if (before[2] === END) return;
  }
}

function nextPoint(outputs, mayEnd, temperature, draw) {
  const count = (outputs.length - 3) / 6, part = index => outputs.slice(index * count, (index + 1) * count);
  const pen = outputs.slice(6 * count).map((one, state) => state + 1 === END && !mayEnd ? -1e30 : one);
  const choose = logits => draw ? drawn(logits.map(one => one / temperature)) : logits.indexOf(Math.max(...logits));
  const drawn = logits => {
    const highest = Math.max(...logits), shares = logits.map(one => Math.exp(one - highest));
    let rest = draw() * shares.reduce((a, b) => a + b);
    return Math.max(0, shares.findIndex(one => (rest -= one) < 0));
  };
  const chosen = choose(part(0)), state = choose(pen) + 1, [meanX, meanY] = [part(1)[chosen], part(2)[chosen]];
  if (!draw) return [meanX, meanY, state];
  const deviation = index => Math.exp(Math.min(LARGEST_LOG, Math.max(-LARGEST_LOG, part(index)[chosen]))) + SMALLEST_DEVIATION;
  const correlation = LARGEST_CORRELATION * Math.tanh(part(5)[chosen]);
  const radius = Math.sqrt(-2 * Math.log(1 - draw()) * temperature), angle = 2 * Math.PI * draw(); // Box & Muller, 1958
  const [one, other] = [radius * Math.cos(angle), radius * Math.sin(angle)];
  return [meanX + deviation(3) * one, meanY + deviation(4) * (correlation * one + Math.sqrt(1 - correlation ** 2) * other), state];
}
