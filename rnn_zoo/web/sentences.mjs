// A text to its sentences, as rnn_zoo/generation/texts.py splits it.

import {SPACE} from "./preprocessors.mjs";

const S = `[${SPACE}]`;
const END = new RegExp(`(${S}?)([.!?…]+)(?:${S}?»|["'”’“)\\]])*(${S}+)|${S}*\\n${S}*`, "gu");
const ABBREVIATIONS = new Set((
  "mr mrs ms dr prof st jr sr vs etc no vol pp p fig approx inc ltd tel addr " + // English
  "hr fr nr str ca bzw usw vgl evtl mme mlle env av").split(" ")); // German, French

/** Sentences and the white space behind each. */
export function splitSentences(given) {
  const text = given.replace(new RegExp(`^${S}+|${S}+$`, "gu"), ""), found = [];
  let start = 0;
  for (const match of text.matchAll(END)) {
    const [whole, before, mark, gap] = match, end = match.index + whole.length;
    if (mark === undefined) found.push([text.slice(start, match.index), whole]);
    else if (gap.includes("\n") || (before && mark === ".") || isEnd(text.slice(start, match.index), mark, text.slice(end)))
      found.push([text.slice(start, end - gap.length), gap]);
    else continue;
    start = end;
  }
  return [...found, [text.slice(start), ""]];
}

function isEnd(sentence, mark, following) {
  const word = sentence.split(new RegExp(`[${SPACE}("'„«]`, "u")).at(-1), isShort =
    /^\p{L}$/u.test(word) || word.includes(".") || ABBREVIATIONS.has(word.toLowerCase());
  return !/^\p{Ll}/u.test(following) && !(mark === "." && (isShort || /^\p{Nd}{1,2}$/u.test(word)));
}
