"""Writes test/fixtures/videos/containers: one small video in every kind of container that is opened,
and reference.json with what FFmpeg decodes of each.

Needs PyAV (pip install av). Run from the repository root: python3 scripts/container-fixtures.py
"""

import json
from pathlib import Path

import av

FOLDER = Path('test/fixtures/videos/containers')
FRAMES = 12
# File: muxer, encoder, pixel format, width, height, options of the muxer.
VIDEOS = {
    'animation.gif': ('gif', 'gif', 'rgb8', 32, 24, {}),
    'asf.wmv': ('asf', 'wmv2', 'yuv420p', 32, 32, {}),
    'flash.flv': ('flv', 'flv1', 'yuv420p', 32, 32, {}),
    'h263.3gp': ('3gp', 'h263', 'yuv420p', 128, 96, {}),
    'material.mxf': ('mxf', 'mpeg2video', 'yuv420p', 32, 32, {}),
    'moov-first.mp4': ('mp4', 'mpeg4', 'yuv420p', 32, 32, {'movflags': 'faststart'}),
    'fragments.mp4': ('mp4', 'mpeg4', 'yuv420p', 32, 32, {'movflags': 'frag_keyframe+empty_moov'}),
    'motion.mov': ('mov', 'mjpeg', 'yuvj420p', 32, 32, {}),
    'nut.nut': ('nut', 'mpeg4', 'yuv420p', 32, 32, {}),
    'picture.apng': ('apng', 'apng', 'rgb24', 32, 24, {}),
    'program.mpg': ('mpeg', 'mpeg1video', 'yuv420p', 32, 32, {}),
    'program.vob': ('vob', 'mpeg2video', 'yuv420p', 32, 32, {}),
    'real.rm': ('rm', 'rv10', 'yuv420p', 128, 96, {}),
    'stream.m2ts': ('mpegts', 'mpeg2video', 'yuv420p', 32, 32, {'mpegts_m2ts_mode': '1'}),
    'stream.m2t': ('mpegts', 'mpeg2video', 'yuv420p', 32, 32, {}),
    'vp8.webm': ('webm', 'libvpx', 'yuv420p', 32, 32, {}),
    'yuv.y4m': ('yuv4mpegpipe', 'wrapped_avframe', 'yuv420p', 16, 16, {}),
}


def write(path, muxer, codec, pixel_format, width, height, options):
    with av.open(str(path), 'w', format=muxer, options={**options, 'fflags': '+bitexact'}) as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        for number in range(FRAMES):
            frame = av.VideoFrame(width, height, 'rgb24')
            plane = frame.planes[0]
            rows = bytearray(plane.line_size * height)
            for y in range(height):
                for x in range(width):
                    inside = abs(x - 4 - number) < 4 and abs(y - height // 2) < 5
                    value = (220, 60, 40) if inside else (4 * x % 128, 5 * y % 128, 90)
                    at = y * plane.line_size + 3 * x
                    rows[at : at + 3] = bytes(value)
            plane.update(bytes(rows))
            frame = frame.reformat(format=pixel_format)
            frame.pts = number
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)


def read(path):
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        frames = sum(1 for _ in file.decode(stream))
        return {'frames': frames, 'width': stream.width, 'height': stream.height}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    reference = {}
    for name, settings in VIDEOS.items():
        write(FOLDER / name, *settings)
        reference[name] = read(FOLDER / name)
    # PyAV has no encoder for Theora: this file is not made here.
    reference['theora.ogv'] = read(FOLDER / 'theora.ogv')
    lines = [f'  "{name}": {json.dumps(facts)}' for name, facts in reference.items()]
    (FOLDER / 'reference.json').write_text('{\n' + ',\n'.join(lines) + '\n}\n')


main()
