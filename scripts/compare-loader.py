"""Times what `bin/fame bench loader` and `bench decode` time in PyTorch's usual stack, on the same files.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch torchvision av
    /tmp/torch/bin/python scripts/compare-loader.py loader VIDEO...
    /tmp/torch/bin/python scripts/compare-loader.py decode VIDEO...

PyAV decodes on one thread; torchvision crops, resizes, flips and normalises on one. Two clips of a video
are drawn as the workbench draws them: any start is as likely as any other, two starts a video. Here the
file is opened once for both clips, and each is decoded from the keyframe before it, in the order of their
starts. FAME's masks are not computed, so the row `crop` of `bench loader` is to be held against this one;
`--recipe` adds torchvision's colour jitter, grayscale and blur, as the row `recipe` has them beside FAME.
With decord installed, `--reader decord` takes its VideoReader instead. Prints one JSON object; rates are
for each second of processor time, which is that of one core.
"""

import argparse
import json
import os
import random
import time
from fractions import Fraction

import numpy as np
import torch
from torchvision.transforms import v2

MEAN, STD = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
JUMPS, STEP = 40, 7919


def open_av(path):
    import av

    container = av.open(path)
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    return container, stream


class AvVideo:
    """Frames of one video by number, by their times: of videos at a constant rate only."""

    def __init__(self, path, frames):
        self.container, self.stream = open_av(path)
        self.frames = frames
        self.ticks = 1 / (Fraction(self.stream.average_rate) * self.stream.time_base)
        self.start = self.stream.start_time or 0

    def read(self, indices):
        """u8 [n, H, W, 3] of ascending numbers."""
        wanted = set(indices)
        first, last = min(indices), max(indices)
        self.container.seek(int(self.start + first * self.ticks), stream=self.stream)
        found = {}
        for frame in self.container.decode(self.stream):
            index = round((frame.pts - self.start) / self.ticks)
            if index in wanted:
                found[index] = frame.to_ndarray(format="rgb24")
            if index >= last:
                break
        return np.stack([found[index] for index in indices])

    def close(self):
        self.container.close()


class DecordVideo:
    def __init__(self, path, frames):
        import decord

        self.reader = decord.VideoReader(path, ctx=decord.cpu(0), num_threads=1)
        self.frames = frames

    def read(self, indices):
        return self.reader.get_batch(indices).asnumpy()

    def close(self):
        del self.reader


def count_frames(path):
    container, stream = open_av(path)
    with container:
        return sum(1 for _ in container.decode(stream))


def transforms(options):
    """From u8 [T, 3, H, W] to normalised floats."""
    size = (options.size, options.size)
    crop = v2.RandomResizedCrop(size, (0.2, 1), antialias=options.antialias)
    steps = [crop, v2.RandomHorizontalFlip(0.5), v2.ToDtype(torch.float32, scale=True)]
    if options.recipe:
        jitter = v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8)
        taps = max(3, options.size // 10 // 2 * 2 + 1)
        blur = v2.RandomApply([v2.GaussianBlur(taps, (0.1, 2.0))], 0.5)
        steps += [v2.RandomGrayscale(0.2), jitter, blur]
    return v2.Compose([*steps, v2.Normalize(MEAN, STD)])


def clip_pair(video, options, transform, rng):
    """Both clips of a video, f32 [T, 3, S, S] each."""
    span = options.stride * (options.frames - 1) + 1
    starts = sorted(rng.randrange(max(1, video.frames - span + 1)) for _ in range(2))
    clips = []
    for start in starts:
        indices = range(start, start + span, options.stride)
        numbers = sorted({index % video.frames for index in indices})
        clip = video.read(numbers)
        clip = clip[[numbers.index(index % video.frames) for index in indices]]
        clips.append(transform(torch.from_numpy(clip).permute(0, 3, 1, 2)))
    return clips


def time_loader(options, reader):
    rng = random.Random(1)
    transform = transforms(options)
    counts = {path: count_frames(path) for path in options.videos}
    begun, start, clips = time.perf_counter(), None, 0
    while True:
        for path in rng.sample(options.videos, len(options.videos)):
            video = reader(path, counts[path])
            pair = clip_pair(video, options, transform, rng)
            video.close()
            moment = time.perf_counter(), time.process_time()
            if start:
                clips += len(pair)
                if moment[0] - start[0] >= options.seconds:
                    wall, cpu = (b - a for a, b in zip(start, moment))
                    rates = {"clipsPerSecond": clips / wall, "clipsPerCoreSecond": clips / cpu}
                    return {"clips": clips, **rates}
            elif moment[0] - begun >= options.seconds / 2:
                start = moment


def rate(work):
    start = time.process_time()
    frames = work()
    return frames / (time.process_time() - start)


def time_decode(path, reader):
    def through(convert):
        container, stream = open_av(path)
        frames = 0
        with container:
            for frame in container.decode(stream):
                if convert:
                    frame.to_ndarray(format="rgb24")
                frames += 1
        return frames

    frames = through(True)

    def jump_about():
        video = reader(path, frames)
        for i in range(1, JUMPS + 1):
            video.read([i * STEP % frames])
        video.close()
        return JUMPS

    rates = {"decoded": rate(lambda: through(False)), "converted": rate(lambda: through(True))}
    return {"file": os.path.basename(path), "frames": frames, **rates, "random": rate(jump_about)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["loader", "decode"])
    parser.add_argument("videos", nargs="+")
    parser.add_argument("--reader", choices=["av", "decord"], default="av")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--stride", type=int, default=2)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--recipe", action="store_true")
    antialias = "resize with antialiasing, torchvision's default; the workbench does without"
    parser.add_argument("--antialias", action="store_true", help=antialias)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    reader = {"av": AvVideo, "decord": DecordVideo}[options.reader]
    load = os.getloadavg()[0]
    if options.what == "decode":
        result = {"rows": [time_decode(path, reader) for path in options.videos]}
    else:
        names = ("frames", "stride", "size", "recipe", "antialias")
        result = {name: getattr(options, name) for name in names}
        result |= time_loader(options, reader)
    ended = os.getloadavg()[0]
    print(json.dumps({"torch": torch.__version__, **result, "load": [load, ended]}))


main()
