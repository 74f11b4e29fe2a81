"""Pieces of music: frames, keys, MIDI files, tokens."""

import numpy as np
import pytest

from rnn_zoo import plots
from rnn_zoo.formats import midi as music
from rnn_zoo.preprocessors import Genres, Pieces

mido = pytest.importorskip("mido", reason="needs the extra `music`")

pytestmark = pytest.mark.usefixtures("loaded_once")
CHORD = [[72, 67, 64, 48], [72, 67, 64, 48], [], [71, 67, 62, 55], [72, 48]]
MELODY = [[60], [-60], [60], [], [62], [-62], [-62]]


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        ("C E G", "must be a list of frames.*Received: piece='C E G'"),
        ([[60], 62], r"a frame must be a list of pitches. Received: piece\[1\]=62"),
        ([[60], [20]], r"an integer from 21 to 108, or its negative.*Received: piece\[1\] with 20"),
        ([[109]], r"Received: piece\[0\] with 109"),
        ([[60.5]], r"Received: piece\[0\] with 60.5"),
        ([[True]], r"Received: piece\[0\] with True"),
        ([[60], [64, 60, -60]], r"must not be struck and held at once. Received: piece\[1\]=\[64, 60, -60\]"),
    ],
)
def test_what_is_no_piece_is_refused_with_its_place(piece, message):
    with pytest.raises(ValueError, match=message):
        music.checked_piece(piece)


def test_a_piece_comes_out_from_high_to_low_without_doubled_voices():
    assert music.checked_piece((np.array([48, 60, 60]), [])) == [[60, 48], []]


def test_transposing_there_and_back_changes_nothing_and_stays_on_the_piano():
    assert music.transposed(music.transposed(MELODY, 5), -5) == MELODY
    with pytest.raises(ValueError, match="stay on the piano. Received: semitones=40"):
        music.transposed(CHORD, 40)


def test_other_keys_keep_within_the_range_of_all_pieces_and_do_not_repeat():
    pieces = [[[60], [72]], [[62], [64]], [[]]]
    found = music.in_other_keys(pieces, copies=20, seed=1)
    assert [piece for _, piece in found[:3]] == pieces
    assert [place for place, _ in found[3:]].count(0) == 0  # as wide as the range already
    keys = [piece[0][0] for place, piece in found if place == 1]
    assert sorted(keys) == list(range(60, 69))
    assert found == music.in_other_keys(pieces, copies=20, seed=1)
    assert music.in_other_keys(pieces, copies=1, seed=2) != music.in_other_keys(pieces, copies=1, seed=1)


def test_equal_neighbours_are_one_note_unless_frames_tell_held_from_struck():
    assert music.notes_of([[60], [60], [60]]) == [(60, 0, 3)]
    assert music.notes_of(MELODY, held=True) == [(60, 0, 2), (60, 2, 3), (62, 4, 7)]
    assert music.notes_of([[-60], [64, -60]], held=True) == [(60, 0, 2), (64, 1, 2)]  # as a model may begin


@pytest.mark.parametrize("frames_per_quarter", [1, 2, 4])
def test_midi_written_and_read_is_the_same_piece(tmp_path, frames_per_quarter):
    for piece, held in ((CHORD, False), (MELODY, True)):
        path = music.write_midi(piece, tmp_path / "a.mid", frames_per_quarter=frames_per_quarter, held=held, program=19)
        assert music.read_midi(path, frames_per_quarter=frames_per_quarter, held=held) == piece
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mid"]
    file = mido.MidiFile(path)
    assert file.length == pytest.approx(len(MELODY) / frames_per_quarter * 60 / 100)
    assert [message.program for message in file.tracks[0] if message.type == "program_change"] == [19]


def midi_file(path, notes, key=None, channel=0, ticks=1024):
    """Write notes `(pitch, start, end)` in quarters, one after the other, as other programs do."""
    track = mido.MidiTrack()
    if key:
        track.append(mido.MetaMessage("key_signature", key=key))
    events = sorted((time, kind, pitch) for pitch, *span in notes for time, kind in zip(span, (1, 0), strict=True))
    now = 0
    for time, kind, pitch in events:  # velocity 0 ends a note
        delta, now = round((time - now) * ticks), time
        track.append(mido.Message("note_on", note=pitch, velocity=90 * kind, time=delta, channel=channel))
    mido.MidiFile(ticks_per_beat=ticks, tracks=[track]).save(path)
    return path


