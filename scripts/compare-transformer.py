"""Times in PyTorch a step of VideoMAE (Tong et al., NeurIPS 2022) with ViT-S, as `bin/fame bench train
--method videomae --model vit_small --size 224` takes it, for comparison on one machine; with --attention,
self-attention of six heads over 1,568 tokens alone, forwards and backwards.

    /tmp/torch/bin/python scripts/compare-transformer.py --batch 2 --precision bfloat16

The step: clips of noise, a tube mask of 90 %, the encoder on visible tokens, the decoder, the mean squared
error, one backward pass, AdamW. Attention is PyTorch's scaled_dot_product_attention, products in bfloat16
by autocast. Prints one JSON object with the names of the workbench's.
"""

import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

CUBE = (2, 16, 16)
NUMBERS = 2 * 16 * 16 * 3


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c)
        x = x + self.proj(y)
        return x + self.mlp(self.norm2(x))


class Autoencoder(nn.Module):
    """ViT-S with the decoder that belongs to it. Biases of keys, which change nothing, are left in."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Conv3d(3, 384, CUBE, CUBE)
        self.encoder = nn.Sequential(*(Block(384, 6) for _ in range(12)), nn.LayerNorm(384, eps=1e-6))
        self.narrow = nn.Linear(384, 192, bias=False)
        self.token = nn.Parameter(torch.zeros(1, 1, 192))
        self.decoder = nn.Sequential(*(Block(192, 3) for _ in range(4)))
        self.head = nn.Sequential(nn.LayerNorm(192, eps=1e-6), nn.Linear(192, NUMBERS))

    def forward(self, clips, visible, hidden):
        x = self.embed(clips).flatten(2).transpose(1, 2)
        x = self.narrow(self.encoder(x[:, visible]))
        x = torch.cat([x, self.token.expand(len(clips), len(hidden), -1)], 1)
        return self.head(self.decoder(x)[:, len(visible) :])


def targets(clips, hidden):
    b, _, t, h, w = clips.shape
    x = clips.view(b, 3, t // 2, 2, h // 16, 16, w // 16, 16).permute(0, 2, 4, 6, 3, 5, 7, 1)
    x = x.reshape(b, -1, NUMBERS // 3, 3)[:, hidden]
    return ((x - x.mean(2, True)) / (x.var(2, keepdim=True).sqrt() + 1e-6)).flatten(2)


def step_of(batch, frames, size, precision):
    model = Autoencoder()
    optimiser = torch.optim.AdamW(model.parameters(), 1.5e-4, (0.9, 0.95), weight_decay=0.05)
    clips = torch.rand(batch, 3, frames, size, size)
    cells, times = (size // 16) ** 2, frames // 2
    covered = torch.randperm(cells)[: int(0.9 * cells)]
    mask = torch.zeros(cells, dtype=torch.bool)
    mask[covered] = True
    tokens = torch.arange(cells * times)
    hidden, visible = tokens[mask.repeat(times)], tokens[~mask.repeat(times)]

    def step():
        optimiser.zero_grad()
        with torch.autocast('cpu', torch.bfloat16, enabled=precision == 'bfloat16'):
            prediction = model(clips, visible, hidden)
        F.mse_loss(prediction.float(), targets(clips, hidden)).backward()
        optimiser.step()

    return step


def attention_of(batch, precision):
    qkv = torch.randn(3, batch, 6, 1568, 64)
    if precision == 'bfloat16':
        qkv = qkv.bfloat16()
    qkv.requires_grad_()

    def step():
        qkv.grad = None
        F.scaled_dot_product_attention(*qkv).float().square().sum().backward()

    return step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--attention', action='store_true')
    parser.add_argument('--batch', type=int, default=2)
    parser.add_argument('--frames', type=int, default=16)
    parser.add_argument('--size', type=int, default=224)
    parser.add_argument('--steps', type=int, default=5)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    parser.add_argument('--precision', choices=['float32', 'bfloat16'], default='float32')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    if args.attention:
        step = attention_of(args.batch, args.precision)
    else:
        step = step_of(args.batch, args.frames, args.size, args.precision)
    walls, cpus = [], []
    for i in range(2 + args.steps):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        if i >= 2:
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    print(
        json.dumps(
            {
                'secondsPerStep': statistics.median(walls),
                'cpuSecondsPerStep': statistics.median(cpus),
                'peakMemoryBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                'precision': args.precision,
                'batch': args.batch,
                'steps': args.steps,
            }
        )
    )


main()
