"""easy-VQA: answer questions about a coloured shape, such as "is there a red circle?" or "what color is the shape?".

Image and question are fused by the sum, or by the product as in the first paper on visual question answering.

python recipes/vqa_easy_vqa.py  # the pip package easy-vqa 1.0
python recipes/vqa_easy_vqa.py --core lstm --fusion product

Fused by a sum the GRU answered 99.96 % of the test questions right, fused by a product 79.7 % with the same settings
(seed 0): it stayed at 73 % for nine epochs and was still rising when the twelve were over.
"""

from rnn_zoo.training import Recipe

main = Recipe.of(globals(), "vqa", "easy_vqa", epochs=12, batch_size=64, learning_rate=4e-3)
