"""What can be measured of a small picture with Pillow alone: light, sharpness, glare, colour, likeness.

Sharpness is measured as edge width: in each tile that holds an edge, contrast over steepest slope gives the blur's
radius in pixels, whatever the contrast, the light and how much of the picture is empty. The variance of the Laplacian
depends on all three (docs/decisions/0005-sharpness-by-edge-width.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from PIL import Image, ImageChops

Fingerprint = NewType("Fingerprint", str)
"""How a picture looks, as 512 bits in hex: survives recompression and scaling, not another photo of the same paper."""

WORKING_PX = 400
"""Long side at which pictures are measured. Coarse enough to average a camera's noise away."""
_EDGE_TILE = 40
_GLARE_TILE = 20
_CONTRAST = 14  # grey levels a tile must span to hold an edge
_EMPTY = 12  # grey levels no tile spans when nothing is to be seen
_FEW_TILES = 4
_LENIENT = (0.35, 0.1)  # contrast against the strongest tiles, and the share of the sharpest that decides
_STRICT = (0.7, 0.25)
_SLOPE = 2.507  # sqrt(2 pi): contrast over steepest slope of an edge blurred by radius 1
BLOWN = 250
_HASH_SIDE = 16
_HASH_STEP = 5  # grey levels: neighbours closer than this are equal, so that noise does not decide


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
    """Edge width in thousandths of the long side: 1.0-1.7 when sharp, then about 1.2 for each 1/1000 of blur radius.

    lenient  of the sharpest tenth of all edges: a soft background does not make a sharp paper blurred
    strict   of the sharpest quarter of the strongest edges: nearly linear in the blur, but a soft background counts
    one_way  as lenient, in the worse of the two directions: a hand that moved widens one only
    seen     whether anything at all can be made out; without edges enough the widths are 0
    """

    lenient: float
    strict: float
    one_way: float
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

    @property
    def span(self) -> int:
        """Contrast within the tile."""
        return self.high - self.low

    @property
    def slope(self) -> int:
        """The steepest step in either direction."""
        return max(self.across, self.down)


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


def tiles_of(grey: Image.Image, side: int) -> list[Tile]:
    """The picture as tiles of `side` pixels with what sharpness and glare need."""
    width, height = grey.size
    if min(width, height) < 2:
        return []
    across = ImageChops.difference(grey.crop((1, 0, width, height)), grey.crop((0, 0, width - 1, height)))
    down = ImageChops.difference(grey.crop((0, 1, width, height)), grey.crop((0, 0, width, height - 1)))
    tiles = []
    for row in range(height // side):
        for column in range(width // side):
            left, top = column * side, row * side
            box = (left, top, left + side - 2, top + side - 2)
            low, high = _extremes(grey, box)
            tiles.append(Tile(column, row, low, high, _extremes(across, box)[1], _extremes(down, box)[1]))
    return tiles


def _extremes(grey: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int]:
    low, high = grey.crop(box).getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def sharpness_of(grey: Image.Image) -> Sharpness:
    """How wide the edges are."""
    tiles = tiles_of(grey, _EDGE_TILE)
    seen = not tiles or any(tile.span >= _EMPTY for tile in tiles)
    scale = 1000 / max(grey.size)
    lenient, strict = _edges(tiles, *_LENIENT), _edges(tiles, *_STRICT)
    if not lenient or not strict:
        return Sharpness(0, 0, 0, seen)
    one_way = max(
        _sharpest([_radius(tile, tile.across) for tile in lenient], _LENIENT[1]),
        _sharpest([_radius(tile, tile.down) for tile in lenient], _LENIENT[1]),
    )
    return Sharpness(
        scale * _sharpest([_radius(tile, tile.slope) for tile in lenient], _LENIENT[1]),
        scale * _sharpest([_radius(tile, tile.slope) for tile in strict], _STRICT[1]),
        scale * one_way,
        seen,
    )


def _edges(tiles: Sequence[Tile], contrast: float, _share: float) -> list[Tile]:
    """The tiles that hold an edge, strong by the measure of the strongest; none when they are too few to tell."""
    if not tiles:
        return []
    strongest = sorted(tile.span for tile in tiles)[int(0.9 * (len(tiles) - 1))]
    edges = [tile for tile in tiles if tile.span >= max(_CONTRAST, contrast * strongest)]
    return edges if len(edges) >= _FEW_TILES else []


def _radius(tile: Tile, slope: int) -> float:
    return tile.span / (_SLOPE * max(1, slope))


def _sharpest(radii: list[float], share: float) -> float:
    return sorted(radii)[int(len(radii) * share)]


def glare_of(grey: Image.Image) -> float:
    """Share of the picture in a blown-out patch that is inside it and soft at its rim, as a mirrored lamp is.

    A white paper reaches the picture's edge or ends sharply, and is none.
    """
    tiles = tiles_of(grey, _GLARE_TILE)
    blown = {(tile.column, tile.row) for tile in tiles if tile.low >= BLOWN}
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
    """A quarter of the tiles around fade and hold no edge: none do around white paper, however overexposed."""
    soft = [tile for tile in rim if tile.span >= 8 and tile.slope * 2.5 < tile.span]
    return len(soft) * 4 >= len(rim)


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
