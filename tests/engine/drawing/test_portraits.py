"""Cut-outs of people's stills: an oval of the middle, forgotten with the clip."""

import io

import numpy as np
import pytest
from PIL import Image

from walkon.engine.drawing.portraits import cut_out, lent
from walkon.engine.drawing.sprites import SpriteKey, sprite_book
from walkon.scene.parser import parse
from walkon.types.ids import PersonId

LEA = PersonId("web:Lea")


def jpeg(size: tuple[int, int]) -> bytes:
    """Green in the middle, red around."""
    picture = Image.new("RGB", size, (220, 0, 0))
    picture.paste((0, 200, 0), (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    sink = io.BytesIO()
    picture.save(sink, "JPEG")
    return sink.getvalue()


@pytest.mark.parametrize("size", [(540, 960), (960, 540), (64, 64), (20, 900), (900, 20)])
def test_a_head_is_an_upright_oval_of_the_still_s_middle(size: tuple[int, int]) -> None:
    head = cut_out(jpeg(size))
    height, width, _ = head.shape
    assert (height, width) == (320, 250)
    assert head[0, 0, 3] == head[-1, -1, 3] == 0
    assert head[height // 2, width // 2, 3] == 1
    blue, green, red, _ = head[height // 2, width // 2]
    assert green > max(blue, red)
    assert np.all(head[..., :3] <= head[..., 3:] + 1e-6)


def test_what_is_no_jpeg_is_not_opened() -> None:
    sink = io.BytesIO()
    Image.new("RGB", (20, 20)).save(sink, "PNG")
    with pytest.raises(OSError, match="cannot identify"):
        cut_out(sink.getvalue())


def test_a_lent_head_is_kept_no_longer_than_its_clip() -> None:
    scene = parse("@lea waves", people={"@lea": LEA})
    with lent(scene, {LEA: jpeg((90, 160))}) as with_heads:
        [subject] = with_heads.shots[0].subjects
        key = SpriteKey(subject.emoji, 100)
        inside = sprite_book().get(key)
    assert sprite_book().get(key) is not inside
    assert scene.shots[0].subjects[0].emoji != subject.emoji


def test_a_scene_without_lent_heads_is_the_very_same() -> None:
    scene = parse("a cat")
    with lent(scene, {}) as same:
        assert same is scene