def test_notes_begin_and_end_at_the_nearest_points_of_the_grid(tmp_path):
    notes = [(60, 1.5, 2.5), (64, 2, 2.25), (67, 2.25, 2.75), (72, 3, 5)]
    path = midi_file(tmp_path / "a.mid", notes)
    assert music.read_midi(path, frames_per_quarter=2) == [[60], [64, 60], [67], [72], [72], [72], [72]]
    assert music.read_midi(path, frames_per_quarter=1) == [[67, 64, 60], [72], [72]]


@pytest.mark.parametrize(("late", "jitter", "gap"), [(0, 10, 20), (0, 20, -20), (5, 0, 5), (12, 5, 20), (0, 60, 400)])
def test_notes_played_by_hand_are_all_heard_one_after_the_other(tmp_path, late, jitter, gap):
    rng, scale = np.random.default_rng(1), [60, 62, 64, 65, 67, 69, 71, 72]
    notes = []
    for place, pitch in enumerate(scale):
        first, last = rng.integers(-jitter, jitter + 1, 2)
        start = max(480 * place + late + first, 0)
        notes.append((pitch, start / 480, max(480 * (place + 1) - gap + last, start + 1) / 480))
    path = midi_file(tmp_path / "hand.mid", notes, ticks=480)
    assert music.read_midi(path) == [[pitch] for pitch in scale]
    assert {pitch for frame in music.read_midi(path, frames_per_quarter=4) for pitch in frame} == set(scale)


def test_short_and_hanging_notes_are_heard(tmp_path):
    grace = midi_file(tmp_path / "a.mid", [(60, 0, 1), (72, 0.02, 0.04), (64, 1, 2)])
    assert music.read_midi(grace) == [[72, 60], [64]]
    track = mido.MidiTrack([mido.Message("note_on", note=60, velocity=9), mido.Message("note_on", note=62, time=480)])
    track.append(mido.MetaMessage("end_of_track", time=480))
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(tmp_path / "hanging.mid")
    assert music.read_midi(tmp_path / "hanging.mid") == [[60], [62, 60]]


@pytest.mark.parametrize(("division", "shown"), [(b"\x00\x00", 0), (b"\xe7\x28", -6360)])
def test_divisions_that_count_no_ticks_of_a_quarter_are_refused(tmp_path, division, shown):
    data = midi_file(tmp_path / "a.mid", [(60, 0, 1)]).read_bytes()
    with pytest.raises(ValueError, match=f"a.mid must count ticks of a quarter note. Received: a division of {shown}"):
        music.read_midi(tmp_path / "a.mid", data=data[:12] + division + data[14:])


@pytest.mark.parametrize(
    ("key", "shift"), [("C", 0), ("D", -2), ("F", -5), ("F#", 6), ("G", 5), ("Bb", 2), ("Em", -4), ("Abm", 4)]
)
def test_files_are_transposed_to_c_by_six_semitones_at_most(tmp_path, key, shift):
    path = midi_file(tmp_path / "a.mid", [(60, 0, 1)], key)
    assert music.read_midi(path, in_c=True) == [[60 + shift]]
    assert music.read_midi(path) == [[60]]


def test_bad_midi_files_and_settings_are_refused(tmp_path):
    good = music.write_midi(CHORD, tmp_path / "a.mid")
    for content in (b"", b"no music", good.read_bytes()[:40]):
        (tmp_path / "b.mid").write_bytes(content)
        with pytest.raises(ValueError, match="b.mid is damaged or is no MIDI file"):
            music.read_midi(tmp_path / "b.mid")
    with pytest.raises(ValueError, match=r"low.mid: a pitch must be an integer from 21 to 108.*with 19"):
        music.read_midi(midi_file(tmp_path / "low.mid", [(21, 0, 1)], key="D"), in_c=True)
    with pytest.raises(ValueError, match="must hold a note"):
        music.read_midi(midi_file(tmp_path / "drums.mid", [(40, 0, 1)], channel=9))
    with pytest.raises(ValueError, match="frames_per_quarter must be positive"):
        music.read_midi(good, frames_per_quarter=0)
    with pytest.raises(FileNotFoundError):
        music.read_midi(tmp_path / "nothing.mid")
    for settings, message in (
        ({"frames_per_quarter": 7}, "divide 480"),
        ({"quarters_per_minute": 0}, "must be positive"),
        ({"program": 128}, "from 0 to 127"),
    ):
        with pytest.raises(ValueError, match=message):
            music.write_midi(CHORD, good, **settings)
    with pytest.raises(ValueError, match=r"must end in one of \(\'.mid\', \'.midi\'\)"):
        music.write_midi(CHORD, tmp_path / "a.wav")
    assert music.read_midi(good) == CHORD  # and it stayed as it was


