"""Pronunciations as the answer: phonemes that are written one after the other."""

import keras

from rnn_zoo.codecs.sequences import Sequences


@keras.saving.register_keras_serializable("rnn_zoo")
class Phonemes(Sequences):
    """Phonemes with spaces between them, closed by an end symbol; a word may have several right pronunciations.

    Arguments are those of `rnn_zoo.Sequences`, the tokenizer being `rnn_zoo.Symbols`. A label is a pronunciation, or a
    list of them; the first one is learned, all are right.

    Example:
        >>> codec = Phonemes(rnn_zoo.Symbols(["D", "EH", "IY", "R"]))
        >>> codec([["R IY D", "R EH D"]]).tolist()
        [[5, 4, 2, 7]]
        >>> codec.measure([["R IY D", "R EH D"], ["R EH D"]], ["R EH D", "R IY D"])
        {'wer': 0.5, 'per': 0.16666666666666666}
    """

    def encode(self, labels, lengths=None):
        """First pronunciations to ids with the end symbol, not padded yet.

        Args:
            labels: a list of strings, or of lists of strings.
            lengths: timesteps of the examples; an answer may have any length.

        Returns:
            A list of `<int32>[symbols]`.

        Raises:
            ValueError: for anything else, or a phoneme that there is not; the message gives the place.
        """
        if not isinstance(labels, (str, bytes)) and hasattr(labels, "__iter__"):
            labels = [one[0] if isinstance(one, (list, tuple)) and one else one for one in labels]
        encoded = super().encode(labels)
        known = set(self.tokenizer.vocabulary)
        for place, text in enumerate(labels):
            unknown = [one for one in self.tokenizer.split(text) if one not in known]
            if unknown:
                raise ValueError(f"phonemes must be among {sorted(known)}. Received: labels[{place}]={text!r:.60}")
        return encoded

    def measure(self, labels, answers):
        """What a test part says of a model; needs jiwer.

        Args:
            labels: the right pronunciations of each word: a list of strings, or of lists of strings.
            answers: a list of strings, as `infer` gives them.

        Returns:
            `{"wer": float, "per": float}`: the share of words that equal none of their right pronunciations, and the
            phonemes to be changed, inserted and deleted in words, by the phonemes of the nearest right pronunciations.
        """
        import jiwer

        rights = [[one] if isinstance(one, str) else list(one) for one in labels]
        owners = [place for place, some in enumerate(rights) for _ in some]
        compared = jiwer.process_words(
            [one for some in rights for one in some], [answers[place] for place in owners]
        )  # one word of jiwer is a phoneme, one sentence a word
        nearest = {}
        for place, reference, chunks in zip(owners, compared.references, compared.alignments, strict=True):
            edits = sum(
                max(one.ref_end_idx - one.ref_start_idx, one.hyp_end_idx - one.hyp_start_idx)
                for one in chunks
                if one.type != "equal"
            )
            nearest[place] = min(nearest.get(place, (edits, len(reference))), (edits, len(reference)))
        edits, lengths = zip(*nearest.values(), strict=True)
        return {"wer": sum(one > 0 for one in edits) / len(edits), "per": sum(edits) / sum(lengths)}
