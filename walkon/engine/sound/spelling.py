"""Numbers and signs of a written English word as spoken words, so that the voice and the captions count alike."""

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_COINS = {"$": "dollars", "€": "euros", "£": "pounds"}
_NUMBER = re.compile(r"(?P<coin>[$€£])?(?P<whole>\d[\d,]*)(?:\.(?P<part>\d+))?(?P<tail>st\b|nd\b|rd\b|th\b|%)?")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_SIGNS = str.maketrans({"&": " and ", "@": " at ", "+": " plus ", "=": " equals ", "%": " percent", "[": " ", "]": " ", "*": " ", "_": " "})


def cardinal(number: int) -> str:
    """The number in words: 1250 is `one thousand two hundred and fifty`. 0 to 999 billion; larger ones digit by digit."""
    if number >= 10**12:
        return " ".join(_ONES[int(digit)] for digit in str(number))
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    head, rest = divmod(number, size)
    link = " and " if rest and rest < 100 else " "
    return f"{cardinal(head)} {name}" + (f"{link}{cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """The number as a rank: 22 is `twenty second`."""
    head, _, last = cardinal(number).rpartition(" ")
    ranked = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head} {ranked}".strip()


def _year(number: int) -> str:
    century, rest = divmod(number, 100)
    return f"{cardinal(century)} {'hundred' if not rest else ('oh ' if rest < 10 else '') + cardinal(rest)}"


def _words(found: re.Match[str]) -> str:
    digits = found["whole"].replace(",", "")
    number = int(digits)
    if found["tail"] in ("st", "nd", "rd", "th"):
        return f" {ordinal(number)} "
    years = len(digits) == 4 and not found["coin"] and not found["part"] and "," not in found["whole"]
    spoken = _year(number) if years and (1100 <= number < 2000 or 2010 <= number < 2100) else cardinal(number)
    if found["part"]:
        spoken += " point " + " ".join(_ONES[int(digit)] for digit in found["part"])
    coin = _COINS.get(found["coin"] or "", "")
    return f" {spoken} {coin} " + ("percent " if found["tail"] == "%" else "")


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if not minute:
        return f"{cardinal(hour)} o'clock"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def spoken(word: str) -> str:
    """A written word as it is said: `1,250` in five words, `&` as `and`; others unchanged. Only printable letters and signs."""
    text = _CLOCK.sub(_time, word.replace("’", "'"))
    text = _NUMBER.sub(_words, text).translate(_SIGNS)
    kept = "".join(char for char in text if char.isalnum() or char in " .,!?;:'-—…")
    return re.sub(r" +(?=[.,!?;:])", "", " ".join(kept.split()))
