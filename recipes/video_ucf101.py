"""Videos: learn from UCF101 which of 101 actions people do, from 16 frames of 64 x 64 pixels a video.

TensorFlow Datasets downloads 6.5 GiB, keeps it, and needs ffmpeg. All 9,537 videos of train become 1.8 GiB in memory;
--limit takes fewer. A network that was not trained on more pictures than these will not be good: this shows the way.

python recipes/video_ucf101.py
python recipes/video_ucf101.py --backbone mobilenet_v2 --backbone-weights imagenet
"""

from rnn_zoo.training import Recipe

main = Recipe.of(
    globals(), "video", "ucf101", filters=(16, 32, 64), frame_dim=128, units=128, dropout=0.4, epochs=20, batch_size=32,
    learning_rate=1e-3, smoke={"filters": (4, 8)},
)  # fmt: skip
