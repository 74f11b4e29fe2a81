"""Pieces of music as lists of frames: checking, transposing, reading and writing MIDI files.

A frame is what sounds at one moment of an even grid: a list of MIDI pitches (60 is middle C), empty for silence. A
piece is a list of frames. Where data tells notes that are struck from notes that are held, a held one is written as a
negative pitch: `[[60], [-60], [60]]` is a note of two frames, then the same note again.
"""

import io
from pathlib import Path

import numpy as np

from rnn_zoo.checks import check_ending, check_positive
from rnn_zoo.extras import require
from rnn_zoo.files import replacing

LOWEST_PITCH, HIGHEST_PITCH = 21, 108
"""The 88 keys of a piano, A0 to C8."""

MIDI_ENDINGS = (".mid", ".midi")
TICKS_PER_QUARTER = 480

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def checked_piece(piece, place="piece"):
    """A piece as a list of lists of int, each from its highest pitch to its lowest, none of them twice."""
    if not isinstance(piece, (list, tuple, np.ndarray)):
        raise ValueError(f"{place} must be a list of frames, each a list of pitches. Received: {place}={piece!r:.60}")
    checked = []
    for index, frame in enumerate(piece):
        if not isinstance(frame, (list, tuple, np.ndarray)):
            raise ValueError(f"{place}: a frame must be a list of pitches. Received: {place}[{index}]={frame!r:.60}")
        pitches = [pitch.item() if isinstance(pitch, np.generic) else pitch for pitch in frame]
        for pitch in pitches:
            if type(pitch) is not int or not LOWEST_PITCH <= abs(pitch) <= HIGHEST_PITCH:
                raise ValueError(
                    f"{place}: a pitch must be an integer from {LOWEST_PITCH} to {HIGHEST_PITCH}, or its negative for "
                    f"a held one. Received: {place}[{index}] with {pitch!r}"
                )
        pitches = sorted(set(pitches), key=abs, reverse=True)
        if len({abs(pitch) for pitch in pitches}) < len(pitches):
            raise ValueError(
                f"{place}: a pitch must not be struck and held at once. Received: {place}[{index}]={frame}"
            )
        checked.append(pitches)
    return checked


def transposed(piece, semitones):
    """A piece in another key."""
    moved = [[pitch + semitones if pitch > 0 else pitch - semitones for pitch in frame] for frame in piece]
    if any(not LOWEST_PITCH <= abs(pitch) <= HIGHEST_PITCH for frame in moved for pitch in frame):
        raise ValueError(f"the piece must stay on the piano. Received: {semitones=}")
    return moved


def pitch_range(pieces):
    """The lowest and the highest pitch of some pieces."""
    pitches = {abs(pitch) for piece in pieces for frame in piece for pitch in frame}
    if not pitches:
        raise ValueError(f"pieces must hold a note. Received: {len(pieces)} pieces of silence")
    return min(pitches), max(pitches)


def in_other_keys(pieces, copies, seed=0):
    """Transpose each piece to several keys, none of them beyond the range that the pieces have together.

    A list of `(place in pieces, piece)`, the pieces themselves first; then copies, moved by -6 to 6 semitones without
    repeats, fewer where the range allows fewer.
    """
    lowest, highest = pitch_range(pieces)
    rng = np.random.default_rng(seed)
    found = list(enumerate(pieces))
    for place, piece in enumerate(pieces):
        low, high = pitch_range([piece]) if any(piece) else (lowest, highest)
        legal = [shift for shift in range(-6, 7) if shift and lowest <= low + shift and high + shift <= highest]
        for shift in rng.permutation(legal)[:copies]:
            found.append((place, transposed(piece, int(shift))))
    return found


def notes_of(piece, held=False):
    """The notes of a piece, `(pitch, first frame, frame after the last)`; not held, equal neighbours are one."""
    open_notes, notes = {}, []
    for index, frame in enumerate([*piece, []]):
        goes_on = {abs(pitch) for pitch in frame if pitch < 0 or not held}
        for pitch in [pitch for pitch in open_notes if pitch not in goes_on]:
            notes.append((pitch, open_notes.pop(pitch), index))
        for pitch in frame:
            open_notes.setdefault(abs(pitch), index)
    return sorted(notes, key=lambda note: (note[1], -note[0]))


