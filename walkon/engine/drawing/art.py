"""Facts about Noto's drawings: which way they face, what is a head and what a whole body, how tall things are.

Every entry was read off the rendered sheet of Debian's Noto Color Emoji 2.042.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from walkon.types.scene import Kind

LENT = "portrait:"
"""How the name of a drawing begins that is no emoji but a head cut out of somebody's own picture; its mouth is not ours to draw."""
GENERIC = "📦"
"""Stands for a thing without a picture."""
NOBODY = "🧑"
"""Stands for somebody without a picture."""

LOOSE_SPARKLES = frozenset({"🚀", "🦸", "🪄", "🛸"})
"""Their sparkles look like debris; only the largest island is kept."""

TURNS: Mapping[str, float] = {"🚀": -45.0, "🛹": 25.0, "✈️": 40.0, "🛩️": -38.0, "☄️": 0.0, "🛷": 30.0, "🧹": 45.0}
"""Degrees clockwise that bring diagonal art upright or level."""

FACING_RIGHT = frozenset({"✈️", "🛩️"})
"""Everything else with a side looks left."""

SIDE_HEADS = frozenset({"🐴", "🦄", "🐔", "🐗", "🫎", "🦓", "🐲"})
"""Heads seen from the side; the others look at us and are never flipped."""

HEADS = frozenset("🐱 🐶 🐴 🦄 🐰 🦊 🐻 🐻‍❄️ 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🐺 🦝 🐭 🐹 🐔 🐗 🫎 🦓 🐲 🤖 👽 💀 🎃 🤡 👹 👺 😺 👾".split())
"""Animals and creatures that come as a head only; they always need a doll's body."""

WHOLE_OF: Mapping[str, str] = {
    "🐱": "🐈",
    "🐶": "🐕",
    "🐴": "🐎",
    "🐰": "🐇",
    "🐮": "🐄",
    "🐷": "🐖",
    "🐯": "🐅",
    "🐵": "🐒",
    "🐭": "🐁",
    "🐔": "🐓",
    "🐲": "🐉",
    "😺": "🐈",
}
"""The full body of a head."""

HEAD_OF: Mapping[str, str] = {
    **{whole: head for head, whole in WHOLE_OF.items() if head != "😺"},
    "🐈‍⬛": "🐱",
    "🐩": "🐶",
    "🦮": "🐶",
    "🐕‍🦺": "🐶",
    "🐀": "🐭",
    "🐂": "🐮",
    "🐃": "🐮",
    "🐆": "🐯",
    "🐫": "🐴",
    "🫏": "🐴",
}
"""The head that stands for a full body on a doll."""

FULL_PEOPLE: Mapping[str, str] = {
    "🏃": "🧑",
    "🚶": "🧑",
    "💃": "👩",
    "🕺": "👨",
    "🧍": "🧑",
    "🏄": "🧑",
    "🚴": "🧑",
    "🤸": "🧑",
    "🏋️": "🧑",
    "🤾": "🧑",
    "🧗": "🧑",
    "🏊": "🧑",
    "🤺": "🧑",
    "🏴‍☠️": "🧔",
}
"""People drawn in full, and the head that lets them do something else."""

STAY_WHOLE = frozenset({"🧚", "🧜", "🧞", "🦸", "🦹", "👻", "⛄", "☃️", "🧌", "🧘", "🤹"})
"""Figures whose body is the point of the drawing."""

BUSTS = frozenset("👮 👷 💂 🕵️ 👸 🤴 🧙 🧛 🧝 🧟 🥷 👰 🤵 👼 🎅 🤶 🙍 🙎 🙋 🤷 🧕 👳 🫅 🧑‍🎄".split())
"""Heads with shoulders; the doll's cloth takes the colour of their hem. Joined people (a cook, an astronaut) are busts too."""

HELD_IN_ART = frozenset("🧑‍🍳 👨‍🍳 👩‍🍳 🧑‍🌾 👨‍🌾 👩‍🌾 🧑‍🎨 👨‍🎨 👩‍🎨 🧙 🧙‍♂️ 🧙‍♀️ 🕵️ 🧑‍🔬 👨‍🔬 👩‍🔬".split())
"""Busts that already hold a tool, so that no second one is put in their hand."""

FUR: Mapping[str, str] = {"🦁": "#F0AE3C", "🐈‍⬛": "#3A3B42", "🐩": "#B9BEC4"}
"""Colour of a doll whose head stands in for another coat."""

