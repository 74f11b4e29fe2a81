"""What a model does that writes token by token, with whatever network; needs no Keras."""

import numpy as np

from rnn_zoo.generation.live import LiveWriter
from rnn_zoo.generation.reader import Reader
from rnn_zoo.generation.settings import Decoding
from rnn_zoo.generation.texts import joined, split_sentences
from rnn_zoo.generation.writer import Writer
from rnn_zoo.preprocessors.base import warn_of_unknown


class Writing:
    """A model that writes: what a `rnn_zoo.GenerativeTask` and an exported file have in common.

    Beside it stands a class with `name`, `preprocessor`, `codec` and what else answers raw examples.
    """

    previous_name = "previous_ids"
    """Of the input for what was written before."""

    def _write_with(self, network, splits_sentences):
        """Take a `rnn_zoo.generation.writer.Network`; said when the model is made."""
        self.splits_sentences = splits_sentences
        self._writer, self._reader = Writer(self, network), Reader(self, network)
        self._live_writer = LiveWriter(self.codec, network)

    @property
    def has_encoder(self):
        """Whether something is read before writing begins."""
        return self._writer.network.encoder is not None

    @property
    def has_attention(self):
        """Whether the decoder attends to what the encoder read."""
        return self._writer.network.decoder.attention is not None

    def teacher_forced(self, inputs, targets):
        """The true tokens before each target as "previous_ids", beside the encoder's inputs."""
        previous = {self.previous_name: self.codec.previous(targets)}
        return {**self.named(inputs), **previous} if self.has_encoder else previous

    def losses_of(self, targets, logits):
        """Negative log-probabilities of all that is written, in nats, `<float32>[batch, tokens]`."""
        return self._writer.network.ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)

    def generate(self, raw, *, prefix=None, with_attention=False, batch_size=64, **options):
        """Write, with the decoding settings of one's choice.

        About a blank text nothing is written. A prefix, which for a language model is raw itself, comes back letter by
        letter. A text of which no token is known is warned of.

        Args:
            raw: a list of examples, as the preprocessor takes them, of one sentence each for a model that translates;
                for a language model what is to be gone on from.
            prefix: what each answer must begin with, as labels are written; None for nothing.
            with_attention: also return the attention weights, of a model that has attention.
            batch_size: examples computed at once.
            **options: settings of `rnn_zoo.generation.Decoding`, such as `method`, `num_beams`, `num_results`,
                `temperature`, `max_length`, `seed`; those not given are the Task's own, `task.codec.decoding`.

        Returns:
            A list with a list of `Generation` for each example, the best one first.

        Raises:
            ValueError: for illegal settings, or what preprocessor and codec refuse.
            TypeError: for a setting that there is not.
        """
        decoding = self._decoding(options)
        if with_attention and not self.has_attention:
            raise ValueError("with_attention=True needs a model with attention. Received: one without")
        return self._writer.write(raw, prefix, decoding, with_attention, batch_size)

    def attended(self, raw):
        """What each token of the answers attends to, for people to look at.

        Args:
            raw: a list of examples, of one sentence each for a model that translates.

        Returns:
            For each example its tokens, None where these have no names, as of a photograph; the tokens of its best
            answer; and the weights, `<float32>[answer tokens, tokens]`. Of a blank text all are empty.

        Raises:
            ValueError: for a model without attention, or what the preprocessor refuses.

        Example:
            >>> (source, written, weights), = rnn_zoo.pronunciation_lstm().attended(["cat"])
            >>> source[:3], written[:3], weights.shape == (len(written), len(source))
            (['c', 'a', 't'], ['K', 'AE', 'T'], True)
        """
        found = [results[0] for results in self.generate(raw, with_attention=True)]
        names = getattr(self.preprocessor, "tokens", None)
        sources = [names and [names[one] for one in ids] for ids in self.preprocessor.encode(raw)]
        return [
            (source, [self.codec.tokens[one] for one in result.tokens], result.attention)
            if len(result.tokens)
            else ([], [], np.zeros((0, 0), "float32"))
            for source, result in zip(sources, found, strict=True)
        ]

    def stream(self, raw, *, stop=(), max_seconds=None, **options):
        """Go on from one text with a language model, and give each piece as soon as it is written.

        Together the pieces are what `generate([raw])` answers, from the text that is gone on from. Whoever reads no
        further ends the writing.

        Args:
            raw: a string.
            stop: a string, or a list of them: the text ends before the first that is written.
            max_seconds: after which no token is begun; None for any.
            **options: as for `generate`, of "greedy", or of "sample" with one result.

        Returns:
            An iterator over strings, none of them empty.

        Raises:
            ValueError: for a model with an encoder, what is no string, "beam", several results, an empty stop string,
                or illegal settings.
            TypeError: for a setting that there is not.

        Example:
            >>> task = rnn_zoo.language_model_gru()
            >>> text = "".join(task.stream("ROMEO:", max_length=9, seed=7))
            >>> text == task.generate(["ROMEO:"], max_length=9, seed=7)[0][0].answer
            True
        """
        if self.has_encoder:
            raise ValueError(f"stream needs a language model. Received: {self.name}, which has an encoder")
        if not isinstance(raw, str):
            raise ValueError(f"raw must be a string. Received: {raw!r:.80}")
        decoding, stop = self._decoding(options), [stop] if isinstance(stop, str) else list(stop)
        if decoding.method == "beam" or decoding.num_results != 1:
            raise ValueError(
                "stream writes one text, method='greedy' or 'sample'. "
                f"Received: method={decoding.method!r}, num_results={decoding.num_results}"
            )
        if not all(isinstance(one, str) and one for one in stop):
            raise ValueError(f"stop must be strings that are not empty. Received: {stop=}")
        if max_seconds is not None and not max_seconds > 0:
            raise ValueError(f"max_seconds must be positive, or None. Received: {max_seconds=}")
        (prefix,) = self.codec.prefix([raw])
        warn_of_unknown([raw], [prefix], self.preprocessor)
        return self._live_writer.write(raw, prefix, decoding, stop, max_seconds)

    def log_likelihood(self, raw, labels=None, *, batch_size=64, carried=False):
        """How probable the network finds what is written.

        Texts of a language model may be of any length: they are read window by window.

        Args:
            raw: a list of examples, as `infer` takes them; for a language model the texts themselves.
            labels: the answers to score; None for a language model, whose texts are raw.
            batch_size: examples computed at once.
            carried: read the texts of a language model as one, each with what is remembered of those before.

        Returns:
            A list of `(float, int)`: the sum of the natural-log probabilities of an example's tokens, the end among
            them, and their number; for music the number of frames.

        Raises:
            ValueError: for what preprocessor and codec refuse, missing labels, or `carried` with an encoder.
        """
        if self.has_encoder and (labels is None or carried):
            wanted = "labels must be the answers to score" if labels is None else "carried must be False"
            raise ValueError(f"{wanted} of a model with an encoder. Received: {labels=!r:.40}, {carried=}")
        targets = self.codec.encode(raw if labels is None else labels)
        if carried and targets:
            (together,) = self._reader.scores_of_texts([np.concatenate(targets)])
            scores = np.split(together, np.cumsum([len(one) for one in targets])[:-1])
        else:
            scores = self._reader.scores(raw, targets, batch_size)
        return [(float(one.sum()), self.codec.count(ids)) for one, ids in zip(scores, targets, strict=True)]

    def answer_metrics(self, raw, labels, answers=None):
        """As every Task's, or from log-likelihoods where the codec measures these; texts are read as one."""
        if not hasattr(self.codec, "compute_likelihood_metrics"):
            return super().answer_metrics(raw, labels, answers)
        likelihoods = self.log_likelihood(raw, labels, carried=not self.has_encoder)
        return self.codec.compute_likelihood_metrics(likelihoods, labels)

    def _answers(self, raw, top_k, batch_size):
        options = {}
        if top_k is not None:
            settings = self.codec.decoding
            method = "beam" if settings.method == "greedy" else settings.method
            options = {"num_results": top_k, "num_beams": max(settings.num_beams, top_k), "method": method}
        raw = self.preprocessor.listed(raw)
        if not self.splits_sentences or not all(isinstance(one, str) for one in raw):
            found = self.generate(raw, batch_size=batch_size, **options)
        else:
            parts = [split_sentences(one) for one in raw]
            said = iter(self.generate([one for some in parts for one, _ in some], batch_size=batch_size, **options))
            found = [joined([(next(said), gap) for _, gap in some], top_k or 1) for some in parts]
        if top_k is None:
            return [results[0].answer for results in found]
        return [
            [{**self.codec.to_json(one.answer), "log_probability": one.log_probability} for one in results]
            for results in found
        ]

    def _decoding(self, options):
        unknown = sorted(set(options) - set(Decoding._fields))
        if unknown:
            raise TypeError(f"decoding settings must be among {list(Decoding._fields)}. Received: {', '.join(unknown)}")
        return self.codec.decoding._replace(**options).checked(self.codec.vocabulary_size)

    def named(self, inputs):
        """Encoder inputs as a dictionary."""
        return inputs if isinstance(inputs, dict) else {self._writer.network.input_names[0]: inputs}