def write_midi(piece, path, *, frames_per_quarter=1, held=False, quarters_per_minute=100, program=0):
    """Write a piece as a MIDI file; a file that is there is replaced once the new one is whole. Needs mido.

    The program is the instrument of General MIDI, in [0, 127]: 0 is a piano, 19 a church organ; `held` is as in
    `notes_of`. The path, which it returns, ends in `.mid` or `.midi`.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "chord.mid"
        >>> read_midi(write_midi([[64, 60], [64, 60], [67, 48]], path), frames_per_quarter=1)
        [[64, 60], [64, 60], [67, 48]]
    """
    piece = checked_piece(piece)
    check_ending(path, MIDI_ENDINGS)
    if frames_per_quarter < 1 or TICKS_PER_QUARTER % frames_per_quarter:
        raise ValueError(f"frames_per_quarter must divide {TICKS_PER_QUARTER}. Received: {frames_per_quarter=}")
    if quarters_per_minute <= 0 or not 0 <= program <= 127:
        raise ValueError(
            f"quarters_per_minute must be positive and program from 0 to 127. Received: {quarters_per_minute=}, "
            f"{program=}"
        )
    require("MIDI files", "mido")
    import mido

    step = TICKS_PER_QUARTER // frames_per_quarter
    events = []
    for pitch, start, end in notes_of(piece, held):
        events += [(start * step, 1, "note_on", pitch), (end * step, 0, "note_off", pitch)]
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(quarters_per_minute)))
    track.append(mido.Message("program_change", program=program))
    now = 0
    for tick, _, kind, pitch in sorted(events):  # at one tick notes end before others begin
        track.append(mido.Message(kind, note=pitch, velocity=80, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=len(piece) * step - now))
    file = mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER, tracks=[track])
    with replacing(path) as temporary:
        file.save(temporary)
    return Path(path)


def read_midi(path, *, frames_per_quarter=1, held=False, in_c=False, data=None):
    """The frames of a MIDI file on an even grid, from the highest pitch to the lowest, drums left out. Needs mido.

    A note begins and ends at the nearest point of the grid, and is one frame long at least, so that none is lost,
    however it was played. Silence before the first note is dropped. With `held`, notes that go on from a frame before
    are told from those that are struck, as negative pitches. With `in_c` it is transposed to C major or C minor, by at
    most six semitones, if the file says its key; the first one counts. A file with times in seconds and not in quarter
    notes is refused.
    """
    check_positive(frames_per_quarter=frames_per_quarter)
    require("MIDI files", "mido")
    import mido

    try:
        file = mido.MidiFile(file=io.BytesIO(Path(path).read_bytes() if data is None else data))
    except (EOFError, OSError, ValueError, LookupError, mido.KeySignatureError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{path} is damaged or is no MIDI file: {error!r:.100}") from error
    if file.ticks_per_beat < 1:  # a negative number is a frame rate of SMPTE
        raise ValueError(f"{path} must count ticks of a quarter note. Received: a division of {file.ticks_per_beat}")
    notes, tonic = _notes_of_file(file)
    if not notes:
        raise ValueError(f"{path} must hold a note. Received: a MIDI file without one")
    if in_c:
        shift = -tonic if tonic < 6 else 12 - tonic
        notes = [(pitch + shift, start, end) for pitch, start, end in notes]
    return checked_piece(_frames_of(notes, file.ticks_per_beat / frames_per_quarter, held), str(path))


def _notes_of_file(file):
    """Notes `(pitch, first tick, tick after)` of all tracks, and the tonic of the first key, 0 for C."""
    notes, tonic = [], None
    for track in file.tracks:
        now, open_notes = 0, {}
        for message in track:
            now += message.time
            if message.type == "key_signature" and tonic is None:
                tonic = (_STEPS[message.key[0]] + message.key.count("#") - message.key.count("b")) % 12
            if message.type not in ("note_on", "note_off") or message.channel == 9:
                continue
            key = (message.channel, message.note)
            if key in open_notes:
                notes.append((message.note, open_notes.pop(key), now))
            if message.type == "note_on" and message.velocity:
                open_notes[key] = now
        notes += [(pitch, start, now) for (_, pitch), start in open_notes.items()]
    return notes, tonic or 0


def _frames_of(notes, step, held):
    """What sounds in every frame, from the first one with a note on."""
    pitches, starts, ends = (np.array(column) for column in zip(*notes, strict=True))
    starts = np.floor(starts / step + 0.5).astype(int)
    ends = np.maximum(np.floor(ends / step + 0.5).astype(int), starts + 1)
    frames = [{} for _ in range(max(ends))]
    for pitch, start, end in zip(pitches.tolist(), starts, ends, strict=True):
        for index in range(start, end):
            frames[index][pitch] = index == start or frames[index].get(pitch, False)
    frames = [[pitch if is_new or not held else -pitch for pitch, is_new in frame.items()] for frame in frames]
    first = next((index for index, frame in enumerate(frames) if frame), len(frames))
    return frames[first:]
