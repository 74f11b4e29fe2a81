// What an ONNX file holds beside the network, which onnxruntime-web does not give; and base64.

/** The `metadata_props` of a model, field 14 of a ModelProto, as an object of strings. */
export function metadataOf(bytes) {
  const decoder = new TextDecoder(), found = {};
  for (const [field, value] of fieldsOf(bytes)) {
    if (field !== 14) continue;
    const entry = Object.fromEntries(fieldsOf(value));
    found[decoder.decode(entry[1])] = decoder.decode(entry[2]);
  }
  return found;
}

/** The fields of a message of protocol buffers, `[number, value]` each; bytes for what is no integer. */
export function* fieldsOf(bytes) {
  let place = 0;
  const readNumber = () => {
    let value = 0, scale = 1, byte;
    do {
      byte = bytes[place++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    return value;
  };
  while (place < bytes.length) {
    const key = readNumber(), field = Math.floor(key / 8), kind = key % 8;
    if (kind === 0) yield [field, readNumber()];
    else {
      const size = kind === 2 ? readNumber() : kind === 1 ? 8 : 4;
      yield [field, bytes.subarray(place, place + size)];
      place += size;
    }
  }
}

/** Bytes from base64. */
export function fromBase64(text) {
  const characters = atob(text), bytes = new Uint8Array(characters.length);
  for (let place = 0; place < bytes.length; place++) bytes[place] = characters.charCodeAt(place);
  return bytes;
}
