import pytest

from walkon.engine.drawing import art
from walkon.engine.drawing.fonts import EMOJI_FILE, Lettering, required_font
from walkon.engine.drawing.sprites import SpriteBook, SpriteKey, sprite_book
from walkon.engine.port import BackendUnavailable


def test_a_missing_emoji_font_names_the_package_to_install(tmp_path) -> None:
    with pytest.raises(BackendUnavailable, match="apt-get install fonts-noto"):
        Lettering((str(tmp_path),))


def test_optional_scripts_may_be_missing(tmp_path) -> None:
    for name in ("NotoSans-Bold.ttf", EMOJI_FILE):
        (tmp_path / name).symlink_to(required_font(name))
    assert Lettering((str(tmp_path),)).width("مرحبا", 20) > 0


def test_a_sprite_has_the_height_asked_for_and_an_edge_around_it() -> None:
    sprite = sprite_book().get(SpriteKey("🐱", 200))
    assert sprite.height == pytest.approx(200, abs=1)
    assert sprite.image.height() == sprite.height + 2 * sprite.pad


def test_joined_emoji_are_one_figure_wide() -> None:
    for emoji in ("👩‍🚀", "🧑‍🍳", "👨‍🌾", "🐈‍⬛", "🐻‍❄️"):
        assert sprite_book().aspect(emoji) < 1.5, emoji


def test_an_emoji_the_font_lacks_comes_as_the_package() -> None:
    book = sprite_book()
    assert not book.has("\U000f0000")
    assert book.aspect("\U000f0000") == book.aspect(art.GENERIC)


def test_every_drawing_the_facts_name_is_in_the_font() -> None:
    book = sprite_book()
    named = {*art.HEADS, *art.WHOLE_OF.values(), *art.HEAD_OF, *art.HEIGHTS, *art.MOUTHS, *art.BUSTS, *art.STAY_WHOLE, *art.OPEN_MOUNTS}
    missing = [emoji for emoji in sorted(named) if not book.has(emoji)]
    assert missing == []
    assert len(named) >= 150


def test_the_least_used_sprites_are_let_go() -> None:
    from walkon.engine.drawing.fonts import lettering
    from walkon.engine.drawing.sprites import KEEP

    book = SpriteBook(lettering())
    for height in range(8, 8 + KEEP + 1):
        book.get(SpriteKey("⭐", height))
    misses = book.misses
    book.get(SpriteKey("⭐", 8 + KEEP))
    assert book.misses == misses
    book.get(SpriteKey("⭐", 8))
    assert book.misses == misses + 1


def test_rockets_lose_their_sparkles_and_stand_upright() -> None:
    assert sprite_book().aspect("🚀") < 0.75


def test_skateboards_lie_level() -> None:
    assert sprite_book().aspect("🛹") > 1.6
