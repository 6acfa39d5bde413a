"""Writes random polygons with the masks that the COCO API gives them.

    cc -O2 -shared -fPIC -o libmaskapi.so maskApi.c -lm
    python3 scripts/coco-polygons.py ./libmaskapi.so > test/fixtures/masks/coco-polygons.json

maskApi.c (github.com/cocodataset/cocoapi, common/) is what pycocotools is built on: `frPyObjects`
calls `rleFrPoly` as this script does.
"""

import ctypes
import json
import math
import random
import sys


class RLE(ctypes.Structure):
    _fields_ = [
        ("h", ctypes.c_ulong),
        ("w", ctypes.c_ulong),
        ("m", ctypes.c_ulong),
        ("cnts", ctypes.POINTER(ctypes.c_uint)),
    ]


library = ctypes.CDLL(sys.argv[1])


def fill(polygon, height, width):
    """Run lengths by columns."""
    xy = (ctypes.c_double * len(polygon))(*polygon)
    rle = RLE()
    library.rleFrPoly(
        ctypes.byref(rle), xy, ctypes.c_ulong(len(polygon) // 2), ctypes.c_ulong(height), ctypes.c_ulong(width)
    )
    return [rle.cnts[i] for i in range(rle.m)]


draw = random.Random(11)


def shape(height, width):
    """A ring, a star that crosses itself, a box, a sliver, or any corners, some of them outside."""
    kind = draw.choice(["ring", "star", "box", "sliver", "any", "whole"])
    x, y = draw.uniform(-0.2, 1.2) * width, draw.uniform(-0.2, 1.2) * height
    size = draw.uniform(0.5, 0.8 * max(height, width))
    corners = draw.randint(3, 14)
    if kind in ("ring", "star"):
        step = 1 if kind == "ring" else 2 + corners // 3
        turns = [2 * math.pi * i * step / corners for i in range(corners)]
        found = [(x + size * math.cos(t), y + size * math.sin(t)) for t in turns]
    elif kind == "box":
        w, h = draw.uniform(0, width), draw.uniform(0, height)
        found = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    elif kind == "sliver":
        found = [(x, y), (x + draw.uniform(0, 1), y + size), (x + size, y + draw.uniform(0, 1))]
    elif kind == "whole":
        found = [(draw.randint(0, width), draw.randint(0, height)) for _ in range(corners)]
    else:
        found = [(draw.uniform(-1, width + 1), draw.uniform(-1, height + 1)) for _ in range(corners)]
    if draw.random() < 0.2:
        found.insert(draw.randrange(len(found)), found[0])
    digits = draw.choice([0, 1, 2, 3])
    return [round(value, digits) for corner in found for value in corner]


rows = []
for i in range(400):
    height, width = draw.choice([(1, 1), (1, 9), (9, 1), (7, 11), (24, 17), (40, 40)])
    polygon = shape(height, width)
    rows.append({"size": [height, width], "polygon": polygon, "counts": fill(polygon, height, width)})
print("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]")
