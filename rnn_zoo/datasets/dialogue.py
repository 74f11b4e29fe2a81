"""What people say to somebody, or to a machine: what they want, and what is answered."""

import re

from rnn_zoo.datasets.records import CLASS, TEXT, TEXTS, Dataset, Examples, Feature
from rnn_zoo.datasets.splits import cut_by_content, cut_end, with_official_test
from rnn_zoo.formats.conll import read_columns
from rnn_zoo.formats.tables import read_cells, read_label
from rnn_zoo.formats.tag_schemes import convert, tag_names

UTTERANCES = (
    "fragment", "statement", "question", "command", "rhetorical question", "rhetorical command",
    "intonation-dependent",
)  # fmt: skip
INTENT = "# intent = "
ATIS_INTENTS = (
    "atis_abbreviation", "atis_aircraft", "atis_aircraft#atis_flight#atis_flight_no", "atis_airfare",
    "atis_airfare#atis_flight", "atis_airfare#atis_flight_time", "atis_airline", "atis_airline#atis_flight_no",
    "atis_airport", "atis_capacity", "atis_cheapest", "atis_city", "atis_day_name", "atis_distance", "atis_flight",
    "atis_flight#atis_airfare", "atis_flight#atis_airline", "atis_flight_no", "atis_flight_no#atis_airline",
    "atis_flight_time", "atis_ground_fare", "atis_ground_service", "atis_ground_service#atis_ground_fare", "atis_meal",
    "atis_quantity", "atis_restriction",
)  # fmt: skip
ATIS_SLOTS = (
    "aircraft_code", "airline_code", "airline_name", "airport_code", "airport_name", "arrive_date.date_relative",
    "arrive_date.day_name", "arrive_date.day_number", "arrive_date.month_name", "arrive_date.today_relative",
    "arrive_time.end_time", "arrive_time.period_mod", "arrive_time.period_of_day", "arrive_time.start_time",
    "arrive_time.time", "arrive_time.time_relative", "booking_class", "city_name", "class_type", "compartment",
    "connect", "cost_relative", "day_name", "day_number", "days_code", "depart_date.date_relative",
    "depart_date.day_name", "depart_date.day_number", "depart_date.month_name", "depart_date.today_relative",
    "depart_date.year", "depart_time.end_time", "depart_time.period_mod", "depart_time.period_of_day",
    "depart_time.start_time", "depart_time.time", "depart_time.time_relative", "economy", "fare_amount",
    "fare_basis_code", "flight", "flight_days", "flight_mod", "flight_number", "flight_stop", "flight_time",
    "fromloc.airport_code", "fromloc.airport_name", "fromloc.city_name", "fromloc.state_code", "fromloc.state_name",
    "meal", "meal_code", "meal_description", "mod", "month_name", "or", "period_of_day", "restriction_code",
    "return_date.date_relative", "return_date.day_name", "return_date.day_number", "return_date.month_name",
    "return_date.today_relative", "return_time.period_mod", "return_time.period_of_day", "round_trip", "state_code",
    "state_name", "stoploc.airport_code", "stoploc.airport_name", "stoploc.city_name", "stoploc.state_code", "time",
    "time_relative", "today_relative", "toloc.airport_code", "toloc.airport_name", "toloc.city_name",
    "toloc.country_name", "toloc.state_code", "toloc.state_name", "transport_type",
)  # fmt: skip
SNIPS_INTENTS = (
    "AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork",
    "SearchScreeningEvent",
)  # fmt: skip
SNIPS_SLOTS = (
    "album", "artist", "best_rating", "city", "condition_description", "condition_temperature", "country", "cuisine",
    "current_location", "entity_name", "facility", "genre", "geographic_poi", "location_name", "movie_name",
    "movie_type", "music_item", "object_location_type", "object_name", "object_part_of_series_type", "object_select",
    "object_type", "party_size_description", "party_size_number", "playlist", "playlist_owner", "poi", "rating_unit",
    "rating_value", "restaurant_name", "restaurant_type", "served_dish", "service", "sort", "spatial_relation",
    "state", "timeRange", "track", "year",
)  # fmt: skip


