"""Pictures drawn by hand as PNG files, so that nobody has to install a library, or a font, for two of them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

GLYPHS = {
    "0": "0e11191513110e", "1": "040c040404040e", "2": "0e11010204081f", "3": "1f02040201110e",
    "4": "02060a121f0202", "5": "1f101e0101110e", "6": "0608101e11110e", "7": "1f010204080808",
    "8": "0e11110e11110e", "9": "0e11110f01020c", ".": "00000000000c0c", ",": "0000000c040800",
    "%": "18190204081303", "+": "0004041f040400", "=": "00001f001f0000", "-": "0000001f000000", ":": "000c0c000c0c00",
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


WHITE, INK = (255, 255, 255), (40, 40, 40)


class Canvas:
    """Pixels of one colour to draw on."""

    def __init__(self, width: int, height: int, *, paper: Color = WHITE) -> None:
        self.pixels: NDArray[np.uint8] = np.full((height, width, 3), paper, np.uint8)

    def box(self, left: int, top: int, right: int, bottom: int, color: Color) -> None:
        """Fill from (left, top) to (right, bottom), both within."""
        self.pixels[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = color

    def text(
        self, x: int, y: int, text: str, *, scale: int = 2, upright: bool = False, ink: Color = INK
    ) -> None:
        """Write letters, digits and a few signs around (x, y), their middle; `upright` reads from below."""
        image = np.zeros((7, 6 * len(text)), np.uint8)
        for place, letter in enumerate(text):
            rows = bytes.fromhex(GLYPHS.get(letter.lower(), GLYPHS["-"]))
            for row, bits in enumerate(rows):
                for column in range(5):
                    image[row, 6 * place + column] = bits >> (4 - column) & 1
        image = np.kron(image, np.ones((scale, scale), np.uint8))
        if upright:
            image = np.rot90(image)
        top, left = y - image.shape[0] // 2, x - image.shape[1] // 2
        place_ = self.pixels[top : top + image.shape[0], left : left + image.shape[1]]
        place_[image[: place_.shape[0], : place_.shape[1]] > 0] = ink

    def png(self) -> bytes:
        """As a PNG file."""
        height, width, _ = self.pixels.shape
        rows = b"".join(b"\0" + row.tobytes() for row in self.pixels)
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
