"""English and Korean: everyday sentences of Tatoeba, and messages of LibreOffice.

Two domains that share few words: 3,833 short sentences by volunteers, and the texts of menus, dialogues and formulas of
an office suite, 13,500 of up to 400 characters. A line translates itself: English, a tab, Korean.

Source, the `source=` of `rnn_zoo.load_dataset` and of `EnglishKorean`: a folder that holds one or both of

* `tatoeba_kor_eng/kor_train.txt` or `kor.txt`, as in kor-eng.zip of manythings.org/anki: a third column is left alone;
* `libreoffice_ko/ko_train.txt`, made from the message catalogues of Debian's package libreoffice-l10n-ko;

plain or compressed (`.gz`, `.xz`), in the named folders or without them. There is no default source.

Subsets: "tatoeba" and "libreoffice"; None for both, one after the other.

Splits: by the sha1 of the English text, see `cut_by_content`, so that no English text is in two parts. The files that
we know hold 3,459 and 12,816 pairs: those whose sha1 is divisible by 10, or by 20, are left out.

Source: Tatoeba, https://tatoeba.org, through manythings.org/anki, CC BY 2.0; The Document Foundation, LibreOffice
7.4.7, MPL-2.0.
"""

import itertools
import re

import tensorflow_datasets as tfds

from rnn_zoo.datasets.original_files import Examples, OriginalFilesBuilder, cut_by_content
from rnn_zoo.datasets.sources import find_source
from rnn_zoo.files import decode_text, read_bytes

HOMEPAGE = "https://www.manythings.org/anki/"
LICENCE = "Tatoeba: CC BY 2.0; LibreOffice: MPL-2.0."
FILES = {
    "tatoeba": ("tatoeba_kor_eng/kor_train.txt", "kor_train.txt", "tatoeba_kor_eng/kor.txt", "kor.txt"),
    "libreoffice": ("libreoffice_ko/ko_train.txt", "ko_train.txt"),
}
SUBSETS = tuple(FILES)


def read_splits(source=None, manager=None, subset=None):
    """All splits.

    Args:
        source: a folder, see the top of this module.
        manager: not used: nothing is downloaded.
        subset: one of `SUBSETS`, or None for both.

    Returns:
        A dictionary of `Examples`: English texts and Korean ones.

    Raises:
        ValueError: for damaged files, or a line that is no pair; the message names it.
        FileNotFoundError: for missing files.
    """
    parts = [cut_by_content(read_pairs(path)) for path in original_files(source, subset)]
    return {
        name: Examples(
            *(list(itertools.chain(*columns)) for columns in zip(*(part[name] for part in parts), strict=True))
        )
        for name in parts[0]
    }


def read_pairs(path):
    """The pairs of a file, in its order.

    Raises:
        ValueError: for a line without two texts; the message names it.
    """
    examples = Examples([], [])
    lines = decode_text(read_bytes(path), path).replace("\r\n", "\n").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        columns = [re.sub(r"\s+", " ", column).strip() for column in line.split("\t")]
        if len(columns) < 2 or not all(columns[:2]):
            raise ValueError(f"{path}, line {number}: must be English TAB Korean. Received: {line[:60]!r}")
        examples.raw.append(columns[0])
        examples.labels.append(columns[1])
    return examples


def original_files(source, subset=None):
    """The paths of the files of a folder."""
    folder = find_source(source)
    return [_find(folder, FILES[name]) for name in (SUBSETS if subset is None else (subset,))]


def _find(folder, names):
    candidates = (folder / f"{name}{ending}" for name in names for ending in ("", ".gz", ".xz"))
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise FileNotFoundError(f"{folder} must hold {names[0]} (or .gz, .xz).")
    return found


class EnglishKorean(OriginalFilesBuilder):
    """The tensorflow-datasets builder; the top of this module describes source, subsets and splits.

    Example:
        >>> from rnn_zoo.datasets import EnglishKorean
        >>> builder = EnglishKorean(source="data", subset="tatoeba", data_dir="runs/tfds")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="train", as_supervised=True)
    """

    FEATURES = {"source": tfds.features.Text(), "target": tfds.features.Text()}
