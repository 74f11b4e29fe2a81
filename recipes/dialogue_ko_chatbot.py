"""Dialogue: learn from 9,500 Korean questions and answers what a friend would say, with the networks of translation.

python recipes/dialogue_ko_chatbot.py --data-dir ko_chatbot  # a folder with ChatbotData.csv, or train.tsv
python recipes/dialogue_ko_chatbot.py --data-dir ko_chatbot --core lstm --attention bahdanau

Most questions have answers that nobody wrote down: look at what is said, and not at BLEU alone. Answers are drawn among
the most probable tokens; `rnn-zoo generate --method beam` gives the safest one.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "translation", "ko_chatbot", splits_sentences=False, vocabulary_size=3_000,
    decoding={"method": "sample", "top_p": 0.8, "temperature": 0.7}, epochs=20, batch_size=64, learning_rate=2e-3,
)  # fmt: skip
