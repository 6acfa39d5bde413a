"""Times the pretraining step of `bin/fame bench train` in PyTorch, for comparison on one machine;
with --forward, the feature extraction of `bin/fame bench features`.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch
    /tmp/torch/bin/python scripts/compare-pytorch.py --model r2plus1d_18 --precision bfloat16

The step: merging of the query clips by given masks, the symmetric MoCo step (two forward passes of
the query encoder, two of the key encoder, one backward pass of each query), SGD. Clips of noise,
channels last. The masks themselves are not computed here; `bench train` computes them. Prints one
JSON object with the same names.
"""

import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv_norm(inputs, outputs, kernel, stride=(1, 1, 1), padding=(0, 0, 0)):
    conv = nn.Conv3d(inputs, outputs, kernel, stride, padding, bias=False)
    return [conv, nn.BatchNorm3d(outputs)]


def factorised(inputs, outputs, middle, stride):
    spatial = conv_norm(inputs, middle, (1, 3, 3), (1, stride, stride), (0, 1, 1))
    temporal = conv_norm(middle, outputs, (3, 1, 1), (stride, 1, 1), (1, 0, 0))
    return [*spatial, nn.ReLU(inplace=True), *temporal]


class Residual(nn.Module):
    """Two factorised 3x3x3 convolutions and a shortcut."""

    def __init__(self, inputs, outputs, stride, middle_of):
        super().__init__()
        middle = middle_of(inputs, outputs)
        self.main = nn.Sequential(
            *factorised(inputs, outputs, middle, stride),
            nn.ReLU(inplace=True),
            *factorised(outputs, outputs, middle, 1),
        )
        same = stride == 1 and inputs == outputs
        self.around = (
            nn.Identity()
            if same
            else nn.Sequential(*conv_norm(inputs, outputs, 1, (stride, stride, stride)))
        )

    def forward(self, x):
        return F.relu(self.main(x) + self.around(x), inplace=True)


def same_parameters(inputs, outputs):
    return (inputs * outputs * 27) // (inputs * 9 + 3 * outputs)


def r2plus1d(stem, stages, blocks, middle_of):
    """R(2+1)D (Tran et al., CVPR 2018), without its classifier."""
    layers = [
        *conv_norm(3, stem, (1, 7, 7), (1, 2, 2), (0, 3, 3)),
        nn.ReLU(inplace=True),
        *conv_norm(stem, stages[0], (3, 1, 1), padding=(1, 0, 0)),
        nn.ReLU(inplace=True),
    ]
    inputs = stages[0]
    for stage, outputs in enumerate(stages):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(Residual(inputs, outputs, stride, middle_of))
            inputs = outputs
    return nn.Sequential(*layers), stages[-1]


def r2plus1d_18():
    """18 layers; 512 features."""
    return r2plus1d(45, (64, 128, 256, 512), 2, same_parameters)


def r2plus1d_narrow():
    """A quarter of the channels, one block a stage; 128 features."""

    def middle(inputs, outputs):
        return 16 * int(same_parameters(inputs, outputs) / 16 + 0.5)

    return r2plus1d(32, (16, 32, 64, 128), 1, middle)