def test_tokens_spell_each_piece_in_one_way_and_lose_nothing():
    pieces = Pieces(48, 72)
    assert pieces.encode([CHORD])[0].tolist()[:6] == [27, 22, 19, 3, 2, 27]
    assert pieces.join(pieces.encode([CHORD])[0]) == CHORD
    held = Pieces(60, 62, held=True)
    assert held.encode([MELODY])[0].tolist() == [3, 2, 6, 2, 3, 2, 2, 5, 2, 8, 2, 8, 2]
    assert held.join(held.encode([MELODY])[0]) == MELODY
    assert Pieces().vocabulary_size == 3 + 88 and held.vocabulary_size == 3 + 6
    assert Pieces(60, 62).encode([MELODY])[0].tolist() == [3, 2, 3, 2, 3, 2, 2, 5, 2, 5, 2, 5, 2]
    assert Pieces.from_config(held.get_config()).get_config() == held.get_config()
    assert pieces.join([3, 27, 27, 2, 2, 4]) == [[72, 48], [], [49]]  # whatever a model may write


def test_tokens_refuse_what_is_out_of_their_range_with_its_place():
    with pytest.raises(ValueError, match=r"a pitch must be from 60 to 62. Received: pieces\[1\]\[2\]=\[64\]"):
        Pieces(60, 62).encode([[[60]], [[61], [], [64]]])
    with pytest.raises(ValueError, match=r"Received: pieces\[0\]\[1\]='C'"):
        Pieces().encode([[[60], "C"]])
    with pytest.raises(ValueError, match="pieces must be a list: write .piece."):
        Pieces().encode("CEG")
    for lowest, highest in ((62, 60), (20, 60), (60, 109), (60.0, 62)):
        with pytest.raises(ValueError, match="lowest and highest must be pitches from 21 to 108"):
            Pieces(lowest, highest)


def test_genres_are_known_by_name_or_left_open():
    genres = Genres(["jig", "reel"])
    assert genres(["reel", None, "jig"]).tolist() == [[3], [1], [2]]
    with pytest.raises(ValueError, match=r"Did you mean 'reel'\? Received: genres\[1\]='real'"):
        genres(["jig", "real"])
    with pytest.raises(ValueError, match="write .genre. for a single one"):
        genres("jig")
    with pytest.raises(ValueError, match="must be different"):
        Genres(["jig", "jig"])


def test_a_piano_roll_is_drawn(tmp_path):
    path = plots.piano_roll(MELODY, tmp_path / "roll.png", "a melody", frames_per_quarter=2, held=True, given=2)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="must hold a note"):
        plots.piano_roll([[]], tmp_path / "silence.png")


@pytest.fixture(scope="module")
def composer():
    """A model that has learned by heart: jigs rise, reels fall."""
    import keras

    import rnn_zoo

    keras.utils.set_random_seed(1)
    codec = rnn_zoo.NoteSequences(
        rnn_zoo.Pieces(60, 71, held=True), frames_per_quarter=2, max_tokens=40,
        decoding={"method": "sample", "top_p": 0.95},
    )  # fmt: skip
    task = rnn_zoo.music_gru(
        rnn_zoo.Genres(["jig", "reel"]), codec, units=32, embedding_dim=16, genre_dropout=0.0, embedding_dropout=0.0,
        dropout=0.0,
    )  # fmt: skip
    task.compile(keras.optimizers.Adam(0.02))
    genres, pieces = ["jig", "reel"], [[[60], [62], [64, 60], [-64]], [[67], [-67], [], [65]]]
    targets = task.codec(pieces)
    inputs = task.teacher_forced(task.preprocessor(genres), targets)
    for _ in range(60):
        task.train_on_batch(inputs, targets)
    return task, genres, pieces


def test_a_genre_begins_its_own_piece_and_first_notes_are_kept(composer):
    task, genres, pieces = composer
    assert task.infer(genres) == [{"notes": piece} for piece in pieces]
    ((jig,),) = task.generate(["jig"], prefix=[[[71], [70, 65]]], seed=5)
    assert jig.answer["notes"][:2] == [[71], [70, 65]]
    ((open_start,),) = task.generate([None], method="greedy")
    assert isinstance(open_start.answer["notes"], list)
    best, *_ = task.infer(["reel"], top_k=2)[0]
    assert best["notes"] == pieces[1] and best["log_probability"] < 0