NOUN_HEIGHTS: Mapping[str, float] = {"sandcastle": 0.95}
"""Heights of things that borrow the drawing of a larger one, metres."""
NOUN_COATS: Mapping[str, str] = {"sandcastle": "#F0CF86"}
"""Colours of things that borrow the drawing of another."""

EYEWEAR = frozenset({"🕶️", "👓", "🥽"})
"""Things worn on the nose."""
HATS = frozenset({"👑", "🎩", "👒", "🧢", "🎓", "⛑️", "🪖"})
"""Things worn on the head."""

SKIN = "#FFC93C"


@dataclass(frozen=True, slots=True)
class Mouth:
    """Where a head speaks from: centre as a share of the sprite, width as a share of its width."""

    x: float
    y: float
    width: float = 0.13


PEOPLE_MOUTH = Mouth(0.50, 0.765)
BUST_MOUTH = Mouth(0.50, 0.655, 0.10)
TOOL_BUST_MOUTH = Mouth(0.42, 0.60, 0.09)
"""Of busts that hold a tool beside the face."""
OPEN_MOUTHED = frozenset({"🐲", "🐔", "👻"})
"""Heads that stretch with the voice: their mouth is drawn open or is a beak."""
WIDE_FACES = frozenset({"👸", "🤴", "👼", "🧕", "👳"})
"""Busts whose face reaches down to the hem."""
MOUTHS: Mapping[str, Mouth] = {
    "🐱": Mouth(0.50, 0.72),
    "🐶": Mouth(0.50, 0.76),
    "🐴": Mouth(0.20, 0.63, 0.11),
    "🦄": Mouth(0.20, 0.62, 0.11),
    "🐰": Mouth(0.50, 0.85),
    "🦊": Mouth(0.50, 0.88),
    "🐻": Mouth(0.50, 0.80),
    "🐻‍❄️": Mouth(0.50, 0.80),
    "🐼": Mouth(0.50, 0.82),
    "🐨": Mouth(0.50, 0.86),
    "🐯": Mouth(0.50, 0.80),
    "🦁": Mouth(0.50, 0.78),
    "🐸": Mouth(0.50, 0.70, 0.24),
    "🐷": Mouth(0.50, 0.86),
    "🐮": Mouth(0.50, 0.88),
    "🐵": Mouth(0.50, 0.80),
    "🐭": Mouth(0.50, 0.82),
    "🐹": Mouth(0.50, 0.74),
    "🐺": Mouth(0.50, 0.84),
    "🦝": Mouth(0.50, 0.84),
    "🤖": Mouth(0.50, 0.76, 0.20),
    "👽": Mouth(0.50, 0.84, 0.10),
    "🤡": Mouth(0.50, 0.74, 0.18),
    "💀": Mouth(0.50, 0.78, 0.16),
}

