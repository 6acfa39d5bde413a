"""Compares `bin/fame embed` with PyTorch on one clip of a real video.

Needs PyTorch, torchvision, NumPy and ffmpeg: python scripts/compare-embedding.py VIDEO
The network is torchvision's r2plus1d_18 with statistics that are not those of a fresh one, saved as a
training script would; prints the largest difference relative to the largest feature.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import torchvision

FRAMES, STRIDE, START, SIZE = 16, 2, 10, 112
MEAN, STD = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)
FAME = Path(__file__).parent.parent / "bin" / "fame"


def read_clip(video: str) -> torch.Tensor:
    """[1, 3, T, S, S]: short side to SIZE, centre crop, normalised."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0"]
    probe += ["-show_entries", "stream=width,height", "-of", "csv=p=0", video]
    width, height = map(int, subprocess.check_output(probe, text=True).strip().split(","))
    last = START + STRIDE * (FRAMES - 1)
    decode = ["ffmpeg", "-v", "error", "-i", video, "-fps_mode", "passthrough"]
    decode += ["-frames:v", str(last + 1)]
    decode += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    frames = np.frombuffer(subprocess.check_output(decode), np.uint8)
    chosen = frames.reshape(-1, height, width, 3)[START : last + 1 : STRIDE]
    clip = torch.from_numpy(chosen.copy()).permute(0, 3, 1, 2).float() / 255
    short = min(width, height)
    resized = (int(SIZE * height / short), int(SIZE * width / short))
    clip = torch.nn.functional.interpolate(clip, resized, mode="bilinear", align_corners=False)
    clip = torchvision.transforms.functional.center_crop(clip, [SIZE, SIZE])
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, STD))
    return ((clip - mean) / std).permute(1, 0, 2, 3)[None]


def make_network() -> torch.nn.Module:
    torch.manual_seed(7)
    network = torchvision.models.video.r2plus1d_18()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return network.eval()


def main(video: str) -> None:
    network = make_network()
    table = {f"module.encoder_q.{name}": value for name, value in network.state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/checkpoint.pth.tar"
        torch.save({"epoch": 1, "arch": "r2plus1d_18", "state_dict": table}, file)
        command = [FAME, "embed", video, "--model", "r2plus1d_18", "--checkpoint", file, "--json"]
        command += ["--start", START, "--frames", FRAMES, "--stride", STRIDE, "--size", SIZE]
        answer = json.loads(subprocess.check_output([str(part) for part in command]))
    network.fc = torch.nn.Identity()
    with torch.no_grad():
        expected = network(read_clip(video))[0].double().numpy()
    difference = np.abs(np.array(answer["features"]) - expected).max() / np.abs(expected).max()
    print(json.dumps({"features": len(expected), "largestRelativeDifference": difference}))


main(sys.argv[1])