def read_requests(path, intents, slots):
    """The requests of a file: `(tokens, index of the intent, BIO tags of the slots)`.

    Raises:
        ValueError: for a damaged file, a request without an intent, or an unknown intent or slot; the message names the
            line.
    """
    found, known = [], set(tag_names(slots, "BIO"))
    for comments, positions, rows in read_columns(path, 2, comment="# "):
        if not rows:
            continue
        intent = comments[-1].removeprefix(INTENT) if comments else None
        if intent not in intents:
            raise ValueError(
                f"{positions[0]}: the intent before it must be one of {list(intents)}. Received: {intent!r}"
            )
        tokens, tags = map(list, zip(*rows, strict=True))
        for tag, place in zip(tags, positions, strict=True):
            if tag not in known:
                raise ValueError(f"{place}: a slot must be one of {list(slots)}. Received: {tag!r}")
        found.append((tokens, intents.index(intent), convert(tags, "BIO")))
    return found


def of_requests(name, intents, slots):
    """The record of a dataset of requests, of which the intent, the slots or both are to be told."""

    def read(files, subset):
        parts = {}
        for part, path in files.items():
            requests = read_requests(path, intents, slots)
            forms = {
                "slots": lambda tokens, intent, tags: (tokens, tags),
                "intents": lambda tokens, intent, tags: (" ".join(tokens), intent),
                "joint": lambda tokens, intent, tags: (tokens, (intent, tags)),
            }
            pairs = [forms[subset](*request) for request in requests]
            parts[part] = Examples(*map(list, zip(*pairs, strict=True)))
        return cut_end(parts, held_out=len(parts["validation"].raw))

    tags = Feature("classes", names=tuple(tag_names(slots, "BIO")))
    features = {
        "slots": {"tokens": TEXTS, "tags": tags},
        "intents": {"text": TEXT, "intent": CLASS},
        "joint": {"tokens": TEXTS, "intent_and_tags": Feature("intent_and_tags", names=(intents, tags.names))},
    }
    return Dataset(
        name=name,
        class_names=lambda subset: intents if subset == "intents" else slots,
        features=lambda subset: features[subset],
        files={"train": ["train.conll"], "validation": ["valid.conll"], "test": ["test.conll"]},
        optional=[("test",)],
        wanted="the folder of train.conll and valid.conll, also test.conll if there, made from",
        read=read,
        subsets=("slots", "intents", "joint"),
        usual="slots",
    )


def read_chat(files):
    """All splits of the talks, by the sha1 of a question without its marks."""

    def read(path):
        rows = list(read_cells(path, tabs=".csv" not in path.suffixes))
        for place, cells in rows:
            if len(cells) != 3 or not all(cell.strip() for cell in cells):
                raise ValueError(f"{place}: a row must have question, answer and label. Received: {cells!r:.80}")
        return Examples([cells[0] for _, cells in rows[1:]], [cells[1] for _, cells in rows[1:]])

    splits = cut_by_content(read(files["talks"]), content=lambda question, _: re.sub(r"\W+", "", question.lower()))
    return with_official_test(splits, read(files["test"]) if "test" in files else None)


def read_utterances(files):
    """All splits of the utterances; what stands in an official test part is left out elsewhere."""

    def read(path):
        examples = Examples([], [])
        for place, cells in read_cells(path, tabs=True):
            if cells == ["label", "text"]:
                continue
            if len(cells) != 2 or not cells[1].strip():
                raise ValueError(f"{place}: a row must have a label and a text. Received: {cells!r:.80}")
            examples.raw.append(cells[1])
            examples.labels.append(read_label(cells[0], len(UTTERANCES), place))
        return examples

    train, test = (read(files[part]) if part in files else None for part in ("train", "test"))
    held_out = set(test.raw) if test else ()
    kept = [(text, label) for text, label in zip(*train, strict=True) if text not in held_out]
    return with_official_test(cut_by_content(Examples(*map(list, zip(*kept, strict=True)))), test)


ATIS = of_requests("atis", ATIS_INTENTS, ATIS_SLOTS)
SNIPS = of_requests("snips", SNIPS_INTENTS, SNIPS_SLOTS)
KO_CHATBOT = Dataset(
    name="ko_chatbot",
    features={"question": TEXT, "answer": TEXT},
    files={"talks": ["train.tsv", "ChatbotData.csv"], "test": ["test.tsv"]},
    optional=[("test",)],
    read=read_chat,
)
KO_3I4K = Dataset(
    name="ko_3i4k",
    class_names=UTTERANCES,
    features={"text": TEXT, "label": CLASS},
    files={"train": ["train.tsv", "fci_train_val.txt"], "test": ["test.tsv", "fci_test.txt"]},
    optional=[("test",)],
    read=read_utterances,
)
RECORDS = (ATIS, SNIPS, KO_CHATBOT, KO_3I4K)
