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