class Unit(nn.Module):
    """Convolution, batch norm, ReLU; kernel - stride zeros around, the odd one behind."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        before = (kernel - stride) // 2
        self.pads = [before, kernel - stride - before] * 3
        self.conv, self.norm = conv_norm(inputs, outputs, kernel, (stride,) * 3)

    def forward(self, x):
        padded = F.pad(x, self.pads) if any(self.pads) else x
        return F.relu(self.norm(self.conv(padded)), inplace=True)


class Pool(nn.Module):
    """Max pooling; kernel - stride zeros around, the odd one behind, part windows count."""

    def __init__(self, kernel, stride):
        super().__init__()
        self.pads = []
        for k, s in reversed(list(zip(kernel, stride))):
            self.pads += [(k - s) // 2, k - s - (k - s) // 2]
        self.pool = nn.MaxPool3d(kernel, stride, ceil_mode=True)

    def forward(self, x):
        return self.pool(F.pad(x, self.pads))


class Mixed(nn.Module):
    """An inception block."""

    def __init__(self, inputs, sizes):
        super().__init__()
        single, reduce1, expand1, reduce2, expand2, pooled = sizes
        self.branches = nn.ModuleList(
            [
                Unit(inputs, single, 1),
                nn.Sequential(Unit(inputs, reduce1, 1), Unit(reduce1, expand1, 3)),
                nn.Sequential(Unit(inputs, reduce2, 1), Unit(reduce2, expand2, 3)),
                nn.Sequential(Pool((3, 3, 3), (1, 1, 1)), Unit(inputs, pooled, 1)),
            ]
        )

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def i3d():
    """I3D (Carreira and Zisserman, CVPR 2017); 1024 features."""
    mixed = [
        [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)],
        [
            (192, 96, 208, 16, 48, 64),
            (160, 112, 224, 24, 64, 64),
            (128, 128, 256, 24, 64, 64),
            (112, 144, 288, 32, 64, 64),
            (256, 160, 320, 32, 128, 128),
        ],
        [(256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)],
    ]
    pools = [Pool((3, 3, 3), (2, 2, 2)), Pool((2, 2, 2), (2, 2, 2)), nn.Identity()]
    layers = [Unit(3, 64, 7, 2), Pool((1, 3, 3), (1, 2, 2)), Unit(64, 64, 1), Unit(64, 192, 3)]
    layers.append(Pool((1, 3, 3), (1, 2, 2)))
    channels = 192
    for stack, pool in zip(mixed, pools):
        for sizes in stack:
            layers.append(Mixed(channels, sizes))
            channels = sizes[0] + sizes[2] + sizes[4] + sizes[5]
        layers.append(pool)
    return nn.Sequential(*layers), 1024


class Encoder(nn.Module):
    """A trunk, the mean over its volume, and an MLP head of 128 outputs."""

    def __init__(self, build):
        super().__init__()
        self.trunk, size = build()
        self.head = nn.Sequential(nn.Linear(size, size), nn.ReLU(inplace=True), nn.Linear(size, 128))

    def forward(self, x):
        return F.normalize(self.head(self.trunk(x).mean((2, 3, 4))).float(), dim=1)


class Moco:
    """Momentum contrast (He et al., CVPR 2020) with the symmetric loss."""

    momentum = 0.999
    temperature = 0.1

    def __init__(self, build, queue):
        layout = torch.channels_last_3d
        self.query = Encoder(build).to(memory_format=layout)
        self.key = Encoder(build).to(memory_format=layout)
        self.key.load_state_dict(self.query.state_dict())
        self.queue = F.normalize(torch.randn(128, queue), dim=0)
        self.pointer = 0
        self.sgd = torch.optim.SGD(self.query.parameters(), 0.01, momentum=0.9, weight_decay=1e-4)

    def step(self, x1, x2, autocast):
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.key.parameters()), list(self.query.parameters()), 1 - self.momentum
            )
        self.sgd.zero_grad()
        losses = []
        for x, positives in ((x1, x2), (x2, x1)):
            with autocast():
                with torch.no_grad():
                    k = self.key(positives)
                q = self.query(x)
            loss = self.loss(q, k) / 2
            loss.backward()
            self.enqueue(k)
            losses.append(loss.item())
        self.sgd.step()
        return sum(losses)

    def loss(self, q, k):
        positive = (q * k).sum(1, keepdim=True)
        logits = torch.cat([positive, q @ self.queue], 1) / self.temperature
        return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))

    def enqueue(self, k):
        self.queue[:, self.pointer : self.pointer + len(k)] = k.T
        self.pointer = (self.pointer + len(k)) % self.queue.shape[1]


def pretraining(options, autocast):
    """A function that does one step."""
    moco = Moco(MODELS[options.model], 2048 // options.batch * options.batch)
    x1, x2 = (noise(options) for _ in range(2))
    masks = (torch.rand(options.batch, 1, 1, options.size, options.size) < 0.5).float()

    def step():
        merged = x1 * masks + x1.roll(1, 0) * (1 - masks)
        moco.step(merged, x2, autocast)

    return step


def extraction(options, autocast):
    """A function that computes the features of one batch, with fixed batch norm statistics."""
    trunk, _ = MODELS[options.model]()
    trunk = trunk.to(memory_format=torch.channels_last_3d).eval()
    clips = noise(options)

    def step():
        with torch.inference_mode(), autocast():
            trunk(clips).mean((2, 3, 4)).float()

    return step


def noise(options):
    shape = (options.batch, 3, options.frames, options.size, options.size)
    return torch.randn(shape).to(memory_format=torch.channels_last_3d)


MODELS = {"r2plus1d_18": r2plus1d_18, "r2plus1d_narrow": r2plus1d_narrow, "i3d": i3d}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=str.lower, choices=MODELS, default="r2plus1d_18")
    parser.add_argument("--forward", action="store_true", help="extract features instead")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--size", type=int, default=112)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    def autocast():
        return torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16")

    work = extraction(options, autocast) if options.forward else pretraining(options, autocast)
    seconds, cpu = [], []
    for step in range(2 + options.steps):
        start, used = time.perf_counter(), time.process_time()
        work()
        if step >= 2:
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - used)
    median = statistics.median(seconds)
    print(
        json.dumps(
            {
                "pytorch": torch.__version__,
                **{name: getattr(options, name) for name in ("model", "precision", "threads")},
                **{name: getattr(options, name) for name in ("batch", "frames", "size", "steps")},
                "secondsPerStep": median,
                "cpuSecondsPerStep": statistics.median(cpu),
                ("clips" if options.forward else "pairs") + "PerSecond": options.batch / median,
                "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


main()
