"""People who speak, and what they say."""

import re
from pathlib import PurePosixPath

import numpy as np

from rnn_zoo.datasets.from_tfds import OFFICIAL, TRAIN_ONLY, Entry
from rnn_zoo.datasets.made import keyword, made, spoken
from rnn_zoo.datasets.records import CLASS, TEXT, Dataset, Examples, Feature
from rnn_zoo.datasets.sources import files_of
from rnn_zoo.datasets.splits import cut_by_content, cut_by_group
from rnn_zoo.files import decode_text
from rnn_zoo.formats.sounds import read_cepstra, read_sound

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COMMANDS = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
SAMPLE_RATES_HZ = {"fsdd": 8000, "spoken_digit": 8000, "librispeech": 16_000, "speech_commands": 16_000}
NUM_CEPSTRA = 13
NUM_INDICES, FIRST_TRAINING_INDEX = 50, 5
AN4_FILE = re.compile(r"(?:^|/)(etc/an4_(?:train|test)\.(?:fileids|transcription)|[^/]+/[^/]+/[^/]+\.mfc)$")
AN4_LINE = re.compile(r"(?:<s> )?([A-Z][A-Z' ]*?)(?: </s>)? \((\S+)\)")
COMMAND_FILE = re.compile(rf"(?:^|/)({'|'.join(COMMANDS)})/([0-9a-f]+)_(?:nohash_)?(\d+)\.(?:wav|ogg|flac)$")
DIGIT_FILE = re.compile(r"(?:^|/)(\d)_([a-z]+)_(\d+)\.wav$")


def read_an4(paths):
    """All splits of AN4: nobody is in two parts."""
    contents = {match[1]: (data, place) for match, data, place in files_of(paths, AN4_FILE)}
    training = read_half(contents, "train")
    test = read_half(contents, "test") if "etc/an4_test.fileids" in contents else None
    return cut_by_speaker(training, test)


def read_half(contents, half):
    """The utterances of an official half, `(frames <float32>[frames, 13], text, speaker)` each.

    Contents are the bytes and places of files by their names below the folder of etc/, or of feat/.
    """
    lists = {}
    for ending in ("fileids", "transcription"):
        if f"etc/an4_{half}.{ending}" not in contents:
            raise FileNotFoundError(f"AN4 must hold etc/an4_{half}.{ending}, in a folder or an archive.")
        lists[ending] = decode_text(*contents[f"etc/an4_{half}.{ending}"]).splitlines()
    names, lines, place = lists["fileids"], lists["transcription"], contents[f"etc/an4_{half}.transcription"][1]
    if len(names) != len(lines):
        raise ValueError(f"{place} must have one line a file. Received: {len(names)} files and {len(lines)} lines")
    found = []
    for number, (name, line) in enumerate(zip(names, lines, strict=True), start=1):
        file = PurePosixPath(name.strip())
        matched = AN4_LINE.fullmatch(line.strip())
        if not matched or matched[2] != file.name:
            raise ValueError(
                f"{place}, line {number}: a line must be WORDS ({file.name}), in capital letters. "
                f"Received: {line.strip()!r:.80}"
            )
        if f"{file}.mfc" not in contents:
            raise FileNotFoundError(f"AN4 must hold feat/{file}.mfc, which etc/an4_{half}.fileids names.")
        data, where = contents[f"{file}.mfc"]
        found.append((read_cepstra(data, NUM_CEPSTRA, str(where)), matched[1], file.parent.name))
    return found


def cut_by_speaker(training, test=None):
    """Share out utterances by who speaks; nobody is in two parts.

    Of every ten people of the training half the fifth is validation and, without a test half, the tenth test.
    """
    speakers = sorted({speaker for *_, speaker in training})
    twice = sorted({speaker for *_, speaker in test or []} & set(speakers))
    if twice:
        raise ValueError(f"Nobody must be in both halves. Received: {twice[0]!r} in train and test")
    held_out = {"validation": speakers[4::10], "test": [one[2] for one in test] if test else speakers[9::10]}
    train = [one for one in speakers if one not in held_out["validation"] + held_out["test"]]
    utterances = training + (test or [])
    examples, people = Examples.of(one[:2] for one in utterances), [speaker for *_, speaker in utterances]
    return cut_by_group(examples, people, {"train": train, **held_out, "all_train": speakers})


def read_fsdd(paths):
    """All splits of the digits, in the order of digit, person and index."""
    found = {}
    for match, place, sound in _recordings(paths, DIGIT_FILE, SAMPLE_RATES_HZ["fsdd"]):
        digit, speaker, index = int(match[1]), match[2], int(match[3])
        if index >= NUM_INDICES:
            raise ValueError(f"{place}: the index of a recording must be below {NUM_INDICES}. Received: {index}")
        found[digit, speaker, index] = sound
    indices = [index for *_, index in sorted(found)]
    examples = Examples.of((found[key], DIGIT_WORDS[key[0]]) for key in sorted(found))
    return cut_by_group(examples, indices, parts_of_digits(official=min(indices, default=0) < FIRST_TRAINING_INDEX))