def test_the_likelihood_of_a_piece_is_that_of_its_tokens_and_counts_frames(composer):
    task, genres, pieces = composer
    found = task.log_likelihood(genres, pieces)
    assert [frames for _, frames in found] == [4, 4]
    targets = task.codec.encode(pieces)
    for place in range(2):
        logits = np.asarray(task.predict_on_batch(task.teacher_forced(
            task.preprocessor([genres[place]]), targets[place][None])))[0].astype("float64")  # fmt: skip
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        chosen = probabilities[np.arange(len(targets[place])), targets[place]]
        assert found[place][0] == pytest.approx(np.log(chosen).sum(), abs=1e-4)
    (greedy,) = task.generate(["jig"], method="greedy")[0]
    assert greedy.answer["notes"] == pieces[0] and greedy.log_probability == pytest.approx(found[0][0], abs=1e-4)
    doubled = [[*frame, *frame] for frame in pieces[0]]
    assert task.log_likelihood(["jig"], [doubled])[0] == pytest.approx(found[0], abs=1e-5)
    mean = task.answer_metrics(genres, pieces)["nll_per_frame"]
    assert mean == pytest.approx(-(found[0][0] + found[1][0]) / 8)


def test_a_loaded_model_writes_the_same_for_the_same_seed(composer, tmp_path):
    import keras

    task, genres, pieces = composer
    task.loaded_from = None
    task.save(tmp_path / "task.keras")
    loaded = keras.saving.load_model(tmp_path / "task.keras")
    options = {"method": "sample", "temperature": 3.0, "num_results": 3, "top_p": 1.0}
    first = [[one.answer for one in results] for results in task.generate(genres, seed=1, **options)]
    assert [[one.answer for one in results] for results in loaded.generate(genres, seed=1, **options)] == first
    assert [[one.answer for one in results] for results in loaded.generate(genres, seed=2, **options)] != first


def test_pieces_are_drawn_written_and_said(composer, tmp_path):
    task, genres, pieces = composer
    pictures = task.codec.plot(genres, pieces, [{"notes": pieces[0]}, {"notes": [[]]}], tmp_path)
    assert [path.name for path in pictures] == ["piece_0.png"]
    read = music.read_midi(tmp_path / "piece_0.mid", frames_per_quarter=2, held=True)
    assert read == pieces[0]
    assert task.codec.to_text("jig", {"notes": pieces[0]}) == "60 | 62 | 64 60 | -64"
    assert task.codec.to_text("jig", [{"notes": [[60]]}, {"notes": [[], [62]]}]) == "60   | 62"
    assert task.codec.to_json({"notes": pieces[0]}) == {"notes": pieces[0]}


def test_the_command_line_writes_numbered_midi_files_and_piano_rolls(composer, tmp_path):
    from click.testing import CliRunner

    from rnn_zoo.cli import main as cli

    task, genres, pieces = composer
    task.save(tmp_path / "task.keras")
    midi, picture = tmp_path / "piece.mid", tmp_path / "piece.png"

    def run(*arguments):
        return CliRunner().invoke(cli, ["generate", str(tmp_path / "task.keras"), *map(str, arguments)])

    result = run("jig", "reel", "--output", midi, "--output", picture, "--temperature", "0.1")
    assert result.exit_code == 0, result.output
    names = ["piece_1.mid", "piece_2.mid", "piece_1.png", "piece_2.png"]
    assert result.output.splitlines() == [str(tmp_path / name) for name in names]
    read = [music.read_midi(tmp_path / name, frames_per_quarter=2, held=True) for name in names[:2]]
    assert read[0] == pieces[0] and read[1][:2] == pieces[1][:2]
    assert (tmp_path / "piece_2.png").read_bytes().startswith(b"\x89PNG")
    assert run("--output", midi, "--seed", "2").output == f"{midi}\n" and midi.exists()  # of any genre
    assert "give --output or --json" in run("jig", "--output", midi, "--json").stderr
    refused = run("jig", "--output", tmp_path / "piece.wav")
    assert refused.exit_code == 1 and "must end in one of ('.mid', '.midi', '.png')" in refused.stderr


def test_bad_requests_for_music_are_refused(composer):
    task, genres, pieces = composer
    with pytest.raises(ValueError, match=r"Received: genres\[1\]='polka'"):
        task.generate(["jig", "polka"])
    with pytest.raises(ValueError, match=r"from 60 to 71. Received: pieces\[0\]\[0\]=\[50\]"):
        task.generate(["jig"], prefix=[[[50]]])
    for settings in ({"max_length": 0}, {"top_k": 1000}, {"temperature": 0.0}):
        with pytest.raises(ValueError, match=f"{list(settings)[-1]} must be"):
            task.generate(["jig"], **settings)
    with pytest.raises(ValueError, match="labels must be the answers to score"):
        task.log_likelihood(["jig"])
    assert task.infer([]) == []
