"""The reliability plot: a PNG drawn by hand, so that nobody has to install a plotting library for one picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.figures import Bin

_SIZE, _LEFT, _TOP, _RIGHT, _BOTTOM = 500, 90, 70, 30, 80
_INK, _FAINT, _BAR, _DOT = (40, 40, 40), (210, 210, 210), (176, 204, 232), (20, 80, 150)

_GLYPHS = {
    "0": "0e11191513110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808",
    "8": "0e11110e11110e", "9": "0e11110f01020c", ".": "00000000000c0c", ",": "0000000c040800",
    "%": "18190204081303", "=": "00001f001f0000", "-": "0000001f000000", ":": "000c0c000c0c00",
    "a": "00000e010f110f", "b": "10101619111e00", "c": "00000e1010110e", "d": "01010d1311110f",
    "e": "00000e111f100e", "f": "0609081c080808", "g": "000f11110f010e", "h": "10101619111111",
    "i": "04000c0404040e", "k": "10101214181412", "l": "0c04040404040e", "m": "00001a15151111",
    "n": "00001619111111", "o": "00000e1111110e", "p": "00001e111e1010", "q": "00000d130f0101",
    "r": "00001619101010", "s": "00000e100e011e", "t": "08081c0808090e", "u": "0000111111130d",
    "v": "00001111110a04", "w": "0000111115150a", "x": "0000110a040a11", "y": "000011110f010e",
    "z": "00001f0204081f", "j": "02000602021204", " ": "00000000000000",
}  # fmt: skip
"""Each glyph: seven rows of five bits."""

Color = tuple[int, int, int]


class _Canvas:
    """White pixels to draw on."""

    def __init__(self, width: int, height: int) -> None:
        self.pixels: NDArray[np.uint8] = np.full((height, width, 3), 255, np.uint8)

    def box(self, left: int, top: int, right: int, bottom: int, color: Color) -> None:
        """Fill from (left, top) to (right, bottom), both within."""
        self.pixels[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = color

    def text(self, x: int, y: int, text: str, *, scale: int = 2, upright: bool = False) -> None:
        """Write around (x, y), its middle; `upright` reads from below."""
        image = np.zeros((7, 6 * len(text)), np.uint8)
        for place, letter in enumerate(text):
            rows = bytes.fromhex(_GLYPHS.get(letter.lower(), _GLYPHS["-"]))
            for row, bits in enumerate(rows):
                for column in range(5):
                    image[row, 6 * place + column] = bits >> (4 - column) & 1
        image = np.kron(image, np.ones((scale, scale), np.uint8))
        if upright:
            image = np.rot90(image)
        top, left = y - image.shape[0] // 2, x - image.shape[1] // 2
        place_ = self.pixels[top : top + image.shape[0], left : left + image.shape[1]]
        place_[image[: place_.shape[0], : place_.shape[1]] > 0] = _INK

    def png(self) -> bytes:
        """As a PNG file."""
        height, width, _ = self.pixels.shape
        rows = b"".join(b"\0" + row.tobytes() for row in self.pixels)
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def reliability_plot(bins: Sequence[Bin], title: str) -> bytes:
    """What was said against what was true, as a PNG: a bar for each bin, a dot at its mean, the diagonal."""
    canvas = _Canvas(_LEFT + _SIZE + _RIGHT, _TOP + _SIZE + _BOTTOM)
    for tenth in range(0, 11, 2):
        at = tenth * _SIZE // 10
        canvas.box(_LEFT, _y(tenth / 10), _LEFT + _SIZE, _y(tenth / 10), _FAINT)
        canvas.box(_LEFT + at, _TOP + _SIZE, _LEFT + at, _TOP + _SIZE + 6, _INK)
        canvas.text(_LEFT + at, _TOP + _SIZE + 20, f"{tenth / 10:.1f}")
        canvas.text(_LEFT - 28, _y(tenth / 10), f"{tenth / 10:.1f}")
    for each in bins:
        canvas.box(_x(each.low) + 2, _y(each.right), _x(each.high) - 2, _TOP + _SIZE, _BAR)
    for step in range(_SIZE):
        if step // 6 % 2 == 0:
            canvas.box(_LEFT + step, _TOP + _SIZE - step - 1, _LEFT + step + 1, _TOP + _SIZE - step, _INK)
    for each in bins:
        x, y = _x(each.said), _y(each.right)
        canvas.box(x - 4, y - 4, x + 4, y + 4, _DOT)
        middle = (_x(each.low) + _x(each.high)) // 2
        canvas.text(middle, _TOP - 16, str(each.count))
    canvas.box(_LEFT, _TOP, _LEFT, _TOP + _SIZE, _INK)
    canvas.box(_LEFT, _TOP + _SIZE, _LEFT + _SIZE, _TOP + _SIZE, _INK)
    canvas.text(_LEFT + _SIZE // 2, 20, title[:45])
    canvas.text(_LEFT - 20, _TOP - 16, "n=")
    canvas.text(_LEFT + _SIZE // 2, _TOP + _SIZE + 52, "probability that was said")
    canvas.text(24, _TOP + _SIZE // 2, "share that was right", upright=True)
    return canvas.png()


def _x(share: float) -> int:
    return _LEFT + round(share * _SIZE)


def _y(share: float) -> int:
    return _TOP + _SIZE - round(share * _SIZE)
