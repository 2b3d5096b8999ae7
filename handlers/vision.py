"""The optional reader of papers: what is printed on a photograph and where a face is. Extra `[vision]`, offline.

It finds that a face is there, never whose. Importing this module loads none of the extra's packages.
"""

from __future__ import annotations

import importlib.util
import math
import threading
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from dialogs.papers import Box, Paper, Seen, may_be_portrait, seen_in
from handlers.picture_file import PhotoLimits, opened

if TYPE_CHECKING:
    import numpy

__all__ = ["PaperReader", "available"]

LONG_SIDE_PX = 1280
"""Both to read and to hold in memory; the text is looked for at 736 px, and read from this."""
_TEXT_SIDE_PX = 736
_MOST_TEXT = 700
"""Characters as long as they are high that are read: a newspaper would take ten seconds. Our papers have up to 250."""
_SURE = 0.5
_LEAST_SIDE_PX = 32
"""Below this no letter can be read, and the models' own scaling fails on strips."""
_FACE_SIDE_PX = 800
_FACE_LEAST_PX = 60
_FACE_STEP = 1.1
_FACE_NEIGHBOURS = 5  # 3 saw faces in the stamps of two of our nine drawn papers, 5 in none
_TILTS = (0, 12, -12)
_TABLE_GREY = 128
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
}
_CASCADE = "haarcascade_frontalface_alt2.xml"


def available() -> bool:
    """Whether PaperReader can run: the extra is installed, with its models and cascade. Loads nothing."""
    if importlib.util.find_spec("onnxruntime") is None:
        return False
    needed = [_in_package("rapidocr", "models", name) for name in _MODELS.values()]
    return all(path is not None and path.is_file() for path in (*needed, _in_package("cv2", "data", _CASCADE)))


def _in_package(package: str, *parts: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


class PaperReader:
    """Reads one photograph at a time, on one core, in about 400 MB; build one in a process.

    The models are loaded by the first `read`. They are opened by path, so that nothing is ever downloaded.
    """

    def __init__(self, limits: PhotoLimits | None = None) -> None:
        """Raises ModuleNotFoundError when the extra is not installed; ask `available` first."""
        if not available():
            raise ModuleNotFoundError("install claimbot[vision] to read papers")
        self._limits = limits or PhotoLimits()
        self._lock = threading.Lock()
        self._loaded: _Models | None = None

    def read(self, data: bytes, wanted: Paper | None) -> Seen:
        """What is to be seen on a photograph.

        data    JPEG, PNG or WebP as it came from the person
        wanted  which paper its slot is for, None when that is not known: faces are looked for where a portrait is
                wanted, or where nothing printed says what the picture is
        raises  PhotoRefused when the bytes are no photograph; nothing for what it shows
        """
        with self._lock:
            picture = opened(data, self._limits, LONG_SIDE_PX).picture
            picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.BILINEAR)
            if min(picture.size) < _LEAST_SIDE_PX:
                return Seen()
            if self._loaded is None:
                self._loaded = _Models()
            lines = self._loaded.lines(picture) or self._loaded.lines(picture.transpose(Image.Transpose.ROTATE_90))
            looked_for = wanted == "portrait" or may_be_portrait(lines)
            return seen_in(lines, self._loaded.faces(picture) if looked_for else ())


class _Models:
    """The OCR and the cascade. Not safe for threads: the OCR keeps state."""

    def __init__(self) -> None:
        import cv2
        from rapidocr import RapidOCR
        from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError
        from rapidocr.main import RapidOCRError

        cv2.setNumThreads(1)
        threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
        models = {key: str(_in_package("rapidocr", "models", name)) for key, name in _MODELS.items()}
        sizes = {"Det.limit_type": "max", "Det.limit_side_len": _TEXT_SIDE_PX, "Rec.rec_batch_num": 1}
        self._ocr: Any = RapidOCR(params={"Global.log_level": "critical", **threads, **models, **sizes})
        self._cascade = cv2.CascadeClassifier(str(_in_package("cv2", "data", _CASCADE)))
        self._unreadable: tuple[type[Exception], ...] = (RapidOCRError, ONNXRuntimeError, cv2.error, ValueError)

    def lines(self, picture: Image.Image) -> Sequence[str]:
        """The printed lines, about from top to bottom; none where the OCR finds none or cannot cope.

        A page full of print is read to the limit, which is longer than any paper we know.
        """
        try:
            cut, _ = self._ocr.detect_and_crop(_pixels(picture)[:, :, ::-1], {})
            lengths = accumulate(max(line.shape[:2]) / max(1, min(line.shape[:2])) for line in cut)
            cut = [line for line, length in zip(cut, lengths, strict=True) if length <= _MOST_TEXT]
            upright, _ = self._ocr.cls_and_rotate(cut)
            read = self._ocr.recognize_txt(upright)
        except self._unreadable:
            return ()
        return tuple(text for text, score in zip(read.txts, read.scores, strict=True) if score >= _SURE)

    def faces(self, picture: Image.Image) -> Sequence[Box]:
        """Where faces look at the camera. The cascade wants them upright: a print laid down askew is straightened."""
        grey = picture.convert("L")
        grey.thumbnail((_FACE_SIDE_PX, _FACE_SIDE_PX), Image.Resampling.BILINEAR)
        for tilt in _TILTS:
            straight = grey.rotate(tilt, Image.Resampling.BILINEAR, fillcolor=_TABLE_GREY) if tilt else grey
            if len(found := self._upright_faces(straight)):
                return [_as_shares(box, grey.size, tilt) for box in found]
        return ()

    def _upright_faces(self, grey: Image.Image) -> Sequence[Sequence[int]]:
        return self._cascade.detectMultiScale(
            _pixels(grey),
            scaleFactor=_FACE_STEP,
            minNeighbors=_FACE_NEIGHBOURS,
            minSize=(_FACE_LEAST_PX, _FACE_LEAST_PX),
        )


def _as_shares(box: Sequence[int], size: tuple[int, int], tilt: int) -> Box:
    """A box found on a picture turned by `tilt` degrees counter-clockwise, at its place on the picture unturned."""
    x, y, width, height = map(int, box)
    wide, high = size
    turn = math.radians(tilt)
    across, down = x + width / 2 - wide / 2, y + height / 2 - high / 2
    middle_x = wide / 2 + across * math.cos(turn) - down * math.sin(turn)
    middle_y = high / 2 + across * math.sin(turn) + down * math.cos(turn)
    return (middle_x - width / 2) / wide, (middle_y - height / 2) / high, width / wide, height / high


def _pixels(picture: Image.Image) -> numpy.ndarray[Any, Any]:
    import numpy

    return numpy.asarray(picture)
