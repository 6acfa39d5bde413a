"""Writes test/fixtures/videos/colours: small videos tagged with colour matrices and ranges, and
reference.json with the values that FFmpeg gives for them.

Needs PyAV (pip install av). Run from the repository root: python3 scripts/colour-fixtures.py
"""

import json
from pathlib import Path

import av
from av.filter import Graph

FOLDER = Path('test/fixtures/videos/colours')
CELLS, CELL = 4, 8
# Name: pixel format; FFmpeg's number of the matrix, of the range (1 limited, 2 full), and of
# primaries and transfer function where they are tagged.
VIDEOS = {
    'untagged.mkv': ('yuv420p', 2, 0),
    'bt601.mkv': ('yuv420p', 6, 1),
    'bt709.mkv': ('yuv420p', 1, 1),
    'bt709-full.mkv': ('yuv420p', 1, 2),
    'fcc-444.mkv': ('yuv444p', 4, 1),
    'smpte240m-422.mkv': ('yuv422p', 7, 1),
    'bt2020-10bit.mkv': ('yuv420p10le', 9, 1),
    'bt2020-pq.mkv': ('yuv420p10le', 9, 1, 9, 16),
    'bt601-10bit-full.mkv': ('yuv420p10le', 5, 2),
}


def plane_bytes(plane, values, wide):
    """One value for each cell; `values` are of 8 bits."""
    rows = []
    step_y, step_x = plane.height // CELLS, plane.width // CELLS
    for y in range(plane.height):
        row = bytearray(plane.line_size)
        for x in range(plane.width):
            value = values[(y // step_y) * CELLS + x // step_x]
            if wide:
                row[2 * x : 2 * x + 2] = (value * 4 + 1).to_bytes(2, 'little')
            else:
                row[x] = value
        rows.append(bytes(row))
    return b''.join(rows)


def write(path, pixel_format, matrix, colour_range, primaries=2, transfer=2):
    size = CELLS * CELL
    with av.open(str(path), 'w', format='matroska', options={'fflags': '+bitexact'}) as file:
        stream = file.add_stream('ffv1', rate=25)
        stream.width = stream.height = size
        stream.pix_fmt = pixel_format
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = colour_range
        stream.codec_context.color_primaries = primaries
        stream.codec_context.color_trc = transfer
        for number in range(2):
            frame = av.VideoFrame(size, size, pixel_format)
            for channel, plane in enumerate(frame.planes):
                values = [40 + (cell * (29, 53, 71)[channel] + 17 * number) % 170 for cell in range(16)]
                plane.update(plane_bytes(plane, values, pixel_format.endswith('10le')))
            frame.colorspace = matrix
            frame.color_range = colour_range
            frame.color_primaries = primaries
            frame.color_trc = transfer
            frame.pts = number
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)


def centres(frame):
    """R, G, B in the middle of each cell, row by row."""
    plane = frame.planes[0]
    data = bytes(plane)
    middles = [CELL // 2 + CELL * i for i in range(CELLS)]
    return [list(data[y * plane.line_size + 3 * x :][:3]) for y in middles for x in middles]


def read(path):
    """The last frame by FFmpeg's filter `scale`, as its command line converts it."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        graph = Graph()
        source = graph.add_buffer(template=stream)
        format_filter = graph.add('format', 'rgb24')
        sink = graph.add('buffersink')
        source.link_to(format_filter)
        format_filter.link_to(sink)
        graph.configure()
        for frame in file.decode(stream):
            graph.push(frame)
            last = graph.pull()
        return centres(last)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, settings in VIDEOS.items():
        write(FOLDER / name, *settings)
    reference = {name: read(FOLDER / name) for name in VIDEOS}
    lines = [f'  "{name}": {json.dumps(cells)}' for name, cells in reference.items()]
    (FOLDER / 'reference.json').write_text('{\n' + ',\n'.join(lines) + '\n}\n')


main()
