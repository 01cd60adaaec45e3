"""Letters and emoji: font files found in a short list of places, shaped text in any script."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import skia

from walkon.engine.port import BackendUnavailable

EMOJI_FILE = "NotoColorEmoji.ttf"
TEXT_FILE = "NotoSans-Bold.ttf"
SCRIPT_FILES = (
    "NotoSansArabic-Bold.ttf",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansBengali-Bold.ttf",
    "NotoSansTamil-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "NotoSansGeorgian-Bold.ttf",
    "NotoSansArmenian-Bold.ttf",
    "NotoSansEthiopic-Bold.ttf",
    "NotoSansKhmer-Bold.ttf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansSymbols-Bold.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoSansMath-Regular.ttf",
)
FOLDERS = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/google-noto",
    "/usr/share/fonts/google-noto-color-emoji-fonts",
    "/usr/local/share/fonts",
)
MEND = "apt-get install fonts-noto-core fonts-noto-color-emoji"


def font_file(name: str, folders: tuple[str, ...] = FOLDERS) -> Path | None:
    """The path of a font file of that name, or None where no candidate folder has it."""
    return next((path for path in (Path(folder) / name for folder in folders) if path.is_file()), None)


def required_font(name: str, folders: tuple[str, ...] = FOLDERS) -> Path:
    """The path of a font the pictures cannot do without. Raises BackendUnavailable naming the package to install."""
    path = font_file(name, folders)
    if path is None:
        raise BackendUnavailable(f"The font {name} is missing. Mend: {MEND}")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A laid-out run of text. width, height in pixels; baseline in pixels below its top."""

    paragraph: skia.textlayout.Paragraph
    width: float
    height: float
    baseline: float

    def paint(self, canvas: skia.Canvas, x: float, y: float) -> None:
        """Paint with its top left corner at (x, y)."""
        self.paragraph.paint(canvas, x, y)


class Lettering:
    """Shapes text in every script whose Noto font is installed; other characters show as boxes, never as an error."""

    def __init__(self, folders: tuple[str, ...] = FOLDERS) -> None:
        """Loads the fonts, about 0.1 s. Raises BackendUnavailable where the text or emoji font is missing."""
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._families: list[str] = []
        self._adopt("text", required_font(TEXT_FILE, folders))
        self.emoji_typeface = self._adopt("emoji", required_font(EMOJI_FILE, folders))
        for name in SCRIPT_FILES:
            path = font_file(name, folders)
            if path is not None:
                self._adopt(name, path)
        self._collection = skia.textlayout.FontCollection()
        self._collection.setDefaultFontManager(self._provider)
        self._unicode = skia.Unicodes.ICU.Make()

    def text(self, words: str, size_px: float, colour: int = skia.ColorWHITE, width_px: float = 1e5) -> Text:
        """`words` laid out on one line, or on several where they are wider than `width_px`."""
        return self._lay_out(words, size_px, colour, width_px)

    def emoji(self, cluster: str, size_px: float) -> Text:
        """One grapheme cluster in the colour font; joined clusters come out as one figure."""
        return self._lay_out(cluster, size_px, skia.ColorBLACK, 1e5, ["emoji"])

    def width(self, words: str, size_px: float) -> float:
        """Pixels `words` take on one line."""
        return self.text(words, size_px).width

    def _adopt(self, name: str, path: Path) -> skia.Typeface:
        typeface = skia.Typeface.MakeFromFile(str(path))
        self._provider.registerTypeface(typeface, name)
        self._families.append(name)
        return typeface

    def _lay_out(self, words: str, size_px: float, colour: int, width_px: float, families: list[str] | None = None) -> Text:
        look = skia.textlayout.TextStyle()
        look.setFontFamilies(families or self._families)
        look.setFontSize(size_px)
        look.setColor(colour)
        style = skia.textlayout.ParagraphStyle()
        style.setTextStyle(look)
        builder = skia.textlayout.ParagraphBuilder.make(style, self._collection, self._unicode)
        builder.addText(words)
        paragraph = builder.Build()
        paragraph.layout(width_px)
        return Text(paragraph=paragraph, width=paragraph.LongestLine, height=paragraph.Height, baseline=paragraph.AlphabeticBaseline)


@lru_cache(maxsize=1)
def lettering() -> Lettering:
    """The process's letters. Raises BackendUnavailable."""
    return Lettering()