def _recordings(paths, pattern, expected_hz):
    """Yield match, place and `(samples <int16>, rate)` of every recording."""
    for match, data, place in files_of(paths, pattern):
        samples, rate = read_sound(data, str(place))
        if rate != expected_hz or samples.shape[1] != 1 or not len(samples):
            raise ValueError(
                f"{place}: a recording must be of {expected_hz} Hz, one channel and at least one sample. Received: "
                f"{rate} Hz, {samples.shape[1]} channels, {len(samples)} samples"
            )
        yield match, place, (np.clip(np.round(samples[:, 0] * 2**15), -(2**15), 2**15 - 1).astype("int16"), rate)


def parts_of_digits(official):
    """The indices of recordings, the how manieth time somebody says a digit, by split, with or without a test half."""
    return {
        "train": {*range(FIRST_TRAINING_INDEX, 40), *(range(45, NUM_INDICES) if official else ())},
        "validation": range(40, 45),
        "test": range(FIRST_TRAINING_INDEX) if official else range(45, NUM_INDICES),
        "all_train": range(FIRST_TRAINING_INDEX, NUM_INDICES),
    }


def read_speech_commands(paths):
    """All splits of the commands, by who speaks; those of words in an archive or a folder `test...` are test."""
    found = {}
    for match, place, sound in _recordings(paths, COMMAND_FILE, SAMPLE_RATES_HZ["speech_commands"]):
        is_test = PurePosixPath(place).parts[-3:][0].startswith("test")
        found[COMMANDS.index(match[1]), match[2], int(match[3]), is_test] = sound
    train, test = ([key for key in sorted(found) if key[3] == is_test] for is_test in (False, True))
    official = Examples(test, test) if test else None
    parts = cut_by_content(Examples(train, train), official, content=lambda key, _: key[1])
    return {name: Examples.of((found[key], key[0]) for key in part.raw) for name, part in parts.items()}


def sound_and_command(row):
    """One recording `(samples <int16>, 16000)` and its word; nothing for silence and unknown words."""
    if row["label"] >= len(COMMANDS):
        return []
    return [((row["audio"].astype("int16"), SAMPLE_RATES_HZ["speech_commands"]), int(row["label"]))]


def part_of_digit(row):
    """The part of a recording by the index in the name of its file."""
    index = int(DIGIT_FILE.search(row["audio/filename"].decode())[3])
    return next(name for name, indices in parts_of_digits(official=True).items() if index in indices)


OF_TFDS = Entry(
    "spoken_digit",
    lambda row: [((row["audio"].astype("int16"), SAMPLE_RATES_HZ["fsdd"]), DIGIT_WORDS[row["label"]])],
    TRAIN_ONLY,
    part_of=part_of_digit,
)
AN4 = Dataset(
    name="an4",
    class_names=(" ", *LETTERS),
    features={"frames": Feature("array", (None, NUM_CEPSTRA)), "text": TEXT},
    pattern=AN4_FILE,
    wanted="the folder of etc/an4_train.fileids and feat/, or an archive of it,",
    read=read_an4,
)
FSDD = Dataset(
    name="fsdd",
    class_names=DIGIT_WORDS,
    features={"audio": Feature("sound", rate_hz=SAMPLE_RATES_HZ["fsdd"]), "text": TEXT},
    pattern=DIGIT_FILE,
    wanted="the folder of files DIGIT_SPEAKER_INDEX.wav, or of tar archives of them,",
    read=read_fsdd,
    tfds=OF_TFDS,
)
SPOKEN_DIGIT = Dataset(
    name="spoken_digit",
    class_names=DIGIT_WORDS,
    tfds=OF_TFDS,
    dummy="fsdd",
)
LIBRISPEECH = Dataset(
    name="librispeech",
    class_names=(" ", "'", *LETTERS),
    tfds=Entry(
        "librispeech",
        lambda row: [((row["speech"].astype("int16"), SAMPLE_RATES_HZ["librispeech"]), row["text"].decode())],
        {"train": "train_clean100", "validation": "dev_clean", "test": "test_clean"},
    ),
    dummy=made(spoken),
)
SPEECH_COMMANDS = Dataset(
    name="speech_commands",
    class_names=COMMANDS,
    features={"audio": Feature("sound", rate_hz=SAMPLE_RATES_HZ["speech_commands"]), "label": CLASS},
    pattern=COMMAND_FILE,
    wanted="the folder of files WORD/SPEAKER_TAKE.wav, or of archives of them,",
    read=read_speech_commands,
    tfds=Entry("speech_commands", sound_and_command, OFFICIAL),
    dummy=made(keyword),
)
