"""What can be measured of a small picture with Pillow alone: light, sharpness, glare, colour, likeness.

Sharpness is measured as edge width: in each tile that holds an edge, contrast over steepest slope gives the blur's
radius in pixels, whatever the contrast, the light and how much of the picture is empty. The variance of the Laplacian
depends on all three (docs/decisions/photo-sharpness-by-edge-width.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NewType

from PIL import Image, ImageChops

Fingerprint = NewType("Fingerprint", str)
"""How a picture looks, as 512 bits in hex: survives recompression and scaling, not another photo of the same paper."""

WORKING_PX = 400
"""Long side at which pictures are measured. Coarse enough to average a camera's noise away."""
_TILE = 20
_EDGE = 24  # grey levels a tile must span to be judged for sharpness
_EMPTY = 12  # grey levels no tile spans when nothing is to be seen
_FEW_TILES = 4
_SHARP_SHARE = 0.1  # the sharpest tenth of the tiles decides: a soft background does not count
_SLOPE = 2.507  # sqrt(2 pi): contrast over steepest slope of an edge blurred by radius 1
_BLOWN = 250
_HASH_SIDE = 16
_HASH_STEP = 3  # grey levels: neighbours closer than this are equal, so that noise does not decide


@dataclass(frozen=True, slots=True)
class Light:
    """Grey levels 0-255 below which so many of the pixels lie."""

    darkest: int
    """0.2 %"""
    bright: int
    """97 %"""
    brightest: int
    """99 %"""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Edge width in thousandths of the long side, in the better and the worse direction; None where no edges are.

    seen  whether anything at all can be made out
    """

    best: float | None
    worst: float | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the grid: darkest and brightest grey, steepest step sideways and downwards."""

    column: int
    row: int
    low: int
    high: int
    across: int
    down: int


def measurable(picture: Image.Image) -> Image.Image:
    """The picture at the size all the rest of this module measures."""
    share = WORKING_PX / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.BILINEAR)


def light_of(grey: Image.Image) -> Light:
    """How bright the picture is, by its histogram."""
    counts = grey.histogram()
    total = sum(counts)
    return Light(*(_percentile(counts, total * share) for share in (0.002, 0.97, 0.99)))


def _percentile(counts: Sequence[int], wanted: float) -> int:
    seen = 0
    for level, count in enumerate(counts):
        seen += count
        if seen > wanted:
            return level
    return 255


def tiles_of(grey: Image.Image) -> list[Tile]:
    """The picture as tiles with what sharpness and glare need."""
    width, height = grey.size
    across = ImageChops.difference(grey.crop((1, 0, width, height)), grey.crop((0, 0, width - 1, height)))
    down = ImageChops.difference(grey.crop((0, 1, width, height)), grey.crop((0, 0, width, height - 1)))
    tiles = []
    for row in range(height // _TILE):
        for column in range(width // _TILE):
            left, top = column * _TILE, row * _TILE
            box = (left, top, left + _TILE - 2, top + _TILE - 2)
            low, high = _extremes(grey, box)
            tiles.append(Tile(column, row, low, high, _extremes(across, box)[1], _extremes(down, box)[1]))
    return tiles


def _extremes(grey: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int]:
    low, high = grey.crop(box).getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def sharpness_of(tiles: Sequence[Tile], long_side_px: int) -> Sharpness:
    """How wide the sharpest edges are. A hand that moved widens those of one direction only."""
    seen = any(tile.high - tile.low >= _EMPTY for tile in tiles)
    edges = [tile for tile in tiles if tile.high - tile.low >= _EDGE]
    if len(edges) < _FEW_TILES:
        return Sharpness(None, None, seen)
    across = _sharpest(_radius(tile, tile.across) for tile in edges)
    down = _sharpest(_radius(tile, tile.down) for tile in edges)
    both = _sharpest(_radius(tile, max(tile.across, tile.down)) for tile in edges)
    scale = 1000 / long_side_px
    return Sharpness(both * scale, max(across, down) * scale, seen)


def _radius(tile: Tile, slope: int) -> float:
    return (tile.high - tile.low) / (_SLOPE * max(1, slope))


def _sharpest(radii: Iterable[float]) -> float:
    ordered = sorted(radii)
    return ordered[int(len(ordered) * _SHARP_SHARE)]


def glare_of(tiles: Sequence[Tile]) -> float:
    """Share of the picture in a blown-out patch that is inside it and soft at its rim, as a mirrored lamp is.

    A white paper reaches the picture's edge or ends sharply, and is none.
    """
    blown = {(tile.column, tile.row) for tile in tiles if tile.low >= _BLOWN}
    grid = {(tile.column, tile.row): tile for tile in tiles}
    largest = 0
    while blown:
        patch = _patch(blown)
        blown -= patch
        rim = {(x + i, y + j) for x, y in patch for i in (-1, 0, 1) for j in (-1, 0, 1)} - patch
        if rim <= grid.keys() and len(patch) > largest and _is_soft([grid[place] for place in rim]):
            largest = len(patch)
    return largest / max(1, len(tiles))


def _patch(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """All that hangs together with one of the places."""
    start = next(iter(places))
    patch, edge = {start}, [start]
    while edge:
        x, y = edge.pop()
        near = ({(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & places) - patch
        patch |= near
        edge.extend(near)
    return patch


def _is_soft(rim: Sequence[Tile]) -> bool:
    soft = [
        tile for tile in rim if tile.high - tile.low >= 8 and max(tile.across, tile.down) * 4 < tile.high - tile.low
    ]
    return len(soft) * 3 >= len(rim)


def colour_of(picture: Image.Image) -> int:
    """How far from grey the most colourful hundredth is, 0-255: difference of the strongest and weakest channel."""
    small = picture.reduce(max(1, max(picture.size) // 100))
    red, green, blue = small.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    counts = ImageChops.subtract(most, least).histogram()
    return _percentile(counts, 0.99 * sum(counts))


def fingerprint_of(grey: Image.Image) -> Fingerprint:
    """dHash in both directions: where it gets lighter, by more than noise does."""
    side = _HASH_SIDE
    small = grey.resize((side + 1, side + 1), Image.Resampling.BOX)
    pixels = small.tobytes()
    bits = 0
    for row in range(side):
        for column in range(side):
            here = pixels[row * (side + 1) + column]
            right, below = pixels[row * (side + 1) + column + 1], pixels[(row + 1) * (side + 1) + column]
            bits = bits << 2 | (right - here >= _HASH_STEP) << 1 | (below - here >= _HASH_STEP)
    return Fingerprint(f"{bits:0{side * side // 2}x}")


def difference(one: Fingerprint, other: Fingerprint) -> int:
    """Bits of 512 in which two pictures differ; 512 when one is unknown."""
    if not one or not other:
        return 2 * _HASH_SIDE**2
    return (int(one, 16) ^ int(other, 16)).bit_count()
