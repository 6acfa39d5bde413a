"""Writes test/fixtures/metrics/evaluation-forms.json: protocols in the reference's and in other forms.

Clip features of random videos, evaluated by NumPy in float64: retrieval as main_retrieve.py of
Mark12Ding/FAME does it and as the workbench does by default, linear probes with and without
standardising, and the starts of clips as torchvision's UniformClipSampler defines them, without its
rounding to float32. McNemar's test by SciPy.

Needs NumPy and SciPy: python scripts/evaluation-forms.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "metrics" / "evaluation-forms.json"
CLASSES, CLIPS, SIZE = 3, 2, 4
KS = [1, 5, 10, 20, 50]


def listed(values: np.ndarray) -> list:
    return np.asarray(values, dtype=float).round(6).ravel().tolist()


def videos(rng: np.random.Generator, count: int, centres: np.ndarray) -> dict:
    labels = np.arange(count) % CLASSES
    clips = centres[labels][:, None] + rng.normal(size=(count, CLIPS, SIZE))
    # Clips of one video differ in length, so that scaling them changes their mean.
    clips = (clips * rng.uniform(0.2, 3, (count, CLIPS, 1)) + 1).round(4)
    return {"labels": labels, "clips": clips}


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def retrieval(train: dict, test: dict, reference: bool) -> dict:
    form = unit if reference else lambda rows: rows
    keys, queries = form(train["clips"]).mean(1), form(test["clips"]).mean(1)
    key_mean = keys.mean(0)
    query_mean = queries.mean(0) if reference else key_mean
    cosines = unit(queries - query_mean) @ unit(keys - key_mean).T
    order = np.argsort(-cosines, axis=1, kind="stable")
    found = train["labels"][order] == test["labels"][:, None]
    return {
        "scores": {f"R@{k}": float(found[:, :k].any(1).mean()) for k in KS},
        "nearest": order[:, :10].tolist(),
        "cosines": listed(np.take_along_axis(cosines, order[:, :10], 1)),
    }


def probe(train: dict, test: dict, settings: dict) -> dict:
    """SGD with momentum 0.9 on all clips at once, as torch.optim.SGD; no decay of the bias."""
    x = train["clips"].reshape(-1, SIZE)
    y = np.repeat(train["labels"], CLIPS)
    scale = unit if settings["normalise"] else lambda rows: rows
    x = scale(x)
    mean, deviation = np.zeros(SIZE), np.ones(SIZE)
    if settings["standardise"] == "train":
        mean, deviation = x.mean(0), x.std(0)
    x = (x - mean) / deviation
    weights, bias = np.zeros((SIZE, CLASSES)), np.zeros(CLASSES)
    moving = [np.zeros_like(weights), np.zeros_like(bias)]
    for epoch in range(settings["epochs"]):
        if settings["decay"] == "steps":
            passed = sum(epoch >= settings[name] for name in ("milestone1", "milestone2"))
            rate = settings["lr"] * settings["factor"] ** passed
        else:
            rate = settings["lr"] * (1 + np.cos(np.pi * epoch / settings["epochs"])) / 2
        error = (softmax(x @ weights + bias, axis=1) - np.eye(CLASSES)[y]) / len(x)
        gradients = [x.T @ error + settings["weightDecay"] * weights, error.sum(0)]
        moving = [0.9 * old + new for old, new in zip(moving, gradients)]
        weights, bias = weights - rate * moving[0], bias - rate * moving[1]
    logits = ((scale(test["clips"]) - mean) / deviation) @ weights + bias
    answers = logits.mean(1)
    # The mean of I3D's log-softmax, as the reference averages it, orders classes in the same way.
    assert (log_softmax(logits, axis=2).mean(1).argsort(1) == answers.argsort(1)).all()
    return {
        "settings": settings,
        "top1": float((answers.argmax(1) == test["labels"]).mean()),
        "probabilities": listed(softmax(answers, axis=1)),
    }


def starts(frames: int, span: int, clips: int) -> dict:
    count = frames - span + 1
    places = np.linspace(0, count - 1, clips)
    return {"frames": frames, "clips": clips, "starts": np.floor(places + 1e-9).astype(int).tolist()}


def main() -> None:
    rng = np.random.default_rng(11)
    centres = rng.normal(size=(CLASSES, SIZE))
    train, test = videos(rng, 14, centres), videos(rng, 9, centres)
    common = {"epochs": 12, "milestone1": 5, "milestone2": 9, "factor": 0.1, "weightDecay": 0.01}
    forms = [
        {"normalise": False, "standardise": "train", "decay": "cosine", "lr": 0.2},
        {"normalise": True, "standardise": "none", "decay": "steps", "lr": 3},
        {"normalise": False, "standardise": "none", "decay": "cosine", "lr": 0.05},
    ]
    pairs = [(0, 0), (1, 5), (0, 6), (10, 25), (7, 7), (3, 30), (100, 140), (1000, 1100)]
    pairs += [(20000, 20500), (60000, 61000)]
    cases = {
        "about": "Made by scripts/evaluation-forms.py with NumPy and SciPy.",
        "size": SIZE,
        "clips": CLIPS,
        "classes": CLASSES,
        "train": {name: listed(values) for name, values in train.items()},
        "test": {name: listed(values) for name, values in test.items()},
        "retrieval": {
            "recommended": retrieval(train, test, reference=False),
            "reference": retrieval(train, test, reference=True),
        },
        "linear": [probe(train, test, {**form, **common}) for form in forms],
        # 16 frames at stride 2.
        "starts": [starts(*case) for case in [(180, 32, 10), (62, 32, 10), (32, 32, 10), (50, 32, 1)]],
        "mcnemar": [
            {"first": a, "second": b, "p": binomtest(a, a + b).pvalue if a + b > 0 else 1.0}
            for a, b in pairs
        ],
    }
    OUT.write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
