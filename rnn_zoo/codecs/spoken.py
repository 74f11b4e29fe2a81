"""What texts of speech have in common, however they are found: tokens, checks, error rates."""

from rnn_zoo.codecs.codec import Codec, listed

TOKEN_TYPES = ("characters", "words")
UNKNOWN_WORD = "<unk>"
"""Where it is among the tokens, words that there are not become it; otherwise they are refused."""
NOTHING = "-"
"""How confusions name a token that is not there."""


class Spoken(Codec):
    """What codecs of speech have in common. A subclass has `transcript_tokens`, a list, and `token_type`."""

    @classmethod
    def from_examples(cls, labels, *, class_names=None, token_type="characters", **settings):
        """A codec for texts that are made as some examples are.

        Args:
            labels: of the training examples, a list of strings.
            class_names: the characters or words that texts are made of; None for those of the labels, behind words
                "<unk>", which stands for all others.
            token_type: what texts are made of: "characters" or "words".
            **settings: other arguments of the class.

        Example:
            >>> rnn_zoo.Transcripts.from_examples(["yes", "no yes"], token_type="words").tokens
            ['no', 'yes', '<unk>']
        """
        tokens = seen_tokens(labels, token_type) if class_names is None else class_names
        return cls(tokens, token_type=token_type, **settings)

    @property
    def confusion_names(self):
        """What `confusions` tells apart: the blank between words is "_", no token "-"."""
        return [{" ": "_"}.get(token, token) for token in self.transcript_tokens] + [NOTHING]

    def confusions(self, labels, answers):
        """What was taken for what in the cheapest alignment: true and found indices, two lists; needs jiwer.

        The last name stands for a token that was left out, or put in.
        """
        import jiwer

        process = jiwer.process_characters if self.token_type == "characters" else jiwer.process_words
        aligned = process(_tidy(labels), _tidy(answers))
        indices = {token: index for index, token in enumerate(self.transcript_tokens)}
        pairs = []
        for true, found, chunks in zip(aligned.references, aligned.hypotheses, aligned.alignments, strict=True):
            for chunk in chunks:
                one = true[chunk.ref_start_idx : chunk.ref_end_idx]
                other = found[chunk.hyp_start_idx : chunk.hyp_end_idx]
                for place in range(max(len(one), len(other))):
                    sides = (side[place] if place < len(side) else None for side in (one, other))
                    pairs.append([indices.get(side, len(indices)) for side in sides])
        return tuple(map(list, zip(*pairs, strict=True))) if pairs else ([], [])

    def compute_metrics(self, labels, answers):
        """Error rates of characters and words, and the share of texts that are wholly right; needs jiwer.

        A rate is that of insertions, deletions and substitutions by the number of true ones.
        """
        import jiwer

        true, found = _tidy(labels), _tidy(answers)
        return {
            "cer": float(jiwer.cer(true, found)),
            "wer": float(jiwer.wer(true, found)),
            "accuracy": sum(one == other for one, other in zip(true, found, strict=True)) / len(true),
        }

    def split(self, labels):
        """Texts to their tokens, a list of lists of strings.

        Example:
            >>> rnn_zoo.Transcripts(["yes", "<unk>"], token_type="words").split(["yes maybe"])
            [['yes', '<unk>']]
        """
        tokens, labels = self.transcript_tokens, listed(labels)
        known, found = set(tokens), split_texts(labels, self.token_type)
        for place, split in enumerate(found):
            unknown = next((token for token in split if token not in known), None)
            if unknown is not None and UNKNOWN_WORD in known:
                found[place] = [token if token in known else UNKNOWN_WORD for token in split]
            elif unknown is not None:
                raise ValueError(
                    f"labels must be of the {self.token_type} {tokens if len(tokens) <= 40 else 'of training'}. "
                    f"Received: labels[{place}]={labels[place]!r:.60} with {unknown!r}"
                )
        return found


def checked_tokens(tokens, token_type):
    """Tokens as a list of strings, after making sure that texts can be made of them."""
    if token_type not in TOKEN_TYPES:
        raise ValueError(f"token_type must be one of {list(TOKEN_TYPES)}. Received: token_type={token_type!r}")
    tokens = [str(token) for token in tokens]
    if not tokens or len(set(tokens)) < len(tokens):
        raise ValueError(f"tokens must be one or more different strings. Received: tokens={tokens}")
    for place, token in enumerate(tokens):
        if len(token) != 1 if token_type == "characters" else token.split() != [token]:
            raise ValueError(f"tokens must be {token_type}. Received: tokens[{place}]={token!r}")
    return tokens


def seen_tokens(texts, token_type):
    """The tokens of training texts, sorted; behind words the one that stands for all others.

    Example:
        >>> seen_tokens(["go", "no go"], "words"), seen_tokens(["go", "no go"], "characters")
        (['go', 'no', '<unk>'], [' ', 'g', 'n', 'o'])
    """
    found = sorted({token for tokens in split_texts(texts, token_type) for token in tokens} - {UNKNOWN_WORD})
    return [*found, UNKNOWN_WORD] if token_type == "words" else found


def split_texts(texts, token_type):
    """Texts to their tokens; white space at the ends is dropped, and elsewhere is one blank.

    Example:
        >>> split_texts([" so  it "], "characters"), split_texts([" so  it "], "words")
        ([['s', 'o', ' ', 'i', 't']], [['so', 'it']])
    """
    found = []
    for place, text in enumerate(listed(texts)):
        if not isinstance(text, str):
            raise ValueError(f"labels must be texts. Received: labels[{place}]={text!r:.60}")
        found.append(text.split() if token_type == "words" else list(" ".join(text.split())))
    return found


def joined(tokens, token_type):
    """Tokens to their text, as `split_texts` takes it apart."""
    return " ".join(("" if token_type == "characters" else " ").join(tokens).split())


def _tidy(texts):
    return [" ".join(text.split()) for text in texts]
