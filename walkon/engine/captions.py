"""Writes WebVTT: who speaks, at most two lines of 37 characters, the time of every word inside the cue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from walkon.engine.performance import SpeechCue, Word
from walkon.engine.port import Caption

LINE_LETTERS, LINES = 37, 2
LEAST_S, LETTERS_A_SECOND = 1.0, 17

_SETTINGS = "line:85% align:center"


@dataclass(frozen=True, slots=True)
class _Cue:
    start_s: float
    end_s: float
    speaker: str | None
    rows: tuple[tuple[Word, ...], ...]


def stamp(seconds: float) -> str:
    """`00:00:01.500`."""
    whole = max(round(seconds * 1000), 0)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def webvtt(captions: Sequence[Caption], speeches: Sequence[SpeechCue] = (), *, seconds: float | None = None) -> str:
    """The captions as a WebVTT file. speeches: where their words' times come from. seconds: the clip's length, no cue passes it.

    Cues come in order of time and do not shrink below a second or above 17 characters a second where the next one leaves room.
    """
    ordered = sorted(captions, key=lambda caption: (caption.start_s, caption.end_s))
    cues = [cue for caption in ordered for cue in _cues(caption, _words(caption, speeches))]
    parts = ["WEBVTT\n"]
    for index, cue in enumerate(cues):
        limit = cues[index + 1].start_s if index + 1 < len(cues) else (seconds if seconds is not None else cue.end_s + LEAST_S)
        parts.append(_written(cue, _until(cue, limit)))
    return "\n".join(parts)


def _until(cue: _Cue, limit_s: float) -> float:
    letters = sum(len(word.text) + 1 for row in cue.rows for word in row)
    wished = max(cue.end_s, cue.start_s + max(LEAST_S, letters / LETTERS_A_SECOND))
    return max(min(wished, limit_s), min(cue.end_s, limit_s), cue.start_s + 0.001)


def _words(caption: Caption, speeches: Sequence[SpeechCue]) -> tuple[Word, ...]:
    """The caption's words on the clip's clock."""
    spoken = next((cue for cue in speeches if _is(caption, cue)), None)
    if spoken is not None and spoken.speech.words:
        return tuple(
            Word(text=word.text, start_s=spoken.at_s + word.start_s, end_s=spoken.at_s + word.end_s) for word in spoken.speech.words
        )
    texts = _sound(caption.text).split() if caption.speaker is None and spoken is None else caption.text.split()
    return tuple(Word(text=text, start_s=caption.start_s, end_s=caption.end_s) for text in texts)


def _is(caption: Caption, cue: SpeechCue) -> bool:
    same = " ".join(cue.speech.line.text.split()) == " ".join(caption.text.split())
    return same and cue.at_s < caption.end_s and cue.at_s + cue.speech.seconds > caption.start_s


def _sound(text: str) -> str:
    plain = text.strip()
    return plain if not plain or plain[0] in "[♪" else f"[{plain}]"


def _rows(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    row: list[Word] = []
    for word in (piece for long in words for piece in _pieces(long)):
        if row and len(" ".join(each.text for each in [*row, word])) > LINE_LETTERS:
            yield tuple(row)
            row = []
        row.append(word)
    if row:
        yield tuple(row)


def _pieces(word: Word) -> Iterator[Word]:
    for start in range(0, max(len(word.text), 1), LINE_LETTERS):
        yield Word(text=word.text[start : start + LINE_LETTERS], start_s=word.start_s, end_s=word.end_s)


def _cues(caption: Caption, words: Sequence[Word]) -> Iterator[_Cue]:
    rows = list(_balanced(words))
    groups = [rows[index : index + LINES] for index in range(0, len(rows), LINES)]
    timed = any(word.start_s > caption.start_s for word in words)
    for index, group in enumerate(groups):
        share = (caption.end_s - caption.start_s) / len(groups)
        start = caption.start_s + index * share if not timed else max(group[0][0].start_s, caption.start_s)
        following = groups[index + 1][0][0].start_s if timed and index + 1 < len(groups) else caption.start_s + (index + 1) * share
        end = caption.end_s if index + 1 == len(groups) else following
        yield _Cue(caption.start_s if index == 0 else start, end, caption.speaker, tuple(group))


def _balanced(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    rows = list(_rows(words))
    if len(rows) != LINES:
        yield from rows
        return
    pieces = [word for row in rows for word in row]
    splits = [(pieces[:cut], pieces[cut:]) for cut in range(1, len(pieces))]
    fitting = [split for split in splits if max(map(_width, split)) <= LINE_LETTERS]
    yield from (tuple(half) for half in min(fitting, key=lambda split: abs(_width(split[0]) - _width(split[1]))))


def _width(row: Sequence[Word]) -> int:
    return len(" ".join(word.text for word in row))


def _written(cue: _Cue, end_s: float) -> str:
    name = escape(" ".join((cue.speaker or "").split()), quote=False)
    voice = f"<v {name[:1].upper()}{name[1:]}>" if name else ""
    rows, last_s = [], cue.start_s
    for row in cue.rows:
        texts = []
        for word in row:
            # A time stamp must lie inside its cue and after the one before it.
            timed = last_s + 0.001 < word.start_s < end_s - 0.001
            last_s = word.start_s if timed else last_s
            texts.append(f"<{stamp(word.start_s)}>{escape(word.text, quote=False)}" if timed else escape(word.text, quote=False))
        rows.append(" ".join(texts))
    return f"{stamp(cue.start_s)} --> {stamp(end_s)} {_SETTINGS}\n{voice}" + "\n".join(rows) + "\n"
