"""OpenVINO's files, `.xml` and `.bin`, from the network in TensorFlow's operators."""

import json

import numpy as np

from rnn_zoo.extras import require


def write(task, path, metadata, model, timesteps):
    """Write a Task's network; the weights are in a `.bin` beside the `.xml`. See `rnn_zoo.exporting.litert.write`."""
    require("files of OpenVINO", "openvino")
    import openvino

    from rnn_zoo.exporting.portable import network_of, with_constant_weights

    converted = openvino.convert_model(with_constant_weights(task, *network_of(model, timesteps)))
    converted.set_rt_info(json.dumps(metadata, ensure_ascii=False), "rnn_zoo")
    openvino.save_model(converted, str(path), compress_to_fp16=False)
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = {one.any_name.partition(":")[0]: one for one in compiled.inputs}
    return lambda arrays: {"outputs": np.array(compiled({names[n]: a for n, a in arrays.items()})[0])}
