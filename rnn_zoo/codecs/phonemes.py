"""Pronunciations as the answer: phonemes that are written one after the other."""

from rnn_zoo.codecs.sequences import Sequences, all_of_each, first_of_each


class Phonemes(Sequences):
    """Phonemes with spaces between them, closed by an end token; a word may have several right pronunciations.

    Arguments are those of `rnn_zoo.Sequences`, the tokenizer being `rnn_zoo.SpacedTokens`. A label is a pronunciation,
    or a list of them; the first one is learned, all are right.

    Example:
        >>> codec = Phonemes(rnn_zoo.SpacedTokens(["D", "EH", "IY", "R"]))
        >>> codec([["R IY D", "R EH D"]]).tolist()
        [[5, 4, 2, 7]]
        >>> codec.compute_metrics([["R IY D", "R EH D"], ["R EH D"]], ["R EH D", "R IY D"])
        {'wer': 0.5, 'per': 0.16666666666666666}
    """

    measured_with = ("jiwer",)

    def encode(self, labels, lengths=None):
        encoded, known = super().encode(labels), set(self.tokenizer.vocabulary)
        for index, text in enumerate(first_of_each(labels)):
            unknown = [one for one in self.tokenizer.split(text) if one not in known]
            if unknown:
                raise ValueError(f"phonemes must be among {sorted(known)}. Received: labels[{index}]={text!r:.60}")
        return encoded

    def compute_metrics(self, labels, answers):
        """The shares of words that equal none of their right pronunciations, and of wrong phonemes; needs jiwer.

        Wrong are phonemes to be changed, inserted and deleted; the share is of those of the nearest pronunciations.
        """
        import jiwer

        rights = all_of_each(labels)
        owners = [index for index, some in enumerate(rights) for _ in some]
        compared = jiwer.process_words(
            [one for some in rights for one in some], [answers[index] for index in owners]
        )  # one word of jiwer is a phoneme, one sentence a word
        nearest = {}
        for index, reference, chunks in zip(owners, compared.references, compared.alignments, strict=True):
            edits = sum(
                max(one.ref_end_idx - one.ref_start_idx, one.hyp_end_idx - one.hyp_start_idx)
                for one in chunks
                if one.type != "equal"
            )
            nearest[index] = min(nearest.get(index, (edits, len(reference))), (edits, len(reference)))
        edits, lengths = zip(*nearest.values(), strict=True)
        return {"wer": sum(one > 0 for one in edits) / len(edits), "per": sum(edits) / sum(lengths)}

    @staticmethod
    def _taught(labels):
        return first_of_each(labels)
