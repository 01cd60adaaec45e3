"""Making a 128-pixel emoji hold at 500 pixels, and giving it a paper edge. Pure array arithmetic.

Pictures are float32 arrays (h, w, 4), blue green red alpha, premultiplied, 0 to 1.
"""

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
PAPER_BGR = np.array([0xF0, 0xFA, 0xFF], dtype=np.float32) / 255
"""The cream of the paper edge, `#FFFAF0`."""


def blur(plane: npt.NDArray[np.float32], sigma_px: float) -> npt.NDArray[np.float32]:
    """A Gaussian blur over the first two axes, zero outside."""
    if sigma_px < 0.2:
        return plane
    reach = max(1, int(2.6 * sigma_px + 0.5))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2).astype(np.float32)
    taps /= taps.sum()
    return _slide(_slide(plane, taps, 0), taps, 1)


def _slide(plane: npt.NDArray[np.float32], taps: npt.NDArray[np.float32], axis: int) -> npt.NDArray[np.float32]:
    reach = len(taps) // 2
    widths = [(0, 0)] * plane.ndim
    widths[axis] = (reach, reach)
    padded = np.pad(plane, widths)
    total = np.zeros_like(plane)
    length = plane.shape[axis]
    for index, tap in enumerate(taps):
        window = padded[index : index + length] if axis == 0 else padded[:, index : index + length]
        total += tap * window
    return total


def sharpen(picture: Picture, enlargement: float) -> Picture:
    """Undo the softness of an enlargement: unsharp mask inside the shape, alpha steepened around one half."""
    if enlargement <= 1.05:
        return picture
    alpha = picture[..., 3:4]
    colour = picture[..., :3] / np.maximum(alpha, 1e-3)
    soft = blur(picture, 0.55 * enlargement)
    soft_colour = soft[..., :3] / np.maximum(soft[..., 3:4], 1e-3)
    amount = min(1.3, 0.45 * enlargement)
    crisp = np.clip(colour + amount * (colour - soft_colour) * (alpha > 0.5), 0, 1)
    steep = np.clip((alpha - 0.5) * min(3.0, enlargement) + 0.5, 0, 1)
    return np.concatenate([crisp * steep, steep], axis=2).astype(np.float32)


def paper_edge(picture: Picture, width_px: float) -> Picture:
    """The picture with a cream edge of `width_px`; the caller leaves at least that much empty margin."""
    halo = blur(np.ascontiguousarray(picture[..., 3]), width_px * 0.5)
    edge = np.clip((halo - 0.06) / 0.10, 0, 1)[..., None]
    under = 1 - picture[..., 3:4]
    colour = picture[..., :3] + PAPER_BGR * edge * under
    return np.concatenate([colour, picture[..., 3:4] + edge * under], axis=2).astype(np.float32)


def largest_island(picture: Picture) -> Picture:
    """Only the largest connected piece of the drawing; loose sparkles around it go."""
    solid = picture[..., 3] > 0.35
    labels = _spread(solid)
    kinds, counts = np.unique(labels[solid], return_counts=True)
    if len(kinds) < 2:
        return picture
    keep = _grown(labels == kinds[np.argmax(counts)])
    return np.asarray(picture * keep[..., None], dtype=np.float32)


def _spread(solid: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Every solid pixel takes the largest number of its neighbourhood until nothing changes."""
    labels = np.where(solid, np.arange(1, solid.size + 1).reshape(solid.shape), 0)
    while True:
        wide = np.pad(labels, 1)
        spread = np.maximum.reduce([wide[1:-1, 1:-1], wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]])
        for axis in (0, 1):
            spread = np.maximum(spread, _run_maximum(spread, solid, axis))
        spread = np.where(solid, spread, 0)
        if np.array_equal(spread, labels):
            return labels
        labels = spread


def _run_maximum(labels: npt.NDArray[np.int64], solid: npt.NDArray[np.bool_], axis: int) -> npt.NDArray[np.int64]:
    """The largest number of each unbroken run along an axis, in both directions."""
    rows = np.where(solid, labels, 0) if axis == 1 else np.where(solid, labels, 0).T
    mask = solid if axis == 1 else solid.T
    run = np.cumsum(np.pad(~mask, ((0, 0), (1, 0)))[:, :-1] | ~mask, axis=1) + np.arange(mask.shape[0])[:, None] * (mask.shape[1] + 1)
    best = np.zeros(int(run.max()) + 1, dtype=np.int64)
    np.maximum.at(best, run.ravel(), rows.ravel())
    filled = np.where(mask, best[run], 0)
    return filled if axis == 1 else filled.T


def _grown(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    wide = np.pad(mask, 2)
    height, width = mask.shape
    shifted = [wide[dy : dy + height, dx : dx + width] for dy in range(5) for dx in range(5)]
    return np.asarray(np.logical_or.reduce(shifted), dtype=np.bool_)


def trimmed(picture: Picture) -> Picture:
    """Cut to the box of its alpha; a picture without ink comes back as one clear pixel."""
    ink = picture[..., 3] > 0.04
    if not ink.any():
        return np.zeros((1, 1, 4), dtype=np.float32)
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
