// Images and films, given as data URLs, to the pixels that a network reads.

import {fromBase64} from "./onnx_file.mjs";

/** The middle of an image in that size, `<uint8>[rows, columns, 3]`. */
export async function pixelsOf(address, rows, columns) {
  const image = await createImageBitmap(blobOf(address));
  return resized(drawn(image, image.width, image.height), rows, columns);
}

const ONE = 2 ** 22; // Pillow's weights are whole numbers

/** The frames of a GIF, WebP or PNG file as they are, `<uint8>[frames, rows, columns, channels]`. */
export async function framesOf(address, rows, columns, channels) {
  const blob = blobOf(address), decoder = new ImageDecoder({data: await blob.arrayBuffer(), type: blob.type});
  await Promise.all([decoder.tracks.ready, decoder.completed]);
  const count = decoder.tracks.selectedTrack.frameCount, size = rows * columns * channels, found = new Uint8Array(count * size);
  for (let frameIndex = 0; frameIndex < count; frameIndex++) {
    const {image} = await decoder.decode({frameIndex});
    if (image.displayWidth !== columns || image.displayHeight !== rows) throw new RangeError(`${columns} x ${rows}`);
    const {data} = drawn(image, columns, rows);
    found.set(data.filter((_, place) => place % 3 < channels), frameIndex * size);
    image.close();
  }
  return found;
}

function blobOf(address) {
  const [kind, written] = address.split(",");
  return new Blob([fromBase64(written)], {type: kind.slice(5).split(";")[0]});
}

/** Colours over white. */
function drawn(image, width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, width, height);
  return {data: data.filter((_, place) => place % 4 < 3), width, height};
}

/** The middle, cut out in the shape that is wanted, then resized linearly, smoothed where it shrinks, as Pillow does. */
export function resized({data, width, height}, rows, columns) {
  const cutRows = Math.max(1, Math.min(height, Math.floor(width * rows / columns)));
  const cutColumns = Math.max(1, Math.min(width, Math.floor(height * columns / rows)));
  const top = (height - cutRows) >> 1, left = (width - cutColumns) >> 1;
  const wide = along(weightsOf(cutColumns, columns), cutRows, (row, column, colour) => data[3 * ((top + row) * width + left + column) + colour]);
  const tall = along(weightsOf(cutRows, rows), columns, (column, row, colour) => wide[3 * (row * columns + column) + colour]);
  return Uint8Array.from({length: 3 * rows * columns}, (_, place) => {
    const pixel = Math.floor(place / 3);
    return tall[3 * ((pixel % columns) * rows + Math.floor(pixel / columns)) + place % 3];
  });
}

/** `[lines, places, 3]` from the values that each place is made of. */
function along(weights, lines, value) {
  const found = new Uint8ClampedArray(lines * weights.length * 3);
  for (let line = 0; line < lines; line++) weights.forEach((parts, place) => {
    for (let colour = 0; colour < 3; colour++)
      found[3 * (line * weights.length + place) + colour] = Math.floor(parts.reduce((sum, [from, weight]) => sum + weight * value(line, from, colour), ONE / 2) / ONE);
  });
  return found;
}

/** For each place of the result the places of the source and their weights. */
function weightsOf(size, wanted) {
  const scale = size / wanted, wide = Math.max(scale, 1);
  return Array.from({length: wanted}, (_, place) => {
    const middle = (place + 0.5) * scale, first = Math.max(0, Math.floor(middle - wide + 0.5)), end = Math.min(size, Math.floor(middle + wide + 0.5));
    const parts = Array.from({length: end - first}, (_, one) => [first + one, Math.max(0, 1 - Math.abs((first + one + 0.5 - middle) / wide))]);
    const sum = parts.reduce((total, [, weight]) => total + weight, 0);
    return parts.map(([from, weight]) => [from, Math.round(weight / sum * ONE)]);
  });
}