HEIGHTS: Mapping[str, float] = {
    **dict.fromkeys("🐛 🐜 🐝 🐞 🦗 🕷️ 🦂 🦋 🐌 🪲 🪳 🪰 🦟".split(), 0.55),
    **dict.fromkeys("🐁 🐀 🐿️ 🐤 🐣 🐥 🐦 🐦‍⬛ 🦎 🐟 🐠 🐡 🦐 🐚".split(), 0.62),
    **dict.fromkeys("🐇 🦆 🐓 🦉 🦜 🦔 🐢 🐍 🦀 🦞 🦇 🕊️ 🦑 🐙 🦥 🦡 🦨 🦫 🦃".split(), 0.8),
    **dict.fromkeys("🐈 🐈‍⬛ 🐒 🦦 🦅".split(), 0.95),
    **dict.fromkeys("🐕 🐩 🦮 🐕‍🦺 🐑 🐐 🐖 🐧 🦘 🦭 🐬 🦢 🦩 🦚".split(), 1.05),
    **dict.fromkeys("🐄 🐂 🐃 🐅 🐆 🦌 🦙 🐊 🦈 🐪 🐫 🫏".split(), 1.4),
    **dict.fromkeys("🐎 🦍 🦧 🦏 🦛 🧜 🧞 🦸 🦹 🤺".split(), 1.75),
    **dict.fromkeys("🐘 🐳 🐋 🐉 🦣".split(), 2.1),
    **dict.fromkeys("🦒 🦕 🦖".split(), 2.4),
    **dict.fromkeys("👶 👧 👦 🧒 👼 🧚".split(), 1.35),
    **dict.fromkeys("👻 ⛄ ☃️".split(), 1.4),
    **dict.fromkeys("🚗 🚕 🚙 🏎️ 🚓 🛵 🏍️ 🛸 🛶".split(), 1.15),
    **dict.fromkeys("🚲 🛴".split(), 1.1),
    **dict.fromkeys("🚌 🚎 🚑 🚒 🚚 🚛 🚜 ✈️ 🛩️ 🚁 🚤 🚐".split(), 1.4),
    **dict.fromkeys("🚂 🚆 🚄 🚋 🚊 ⛵ 🚃 🚞".split(), 1.6),
    **dict.fromkeys("🚀 🚢 🎈".split(), 2.0),
    "🎈": 0.9,
    "🛹": 0.36,
    "🧹": 0.34,
    "🛼": 0.5,
    "🛷": 0.5,
    "🏂": 1.5,
    "🎿": 0.4,
    **dict.fromkeys("🏀 ⚽ 🏐 🏈 🎾 ⚾ 🎳 🥎 🏉".split(), 0.42),
    **dict.fromkeys("🌲 🌳 🌴 🎄 🎋".split(), 2.3),
    **dict.fromkeys("🌵 🌾 🌻 🪴".split(), 1.2),
    **dict.fromkeys("🏰 🏯 🗼 🗽 🎡 🎢 🌋 🗻 🎪 🏢 🏭".split(), 2.6),
    **dict.fromkeys("🛏️ 🛋️ 🚪 🎹 📺 🖥️ 🪞 🗿".split(), 1.1),
    **dict.fromkeys("🌞 🌝 🌙 🌕 ☀️ 🌈 ☁️ 🌍 🪐".split(), 1.2),
    "🥁": 0.7,
    "🔥": 1.0,
    "🌊": 1.3,
    "🎻": 0.7,
    "🎸": 0.85,
}

KIND_HEIGHTS: Mapping[Kind, float] = {
    Kind.PERSON: 1.7,
    Kind.ANIMAL: 1.0,
    Kind.CREATURE: 1.6,
    Kind.VEHICLE: 1.2,
    Kind.PROP: 0.68,
    Kind.FOOD: 0.66,
    Kind.PLANT: 0.85,
    Kind.BUILDING: 2.1,
    Kind.SKY: 0.9,
}

SMALL_DOLLS = frozenset("🐱 🐶 🐰 🐭 🐹 🐸 🐔 🦝 🐷 🐵 🐨".split())
"""Heads whose doll is child-sized."""

INSTRUMENTS = frozenset("🎸 🎻 🎹 🥁 🎺 🎷 🪗 🎤 🪕 🪈 🪘 🪇".split())
EARTHBOUND = frozenset({"🧊", "🔥", "💧", "🌊", "❄️", "💦", "🌋"})
"""Things of the sky and the elements that stand on the ground."""
LIGHTS = frozenset({"🌙", "🌕", "🌝", "🌛", "🌜", "🌚", "🌑", "☀️", "🌞"})
"""Suns and moons of the prompt, which replace the one of the sky."""
WINGED = frozenset({"🦋", "🐝", "🦇", "🪰", "🦟", "🐦", "🕊️", "🦅", "🐦‍⬛"})
"""Animals that go through the air whatever the verb of going."""
BALLS = frozenset("🏀 ⚽ 🏐 🏈 🎾 ⚾ 🥎 🏉 🎳".split())
OPEN_MOUNTS = frozenset("🐎 🐴 🦄 🐘 🐉 🐲 🦕 🦖 🐪 🐫 🐢 🚲 🛴 🏍️ 🛵 🛹 🐕 🐄 🦒 🐖 🐂 🛷 🐋 🐳 🐬 🦙 🐐 🐈 🧹".split())
"""Mounts one sits on; all others are sat in, behind their front."""
BOARDS = frozenset("🛹 🛼 🏂 🎿 🛴".split())
"""Mounts one stands on."""
SAILS = frozenset({"⛵", "🚤", "🛶", "🚢"})
"""Boats whose crew stands aft, so that the sail does not hide it."""


def is_bust(emoji: str) -> bool:
    """Whether the drawing of a person includes the shoulders."""
    return emoji in BUSTS or ("\u200d" in emoji and emoji[0] in "🧑👨👩") or emoji[0] in BUSTS


def height_u(emoji: str, kind: Kind) -> float:
    """Usual height in stage metres of the drawing as it is."""
    return HEIGHTS.get(emoji, KIND_HEIGHTS[kind])
