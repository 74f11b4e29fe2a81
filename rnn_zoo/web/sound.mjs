// Sound to samples of one channel at a rate.

const OPPOSITE = 0.01;

/** The samples in [-1, 1] of a sound file, by WebAudio, which resamples what has another rate. */
export async function samplesOf(bytes, sampleRateHz) {
  const sound = await new OfflineAudioContext(1, 1, sampleRateHz).decodeAudioData(bytes);
  const channels = Array.from({length: sound.numberOfChannels}, (_, one) => sound.getChannelData(one));
  if (channels.length === 1) return channels[0];
  const mean = channels[0].map((_, n) => channels.reduce((sum, one) => sum + one[n], 0) / channels.length);
  const energies = channels.map(energy), average = energies.reduce((a, b) => a + b, 0) / energies.length;
  // one channel is the other upside down
  return energy(mean) < OPPOSITE * average ? channels[energies.indexOf(Math.max(...energies))] : mean;
}

function energy(samples) {
  return samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
}

/** The notes of frames of pitches, with their first frame and the frame after the last; not held, equal neighbours are one. */
export function notesOf(frames, held) {
  const open = new Map(), found = [];
  [...frames, []].forEach((frame, index) => {
    const goesOn = new Set(frame.filter(one => one < 0 || !held).map(Math.abs));
    for (const [pitch, start] of open) if (!goesOn.has(pitch)) {
      found.push({pitch, start, end: index});
      open.delete(pitch);
    }
    for (const one of frame) if (!open.has(Math.abs(one))) open.set(Math.abs(one), index);
  });
  return found;
}

const QUARTERS_A_MINUTE = 100, LOUDNESS = 0.12, FADE_SECONDS = 0.04;
let playing = null;

/** Plays notes, and ends what was played before. */
export function play(notes, framesPerQuarter) {
  playing?.close();
  const context = playing = new AudioContext(), seconds = 60 / QUARTERS_A_MINUTE / framesPerQuarter;
  for (const {pitch, start, end} of notes) {
    const tone = context.createOscillator(), volume = context.createGain(), [from, to] = [start * seconds, end * seconds];
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + FADE_SECONDS);
    volume.gain.setTargetAtTime(0, to - FADE_SECONDS, FADE_SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(to + 5 * FADE_SECONDS);
  }
}
